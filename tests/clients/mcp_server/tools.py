"""A server of tools, made with the official library, for personas to call. Its port is the only argument."""

import sys

from mcp.server.fastmcp import FastMCP

server = FastMCP("Garden", host="127.0.0.1", port=int(sys.argv[1]), log_level="WARNING")


@server.tool()
def water(bed: str, litres: int = 5) -> str:
    """Waters a bed of the garden."""
    return f"{bed} has got {litres} litres"


@server.tool()
def count_bees() -> dict[str, int]:
    """Counts the bees."""
    return {"bees": 7}


@server.tool()
def dig() -> str:
    """Digs."""
    raise ValueError("the spade is broken")


server.run("streamable-http")
