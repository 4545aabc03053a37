"""HTTP for tools."""

from typing import Annotated

from fastapi import Depends, Request

from visavis.core.clock import MonotonicClock
from visavis.db import models
from visavis.http.auth import Caller
from visavis.http.deps import Paging, Reading, Search, Writing, database
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.tools.schemas import Tool, ToolBody, ToolTest, ToolTrial
from visavis.resources.tools.service import Toolbox, Tools
from visavis.resources.tools.trial import try_out

routes = router(tag="Tools")


async def _toolbox(request: Request) -> Toolbox:
    return request.app.state.toolbox


Box = Annotated[Toolbox, Depends(_toolbox)]


async def _answer(tools: Tools, row: models.Tool) -> Tool:
    return Tool.of(row, (await tools.usage([row])).get(row.id, 0))


@routes.get("/tools")
async def list_tools(caller: Caller, transaction: Reading, box: Box, page: Paging, search: Search = "") -> PageOf[Tool]:
    """Built-in tools and the organization's own, newest first; `search` looks at names, descriptions and ids."""
    tools = Tools(transaction, caller.organization_id, box)
    found = await tools.list(page, search)
    usage = await tools.usage(found.rows)
    return page_of([Tool.of(row, usage.get(row.id, 0)) for row in found.rows], found)


@routes.post("/tools", status_code=201)
async def create_tool(body: ToolBody, caller: Caller, transaction: Writing, box: Box) -> Tool:
    """Something personas may do. Settings go into `config`, or flat beside the name as sessions take them."""
    row = await Tools(transaction, caller.organization_id, box).create(body)
    return Tool.of(row, usage_count=0)


@routes.get("/tools/{id}")
async def get_tool(tool_id: UuidId, caller: Caller, transaction: Reading, box: Box) -> Tool:
    tools = Tools(transaction, caller.organization_id, box)
    return await _answer(tools, await tools.rows.get(tool_id))


@routes.put("/tools/{id}")
async def update_tool(tool_id: UuidId, body: ToolBody, caller: Caller, transaction: Writing, box: Box) -> Tool:
    """Only what is sent changes, in `config` too; another type begins with an empty `config`."""
    tools = Tools(transaction, caller.organization_id, box)
    return await _answer(tools, await tools.update(tool_id, body))


@routes.delete("/tools/{id}", status_code=204)
async def delete_tool(tool_id: UuidId, caller: Caller, transaction: Writing, box: Box) -> None:
    """Personas that used it go on without it."""
    await Tools(transaction, caller.organization_id, box).remove(tool_id)


@routes.post("/tools/{id}/test")
async def test_tool(tool_id: UuidId, body: ToolTest, request: Request, caller: Caller, box: Box) -> ToolTrial:
    """Call a webhook tool once, for real, and say what the mind would be told, or in plain words what went wrong."""
    async with database(request).reading() as transaction:  # and no longer: the other server may take its time
        spec = box.spec(await Tools(transaction, caller.organization_id, box).rows.get(tool_id))
    return await try_out(request.app.state.tool_webhooks, spec, body.arguments, MonotonicClock())
