"""One call of a tool as it is kept: by the names of the API, without what may be a credential."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from visavis.core.spec import ToolKind
from visavis.core.tools import INTERRUPTED
from visavis.db.models import Json
from visavis.engine.records import ReportedToolCall
from visavis.http.strings import storable
from visavis.http.wire import timestamp
from visavis.resources.sessions.measured import WallTime
from visavis.resources.tools.schemas import REDACTED

RESULT_CHARS_MAX = 10_000
ARGUMENTS_CHARS_MAX = 20_000
FAILED = "It failed."
# what the API calls a kind; the type that turns of analytics show is that of the stored tool
TYPES: Mapping[ToolKind, tuple[str, str | None, str]] = {
    "client": ("client", None, "CLIENT"),
    "webhook": ("server", "webhook", "SERVER_WEBHOOK"),
    "knowledge": ("server", "rag", "SERVER_RAG"),
    "mcp": ("server", "mcp", "SERVER_MCP"),
    "system": ("system", None, "SYSTEM"),
}
_STORED = {(kind, subtype): stored for kind, subtype, stored in TYPES.values()}
_CREDENTIAL_NAME = re.compile(
    r"pass(?:word|wd|phrase)|secret|token|api[_-]?key|authori[sz]ation|cookie|credential", re.I
)
_CREDENTIAL = re.compile(
    r"\b(bearer|basic)\s+[\w.~+/=-]{8,}|\b(?:sk|pk|ghp|xox[bp])[-_][\w-]{12,}|\beyJ[\w-]+\.[\w.-]+", re.I
)


def called(entry: ReportedToolCall, wall: WallTime, *, keeps_words: bool) -> Json:
    """Arguments, result and documents are words, too, and a page says in its own what failed: where words are not
    kept, the former are null, and of the latter remains that it failed."""
    call = entry.call
    kind, subtype, _ = TYPES[call.kind]
    return {
        "toolCallId": call.call_id,
        "toolName": call.name,
        "toolType": kind,
        "toolSubtype": subtype,
        "status": entry.status,
        "startedAt": timestamp(wall.at(call.started_ms)),
        "completedAt": timestamp(wall.at(entry.ended_ms)),
        "durationSeconds": round(max(0.0, entry.ended_ms - call.started_ms) / 1000, 3),
        "errorMessage": (storable(entry.error) if keeps_words else _wordless(entry.error)) or None,
        "arguments": _arguments(call.arguments) if keeps_words else None,
        "result": _result(entry) if keeps_words else None,
        "documentsAccessed": list(entry.documents) or None if keeps_words else None,
    }


def stored_type(call: Json) -> str | None:
    """What kind of tool was called, as `GET /v1/tools` says it."""
    return _STORED.get((str(call.get("toolType")), call.get("toolSubtype")), call.get("toolType"))


def without_credentials(value: Any) -> Any:
    """The same value, with what is named or looks like a credential left out."""
    if isinstance(value, Mapping):
        items = cast(Mapping[str, Any], value).items()
        return {
            storable(key): REDACTED if _CREDENTIAL_NAME.search(key) else without_credentials(inner)
            for key, inner in items
        }
    if isinstance(value, list):
        return [without_credentials(inner) for inner in cast(list[Any], value)]
    return _CREDENTIAL.sub(REDACTED, storable(value)) if isinstance(value, str) else value


def _wordless(error: str) -> str:
    return FAILED if error and error != INTERRUPTED else error


def _arguments(arguments: Mapping[str, Any]) -> Any:
    kept = without_credentials(arguments)
    return kept if len(json.dumps(kept)) <= ARGUMENTS_CHARS_MAX else {}


def _result(entry: ReportedToolCall) -> str | None:
    if entry.status != "completed":
        return None
    text = entry.result
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return str(without_credentials(text))[:RESULT_CHARS_MAX]
    if isinstance(parsed, dict | list):
        text = json.dumps(without_credentials(parsed), ensure_ascii=False)
    return str(without_credentials(text))[:RESULT_CHARS_MAX]
