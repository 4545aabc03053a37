import asyncio
from collections.abc import Callable


async def eventually(holds: Callable[[], bool], within_s: float = 10.0) -> None:
    """Returns when the condition holds; another process makes it so, and nothing here is told."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
