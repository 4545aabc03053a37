"""Starting and ending the tasks somebody owns, so that none is forgotten and none dies silently."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def cancel_and_wait(*tasks: "asyncio.Task[Any] | None") -> None:
    """Cancel and wait until each is really over; errors of tasks that are being thrown away are theirs."""
    live = [task for task in tasks if task is not None and task is not asyncio.current_task()]
    for task in live:
        task.cancel()
    if live:
        await asyncio.gather(*live, return_exceptions=True)


class TaskSet:
    """Tasks with one owner: kept referenced while they run, cancelled together."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> "asyncio.Task[Any]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        await cancel_and_wait(*self._tasks)

    async def settle(self) -> None:
        """Wait until everything started so far has ended by itself."""
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
