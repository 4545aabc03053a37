"""Time as an argument: the real clock, and one that tests wind by hand."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Milliseconds that only grow, and a way to wait for one of them."""

    def now_ms(self) -> float: ...

    async def sleep_until(self, at_ms: float) -> None: ...


class MonotonicClock:
    """The machine's monotonic clock, the same one in every process of this machine."""

    def now_ms(self) -> float:
        return time.monotonic_ns() / 1e6

    async def sleep_until(self, at_ms: float) -> None:
        await asyncio.sleep(max(0.0, (at_ms - self.now_ms()) / 1000))


class HandWoundClock:
    """A clock that moves only when told to, so that a test of a minute takes no time.

    `advance` wakes sleepers in the order of their times and lets the loop run between them.
    """

    def __init__(self, start_ms: float = 0.0) -> None:
        self._now_ms = start_ms
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now_ms(self) -> float:
        return self._now_ms

    async def sleep_until(self, at_ms: float) -> None:
        if at_ms <= self._now_ms:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at_ms, next(self._order), future))
        await future

    async def advance(self, by_ms: float) -> None:
        """Move time forward, stopping at every moment somebody waits for."""
        target_ms = self._now_ms + by_ms
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= target_ms:
            at_ms, _, future = heapq.heappop(self._sleepers)
            self._now_ms = max(self._now_ms, at_ms)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self._now_ms = target_ms
        await self.settle()

    async def settle(self, rounds: int = 16) -> None:
        """Give every task that is ready its turn, so that what follows sees the result."""
        for _ in range(rounds):
            await asyncio.sleep(0)


async def within(clock: Clock, duration_ms: float, work: Coroutine[Any, Any, T]) -> T:
    """What the work returns. Raises `TimeoutError`, once the work has really ended, when it takes longer."""
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep_until(clock.now_ms() + duration_ms))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        for one in (task, alarm):
            one.cancel()
        await asyncio.gather(task, alarm, return_exceptions=True)
