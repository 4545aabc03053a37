"""What makes a tool valid, in whichever form it was sent, and what is stored of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.core.spec import ToolSpec
from visavis.db.keyring import Keyring
from visavis.db.models import KnowledgeGroup, Persona, PersonaTool, Tool, now
from visavis.db.repository import Page, Repository, Slice, contains
from visavis.http.errors import under
from visavis.net.guard import Guard
from visavis.resources.tools.runtime import header_values, tool_spec
from visavis.resources.tools.schemas import REDACTED, ToolBody, ToolSettings
from visavis.resources.tools.stock import ACTIONS

WAITING = ("filler_phrases", "filler_after_seconds")
# the settings each type has, and those it cannot do without
SETTINGS: dict[str, tuple[str, ...]] = {
    "CLIENT": ("parameters", "await_result", "tool_timeout_seconds", *WAITING),
    "SERVER_WEBHOOK": (
        "url", "method", "headers", "body_template", "parameters", "query_parameters", "await_response",
        "signing_secret", *WAITING,
    ),
    "SERVER_RAG": ("document_folder_ids", *WAITING),
    "SERVER_MCP": ("url", "headers", *WAITING),
    "SYSTEM": ("action",),
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "SERVER_WEBHOOK": ("url", "method"),
    "SERVER_RAG": ("document_folder_ids",),
    "SERVER_MCP": ("url",),
}
SUBTYPES = {"webhook": "SERVER_WEBHOOK", "knowledge": "SERVER_RAG", "rag": "SERVER_RAG", "mcp": "SERVER_MCP"}


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What tools are checked and opened with."""

    keyring: Keyring
    guard: Guard

    def spec(self, row: Tool) -> ToolSpec:
        return tool_spec(row, self.keyring)


class ToolRows(Repository[Tool]):
    """A removed tool is kept for what refers to it in reports, and found by nobody."""

    def __init__(self, session: AsyncSession, organization_id: str) -> None:
        super().__init__(session, Tool, organization_id, "tool")

    def _visible(self) -> ColumnElement[bool]:
        return and_(super()._visible(), Tool.deleted_at.is_(None))


class Tools:
    """The tools of one organization, within one transaction."""

    def __init__(self, session: AsyncSession, organization_id: str, toolbox: Toolbox) -> None:
        self.rows = ToolRows(session, organization_id)
        self._folders = Repository(session, KnowledgeGroup, organization_id, "knowledge group")
        self._toolbox = toolbox

    async def list(self, page: Page, search: str) -> Slice[Tool]:
        columns = (Tool.name, Tool.description, Tool.id)
        return await self.rows.list(page, *([or_(*(contains(column, search) for column in columns))] if search else []))

    async def usage(self, rows: Iterable[Tool]) -> dict[str, int]:
        """How many personas use each tool; those that nobody uses are left out."""
        query = (
            select(PersonaTool.tool_id, func.count())
            .join(Persona, Persona.id == PersonaTool.persona_id)
            .where(
                Persona.organization_id == self.rows.organization_id,
                PersonaTool.tool_id.in_([row.id for row in rows]),
            )
            .group_by(PersonaTool.tool_id)
        )
        return {tool_id: count for tool_id, count in await self.rows.session.execute(query)}

    async def create(self, body: ToolBody) -> Tool:
        await check_url(body, self._toolbox.guard)
        row = _blank()
        await self._apply(row, body)
        if not row.description:
            raise InvalidRequest.field("description", "is required: it says when the tool is to be called", "missing")
        return await self.rows.add(row)

    async def update(self, tool_id: str, body: ToolBody) -> Tool:
        # names are resolved before the first query: a transaction that writes must not wait for them
        await check_url(body, self._toolbox.guard)
        row = await self.rows.own(tool_id)
        if body.description == "":
            raise InvalidRequest.field("description", "must not be empty")
        await self._apply(row, body)
        await self.rows.session.flush()
        return row

    async def remove(self, tool_id: str) -> None:
        row = await self.rows.own(tool_id)
        row.deleted_at, row.sealed_headers, row.sealed_signing_secret = now(), "", ""
        await self.rows.session.flush()

    async def draft(self, body: ToolBody, stored: Tool | None) -> Tool:
        """A valid tool that is not stored. Its URL is the caller's to check with `check_url`.

        It may leave header values to the `stored` tool it was read from, as long as they go where they always went.
        """
        row = _blank()
        if stored is not None and stored.config.get("url") == _setting(body, "url")[0]:
            row.sealed_headers, row.sealed_signing_secret = stored.sealed_headers, stored.sealed_signing_secret
        await self._apply(row, body)
        return row

    def spec(self, row: Tool) -> ToolSpec:
        return self._toolbox.spec(row)

    async def _apply(self, row: Tool, body: ToolBody) -> None:
        kind = _type(body, row.type)
        row.config = self._settings(row, body, kind)
        row.type = kind
        row.name = body.name or row.name
        row.description = row.description if body.description is None else body.description
        if body.disable_interruptions is not None:
            row.disable_interruptions = body.disable_interruptions
        if not row.name:
            raise InvalidRequest.field("name", "is required", "missing")
        if kind == "SYSTEM":
            row.config = {"action": _action(row, body)}
        if kind == "SERVER_RAG":
            await self._check_folders(row.config["documentFolderIds"], _setting(body, "document_folder_ids")[1])

    def _settings(self, row: Tool, body: ToolBody, kind: str) -> dict[str, Any]:
        """The settings as they will be; null takes one away."""
        config = dict(row.config) if kind == row.type else {}
        for name in SETTINGS[kind]:
            value, path = _setting(body, name)
            if path and value is None:
                config.pop(to_camel(name), None)
            elif path and name == "headers":
                config["headers"] = dict.fromkeys(value, REDACTED)
                row.sealed_headers = self._sealed(value, header_values(row, self._toolbox.keyring), path)
            elif path and name == "signing_secret":
                config["signingSecret"] = REDACTED
                row.sealed_signing_secret = self._sealed_secret(value, row.sealed_signing_secret, path)
            elif path:
                config[to_camel(name)] = value
        if not config.get("headers"):
            row.sealed_headers = ""
        if not config.get("signingSecret"):
            row.sealed_signing_secret = ""
        for name in REQUIRED.get(kind, ()):
            if to_camel(name) not in config:
                raise InvalidRequest.field(_path(body, name), f"is required for the type {kind}", "missing")
        return config

    def _sealed(self, given: dict[str, str], known: dict[str, str], path: str) -> str:
        """Values that were read as a placeholder and come back as one are those we have."""
        old = {name.lower(): value for name, value in known.items()}
        values: dict[str, str] = {}
        for name, value in given.items():
            if value == REDACTED and name.lower() not in old:
                raise InvalidRequest.field(f"{path}.{name}", f'"{REDACTED}" stands for a value that is not known here')
            values[name] = old[name.lower()] if value == REDACTED else value
        return self._toolbox.keyring.seal(json.dumps(values)) if values else ""

    def _sealed_secret(self, given: str, known: str, path: str) -> str:
        if given != REDACTED:
            return self._toolbox.keyring.seal(given)
        if not known:
            raise InvalidRequest.field(path, f'"{REDACTED}" stands for a value that is not known here')
        return known

    async def _check_folders(self, folder_ids: Sequence[str], path: str) -> None:
        """Only those that were sent: a group that was removed later does not block other changes."""
        if not path:
            return
        found = await self._folders.get_many(set(folder_ids))
        for index, folder_id in enumerate(folder_ids):
            if folder_id not in found:
                message = f'there is no knowledge group "{folder_id}"; GET /v1/knowledge/groups lists them'
                raise InvalidRequest.field(f"{path}.{index}", message, "not_found")


