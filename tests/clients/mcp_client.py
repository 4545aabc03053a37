"""The official MCP server in a process of its own, asked by a test as an assistant would ask it."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.clients import environments
from tests.clients.server import API_KEY

DRIVER = Path(__file__).with_name("mcp_server") / "driver.py"
ANSWER_WITHIN_S = 60.0


class McpClient:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.called: set[str] = set()

    async def tools(self) -> list[str]:
        names: list[str] = (await self._ask({"list": True}))["text"]
        return names

    async def call(self, tool: str, /, **arguments: Any) -> str:
        """What the tool answered; a refusal fails the test with its words."""
        self.called.add(tool)
        answer = await self._ask({"tool": tool, "arguments": arguments})
        assert "error" not in answer, f"{tool}: {answer['error']}"
        text: str = answer["text"]
        return text

    async def make(self, tool: str, /, **arguments: Any) -> str:
        """The id of what the tool made."""
        text = await self.call(tool, **arguments)
        return text.split("with ID: ")[1].split()[0]

    async def read(self, tool: str, /, **arguments: Any) -> Any:
        """What the tool answered, where that is JSON."""
        return json.loads(await self.call(tool, **arguments))

    async def _ask(self, wanted: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        await self._process.stdin.drain()
        async with asyncio.timeout(ANSWER_WITHIN_S):
            line = await self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.asynccontextmanager
async def mcp_client(server_url: str) -> AsyncIterator[McpClient]:
    interpreter = await asyncio.to_thread(environments.mcp_server)
    process = await asyncio.create_subprocess_exec(
        str(interpreter),
        str(DRIVER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "ANAM_API_URL": server_url, "ANAM_API_KEY": API_KEY},
    )
    try:
        yield McpClient(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()  # the driver ends with its input
        await process.wait()
