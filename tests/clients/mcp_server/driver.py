"""Runs inside the official MCP server's environment: starts that server and calls its tools as an assistant would.

Each line of standard input is `{"tool": …, "arguments": …}`; each line of standard output is `{"text": …}`, what the
tool answered, or `{"error": …}`. The line `{"list": true}` is answered by the names of all tools.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    program = Path(sys.executable).with_name("anam-mcp")
    passed = {name: value for name, value in os.environ.items() if name.startswith("ANAM_")}
    server = StdioServerParameters(command=str(program), env={**passed, "PATH": os.environ["PATH"]})
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await answer(session, json.loads(line))), flush=True)


async def answer(session: ClientSession, wanted: dict) -> dict:
    if "list" in wanted:
        return {"text": [tool.name for tool in (await session.list_tools()).tools]}
    result = await session.call_tool(wanted["tool"], wanted["arguments"])
    text = "".join(part.text for part in result.content)
    return {"error": text} if result.isError or text.startswith("Error") else {"text": text}


asyncio.run(main())
