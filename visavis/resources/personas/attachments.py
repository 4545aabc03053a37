"""What hangs on a persona: the tools it may use, the knowledge these reach, the links it is shared by."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.db.models import KnowledgeGroup, PersonaTool, ShareLink, Tool
from visavis.db.repository import Repository
from visavis.resources.tools.service import ToolRows

LINKS_SHOWN_MAX = 1000  # GET /v1/share-links has them all


@dataclass(frozen=True, slots=True)
class Attached:
    tools: Sequence[Tool] = ()
    groups: Sequence[KnowledgeGroup] = ()
    links: Sequence[ShareLink] = ()


class Attachments:
    """Attachments of the personas of one organization, within one transaction. What was removed is left out."""

    def __init__(self, session: AsyncSession, organization_id: str) -> None:
        self._session = session
        self._organization_id = organization_id
        self._tools = ToolRows(session, organization_id)
        self._groups = Repository(session, KnowledgeGroup, organization_id, "knowledge group")

    async def tools(self, persona_id: str) -> Sequence[Tool]:
        """In the order in which they were given."""
        wanted = select(PersonaTool.tool_id).where(PersonaTool.persona_id == persona_id).order_by(PersonaTool.position)
        tool_ids = (await self._session.scalars(wanted)).all()
        return await self._found(tool_ids) if tool_ids else ()

    async def chosen(self, tool_ids: Sequence[str]) -> Sequence[Tool]:
        """Raises `InvalidRequest`, naming the one that cannot be used."""
        found = await self._found(tool_ids) if tool_ids else ()
        known, names = {tool.id for tool in found}, {tool.name: tool.id for tool in found}
        for index, tool_id in enumerate(tool_ids):
            if tool_id not in known:
                message = f'there is no tool "{tool_id}" in this organization; GET /v1/tools lists them'
                raise InvalidRequest.field(f"toolIds.{index}", message, "not_found")
        for index, tool_id in enumerate(tool_ids):
            name = next(tool.name for tool in found if tool.id == tool_id)
            if names[name] != tool_id:
                message = f'another of these tools is called "{name}", too; a mind tells them apart by their names'
                raise InvalidRequest.field(f"toolIds.{index}", message, "duplicate_name")
        return found

    async def replace(self, persona_id: str, tools: Sequence[Tool]) -> None:
        """The persona's row is locked by whoever calls, so that two sets do not become one."""
        await self._session.execute(delete(PersonaTool).where(PersonaTool.persona_id == persona_id))
        rows = enumerate(tools)
        self._session.add_all(PersonaTool(persona_id=persona_id, tool_id=tool.id, position=at) for at, tool in rows)
        await self._session.flush()

    async def around(self, tools: Sequence[Tool], persona_id: str | None) -> Attached:
        """Everything an answer shows; nobody can have shared a persona that has no id yet."""
        return Attached(tools, await self._reached(tools), await self._links(persona_id) if persona_id else ())

    async def _found(self, tool_ids: Sequence[str]) -> Sequence[Tool]:
        found = await self._tools.get_many(set(tool_ids))
        return [found[tool_id] for tool_id in dict.fromkeys(tool_ids) if tool_id in found]

    async def _reached(self, tools: Sequence[Tool]) -> Sequence[KnowledgeGroup]:
        folder_ids = dict.fromkeys(folder for tool in tools for folder in tool.config.get("documentFolderIds", ()))
        found = await self._groups.get_many(set(folder_ids)) if folder_ids else {}
        return [found[folder_id] for folder_id in folder_ids if folder_id in found]

    async def _links(self, persona_id: str) -> Sequence[ShareLink]:
        own = (ShareLink.organization_id == self._organization_id, ShareLink.persona_id == persona_id)
        newest = select(ShareLink).where(*own).order_by(ShareLink.created_at.desc(), ShareLink.id)
        return (await self._session.scalars(newest.limit(LINKS_SHOWN_MAX))).all()
