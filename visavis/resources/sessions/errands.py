"""Who carries out the tools of a session that are neither its page's nor the conversation's own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visavis.core.spec import SessionSpec, ToolSpec
from visavis.core.tools import ToolAnswer, ToolFailed
from visavis.resources.knowledge.lookup import look_up
from visavis.resources.knowledge.retrieval import Retrieval
from visavis.resources.tools.mcp import McpServer
from visavis.resources.tools.requests import Asking
from visavis.resources.tools.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the tools of all sessions are carried out with."""

    webhooks: Webhooks
    retrieval: Retrieval

    def open(self, spec: SessionSpec) -> "SessionErrands":
        return SessionErrands(spec, self)


class SessionErrands:
    """A `ToolExecutor`."""

    def __init__(self, spec: SessionSpec, workshop: Workshop) -> None:
        self._spec, self._workshop = spec, workshop
        self._servers = {tool.name: workshop.webhooks.mcp(tool) for tool in spec.tools if tool.kind == "mcp"}
        self._server_of: dict[str, McpServer] = {}

    async def offered(self, on_trouble: Callable[[str], None]) -> Sequence[ToolSpec]:
        listed = await asyncio.gather(*(self._listed(name, server) for name, server in self._servers.items()))
        for trouble, _ in listed:
            if trouble:
                on_trouble(trouble)
        return [tool for _, tools in listed for tool in tools]

    async def run(self, tool: ToolSpec, arguments: Mapping[str, Any]) -> ToolAnswer:
        if tool.kind == "mcp":
            return await self._server_of[tool.name].call(tool.remote_name, arguments)
        if tool.webhook is not None:
            asking = Asking(self._spec.session_id, self._spec.end_user_id)
            return await self._workshop.webhooks.call(tool.webhook, arguments, asking)
        query = str(arguments.get("query", ""))
        return await look_up(self._workshop.retrieval, self._spec.organization_id, tool.folder_ids, query)

    async def close(self) -> None:
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    async def _listed(self, name: str, server: McpServer) -> tuple[str, list[ToolSpec]]:
        """What is wrong, if anything is, and what the server offers."""
        try:
            tools = await server.tools()
        except ToolFailed as failure:
            return f'The tools of "{name}" cannot be used. {failure.message}', []
        self._server_of |= {tool.name: server for tool in tools}
        return "", tools
