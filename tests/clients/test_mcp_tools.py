"""Tools of a server that was made with the official library, called as a session calls them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients import environments
from visavis.core.spec import ToolSpec, WebhookSpec
from visavis.core.tools import ToolFailed
from visavis.net.guard import Guard
from visavis.resources.tools.mcp import McpServer
from visavis.resources.tools.webhooks import Webhooks

PROGRAM = Path(__file__).with_name("mcp_server") / "tools.py"
READY_WITHIN_S = 120.0

pytestmark = pytest.mark.clients


@pytest.fixture
async def garden() -> AsyncIterator[McpServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(environments.mcp_server(), PROGRAM, str(port))
    webhooks = Webhooks(Guard(allow_private=True), "1.0")
    try:
        await listening(port, process)
        webhook = WebhookSpec(f"http://127.0.0.1:{port}/mcp", "POST", {"x-garden": "yes"})
        server = webhooks.mcp(ToolSpec("garden", "", "mcp", {}, awaits_result=True, webhook=webhook))
        yield server
        await server.close()
    finally:
        await webhooks.close()
        process.terminate()
        await process.wait()


async def listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            assert process.returncode is None
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.1)


async def test_a_server_made_with_the_official_library(garden: McpServer) -> None:
    tools = {tool.name: tool for tool in await garden.tools()}
    assert set(tools) == {"garden_water", "garden_count_bees", "garden_dig"}
    water = tools["garden_water"]
    assert (water.kind, water.remote_name, water.description) == ("mcp", "water", "Waters a bed of the garden.")
    assert water.parameters["required"] == ["bed"]
    assert (await garden.call("water", {"bed": "Roses"})).text == "Roses has got 5 litres"
    assert '"bees": 7' in (await garden.call("count_bees", {})).text
    with pytest.raises(ToolFailed) as failed:
        await garden.call("dig", {})
    assert "spade" in failed.value.said
    assert "spade" not in failed.value.message
