"""Runs examples from the official Python client's own description, as its package carries it.

`examples.py URL PLAN`, where PLAN is JSON: `before` and `inside` list examples as [heading, number]; those inside
run in a session that those before may have prepared. `values` replaces the placeholders of the description. Nothing
else is changed but the address of the server. Runs in the client's own environment and imports nothing of this project.
"""

import ast
import asyncio
import importlib.metadata
import inspect
import json
import sys
from textwrap import indent
from typing import Any

import anam

WHOLE_SESSION = "async with client.connect() as session:\n{}\n    await session.wait_until_closed()\n"


def examples() -> "dict[str, list[str]]":
    """The Python blocks of the description, by the heading they stand under."""
    found: dict[str, list[str]] = {}
    heading, block = "", None
    described = importlib.metadata.metadata("anam")
    for line in str(described.get_payload() or described["Description"]).splitlines():
        if block is not None:
            if line.startswith("```"):
                found.setdefault(heading, []).append("\n".join(block))
                block = None
            else:
                block.append(line)
        elif line.startswith("```python"):
            block = []
        elif line.startswith("#"):
            heading = line.strip("# ")
    return found


def program(plan: "dict[str, Any]") -> str:
    known = examples()
    source = "\n".join(known[heading][number] for heading, number in plan["before"])
    if plan["inside"]:
        inside = "\n".join(known[heading][number] for heading, number in plan["inside"])
        source += "\n" + WHOLE_SESSION.format(indent(inside, "    "))
    for placeholder, value in plan["values"].items():
        source = source.replace(placeholder, value)
    return source


def main() -> None:
    url, plan = sys.argv[1], json.loads(sys.argv[2])

    class Client(anam.AnamClient):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, options=anam.ClientOptions(api_base_url=url), **named)

    async def run_tool_call() -> str:
        return "It is nine o'clock."

    anam.AnamClient = Client
    compiled = compile(program(plan), "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    # examples further down leave out what those further up have imported
    names: dict[str, Any] = {"asyncio": asyncio, "AnamClient": Client, "run_tool_call": run_tool_call}
    running = eval(compiled, names)
    if inspect.iscoroutine(running):
        asyncio.run(running)


if __name__ == "__main__":
    main()
