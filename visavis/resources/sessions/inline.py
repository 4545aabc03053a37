"""The tools of a session: those of its persona, and those that the request brought along."""

from collections.abc import Callable, Sequence

from visavis.core.errors import InvalidRequest
from visavis.core.spec import ToolSpec
from visavis.db import models
from visavis.db.keyring import Keyring
from visavis.db.models import Json
from visavis.http.errors import under
from visavis.net.guard import Guard
from visavis.resources.sessions.schemas import InlineTool
from visavis.resources.tools.service import Tools, check_url


async def check_urls(inline: Sequence[InlineTool], guard: Guard) -> None:
    """Raises `InvalidRequest`, naming the tool whose URL may not be asked."""
    for index, body in enumerate(inline):
        with under(f"tools.{index}"):
            await check_url(body, guard)


async def tool_specs(
    tools: Tools, attached: Sequence[models.Tool], inline: Sequence[InlineTool]
) -> tuple[ToolSpec, ...]:
    """A persona that was read lists its tools twice, by id and in full: those count once.

    Raises `InvalidRequest`, naming the tool that cannot work.
    """
    rows = list(attached)
    given = [(index, body) for index, body in enumerate(inline) if body.tool_id not in {row.id for row in attached}]
    origins = {body.tool_id for _, body in given if body.tool_id}
    stored = await tools.rows.get_many(origins) if origins else {}
    for index, body in given:
        with under(f"tools.{index}"):
            row = await tools.draft(body, stored.get(body.tool_id or ""))
            if any(row.name == other.name for other in rows):
                message = f'another tool of this session is called "{row.name}", too'
                raise InvalidRequest.field("name", message, "duplicate_name")
        rows.append(row)
    return tuple(tools.spec(row) for row in rows)


def sealed(request: Json, keyring: Keyring) -> Json:
    """A request as it may be stored: what the headers of its tools say may be a credential, and secrets are."""
    return _with_headers(request, keyring.seal)


def unsealed(request: Json, keyring: Keyring) -> Json:
    return _with_headers(request, keyring.unseal)


def _with_headers(request: Json, change: Callable[[str], str]) -> Json:
    """The same request; only what is changed is copied."""
    config: Json = request.get("personaConfig") or {}
    if not config.get("tools"):
        return request
    tools = [_settings(tool, change) for tool in config["tools"]]
    return {**request, "personaConfig": {**config, "tools": tools}}


def _settings(settings: Json, change: Callable[[str], str]) -> Json:
    """A tool has headers in its `config`, or beside its name."""
    changed = dict(settings)
    if settings.get("headers"):
        changed["headers"] = {name: change(value) for name, value in settings["headers"].items()}
    if settings.get("signingSecret"):
        changed["signingSecret"] = change(settings["signingSecret"])
    if settings.get("config"):
        changed["config"] = _settings(settings["config"], change)
    return changed
