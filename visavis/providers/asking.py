"""Asking a language model at one of several addresses: which comes first, how long to wait, when to ask again.

A request is repeated, at the next address or at the same one, only as long as nothing of the answer has arrived: a
listener must never hear a reply begin twice.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeAlias

from pydantic import BaseModel, Field

from visavis.core.errors import ProviderError
from visavis.providers.base import MindDelta
from visavis.providers.remote import failures

Deltas: TypeAlias = AsyncGenerator[MindDelta, None]
Ask: TypeAlias = Callable[[str], Deltas]

REST_S = 30.0  # how long an address that failed is asked only after the others
REMEMBERED_MAX = 1_000


class Patience(BaseModel):
    """What every mind that is asked over a network lets an operator set."""

    connect_timeout_s: float = Field(default=5.0, gt=0, description="Longest wait for a connection.")
    first_token_timeout_s: float = Field(default=20.0, gt=0, description="Longest wait for the first token.")
    stall_timeout_s: float = Field(default=20.0, gt=0, description="Longest silence between two tokens.")
    rounds: int = Field(default=2, ge=1, le=5, description="How often the list of addresses is gone through.")
    pause_between_rounds_s: float = Field(default=0.3, ge=0, description="How long to wait before the next round.")


class Health:
    """Which addresses failed a moment ago. One for the process, so that each session need not find out by itself."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._resting_until_s: dict[str, float] = {}

    def in_order(self, urls: Sequence[str]) -> list[str]:
        """As they were given, those that failed lately behind the others."""
        now_s = self._now_s()
        return sorted(urls, key=lambda url: self._resting_until_s.get(url, 0.0) > now_s)

    def failed(self, url: str) -> None:
        self._resting_until_s.pop(url, None)
        self._resting_until_s[url] = self._now_s() + REST_S
        while len(self._resting_until_s) > REMEMBERED_MAX:
            del self._resting_until_s[next(iter(self._resting_until_s))]

    def worked(self, url: str) -> None:
        self._resting_until_s.pop(url, None)


HEALTH = Health()


async def in_turn(urls: Sequence[str], ask: Ask, patience: Patience, health: Health = HEALTH) -> Deltas:
    """The answer of the first address that gives one. Raises the last `ProviderError` where none does."""
    candidates = health.in_order(urls)
    failure = ProviderError("No language model could be asked.")
    for round_number in range(patience.rounds):
        if round_number and candidates:
            await asyncio.sleep(patience.pause_between_rounds_s)
        for url in tuple(candidates):
            begun = False
            try:
                async with aclosing(ask(url)) as deltas:
                    async for delta in deltas:
                        begun = True
                        yield delta
                health.worked(url)
                return
            except ProviderError as error:
                health.failed(url)
                if begun:
                    raise
                failure = error
                if not error.retryable:
                    candidates.remove(url)
    raise failure


async def watched(deltas: Deltas, patience: Patience) -> Deltas:
    """The same deltas. Raises `TimeoutError` when the first does not come in time."""
    async with aclosing(deltas):
        async with asyncio.timeout(patience.first_token_timeout_s):
            first = await anext(deltas, None)
        if first is not None:
            yield first
        async for delta in deltas:
            yield delta


async def understood(host: str, deltas: Deltas, patience: Patience) -> Deltas:
    """The same deltas, where an answer that is late or not what the protocol says is a `ProviderError`."""
    try:
        async with aclosing(watched(deltas, patience)) as checked:
            async for delta in checked:
                yield delta
    except TimeoutError:
        raise too_slow(host) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise broken_off(host) from None


def refusal(host: str, status: int) -> ProviderError:
    return failures.refusal(f"The language model at {host}", status)


def too_slow(host: str) -> ProviderError:
    return ProviderError(f"The language model at {host} took too long to answer.")


def unreachable(host: str, error: BaseException) -> ProviderError:
    return failures.unreachable(f"The language model at {host}", error)


def refused_address(host: str, reason: object) -> ProviderError:
    return ProviderError(f"The address of the language model at {host} is refused: {reason}.", retryable=False)


def broken_off(host: str) -> ProviderError:
    return ProviderError(f"The language model at {host} broke off in the middle of its answer.")