async def check_url(body: ToolBody, guard: Guard) -> None:
    """Raises `InvalidRequest` where the tool's URL leads where requests from outside must not go."""
    url, path = _setting(body, "url")
    if url is None:
        return
    if path == "url":
        await guard.check(url)
        return
    with under("config"):
        await guard.check(url)


def _blank() -> Tool:
    return Tool(
        name="", description="", type="", config={}, sealed_headers="", sealed_signing_secret="",
        disable_interruptions=False,
    )  # fmt: skip


def _setting(body: ToolBody, name: str) -> tuple[Any, str]:
    """A setting and where it was sent; the path is empty when it was not."""
    settings: ToolSettings = body.config if body.config and name in body.config.model_fields_set else body
    if name not in settings.model_fields_set:
        return None, ""
    return getattr(settings, name), to_camel(name) if settings is body else f"config.{to_camel(name)}"


def _path(body: ToolBody, name: str) -> str:
    return f"config.{to_camel(name)}" if body.config else to_camel(name)


def _type(body: ToolBody, present: str) -> str:
    """The type's name in the database; a `server` tool without subtype is what its settings say."""
    if body.type is None and body.subtype is None:
        if not present:
            raise InvalidRequest.field("type", f"is required: one of {', '.join(SETTINGS)}", "missing")
        return present
    if body.type is not None and body.type.upper() in SETTINGS:
        return body.type.upper()
    if body.subtype is not None:
        return SUBTYPES[body.subtype]
    for name, kind in (("document_folder_ids", "SERVER_RAG"), ("url", "SERVER_WEBHOOK")):
        if _setting(body, name)[1]:
            return kind
    if present.startswith("SERVER_"):
        return present
    message = 'is required for the type server: "webhook", "knowledge" or "mcp"'
    raise InvalidRequest.field("subtype", message, "missing")


def _action(row: Tool, body: ToolBody) -> str:
    action = row.config.get("action") or row.name
    if action not in ACTIONS:
        message = f"is required: one of {', '.join(ACTIONS)}, unless that is the tool's name"
        raise InvalidRequest.field(_path(body, "action"), message, "missing")
    return action
