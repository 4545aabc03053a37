"""A tool as conversations know it: the flat form that clients read and send, and the value the engine takes."""

import json
from typing import Any

from visavis.core.spec import ToolKind, ToolSpec, WebhookSpec
from visavis.db.keyring import Keyring
from visavis.db.models import Tool
from visavis.resources.tools.stock import ACTIONS, NOTHING_TO_SAY

FLAT_TYPES: dict[str, dict[str, str]] = {
    "CLIENT": {"type": "client"},
    "SERVER_WEBHOOK": {"type": "server", "subtype": "webhook"},
    "SERVER_RAG": {"type": "server", "subtype": "knowledge"},
    "SERVER_MCP": {"type": "server", "subtype": "mcp"},
    "SYSTEM": {"type": "system"},
}
KINDS: dict[str, ToolKind] = {
    "CLIENT": "client",
    "SERVER_WEBHOOK": "webhook",
    "SERVER_RAG": "knowledge",
    "SERVER_MCP": "mcp",
    "SYSTEM": "system",
}
CLIENT_TIMEOUT_S = 10.0
SERVER_TIMEOUT_S = 60.0
FILLER_AFTER_S = 1.5
SEARCH: dict[str, Any] = {
    "type": "object",
    "properties": {"query": {"type": "string", "description": "What to look for, in a few words or as a question."}},
    "required": ["query"],
}


def runtime_form(row: Tool) -> dict[str, Any]:
    """What a client may send back to start a session with this tool."""
    return {
        **FLAT_TYPES[row.type],
        "name": row.name,
        "description": row.description,
        **row.config,
        "disableInterruptions": row.disable_interruptions,
        "_toolId": row.id,
    }


def tool_spec(row: Tool, keyring: Keyring) -> ToolSpec:
    config = row.config
    action = ACTIONS.get(config.get("action", ""))
    return ToolSpec(
        name=row.name,
        description=row.description or (action.description if action else ""),
        kind=KINDS[row.type],
        parameters=_parameters(row),
        awaits_result=_awaits_result(row),
        timeout_ms=_timeout_s(row) * 1000,
        disable_interruptions=row.disable_interruptions,
        webhook=_webhook(row, keyring) if row.type in ("SERVER_WEBHOOK", "SERVER_MCP") else None,
        folder_ids=tuple(config.get("documentFolderIds", ())),
        action=config.get("action", ""),
        fillers=None if config.get("fillerPhrases") is None else tuple(config["fillerPhrases"]),
        filler_after_ms=config.get("fillerAfterSeconds", FILLER_AFTER_S) * 1000,
    )


def header_values(row: Tool, keyring: Keyring) -> dict[str, str]:
    sealed = keyring.unseal(row.sealed_headers)
    return json.loads(sealed) if sealed else {}


def _parameters(row: Tool) -> dict[str, Any]:
    if row.type == "SYSTEM":
        return ACTIONS[row.config["action"]].parameters
    if row.type == "SERVER_RAG":
        return SEARCH
    return _with_query(row.config.get("parameters", NOTHING_TO_SAY), row.config.get("queryParameters") or {})


def _with_query(parameters: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Everything that a mind has to say, wherever it goes afterwards. The same name in both is the same value."""
    if not query:
        return parameters
    properties = {**query.get("properties", {}), **parameters.get("properties", {})}
    required = list(dict.fromkeys((*parameters.get("required", ()), *query.get("required", ()))))
    return {**parameters, "properties": properties, **({"required": required} if required else {})}


def _awaits_result(row: Tool) -> bool:
    if row.type == "CLIENT":
        return row.config.get("awaitResult", False)
    return row.config.get("awaitResponse", True) if row.type == "SERVER_WEBHOOK" else row.type != "SYSTEM"


def _timeout_s(row: Tool) -> float:
    return row.config.get("toolTimeoutSeconds", CLIENT_TIMEOUT_S) if row.type == "CLIENT" else SERVER_TIMEOUT_S


def _webhook(row: Tool, keyring: Keyring) -> WebhookSpec:
    return WebhookSpec(
        url=row.config["url"],
        method=row.config.get("method", "POST"),
        headers=header_values(row, keyring),
        body_template=row.config.get("bodyTemplate", ""),
        query_parameters=row.config.get("queryParameters"),
        signing_secret=keyring.unseal(row.sealed_signing_secret),
    )
