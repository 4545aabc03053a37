"""Measure what our layer adds to other people's servers: `python -m bench.providers`, `--short` for a look.

Voices, then minds, then ears, each against the server that speaks its protocol in the tests, in this thread. What is
counted is the thread's own time, so that other programs do not count; on an idle machine it passes as quickly. Of
minds: from asking until the server has been asked, and from its first token to ours. Of ears: from the end of speech
to the words, the server's part included. Then, by the clock, how soon a server learns that nobody wants its answer.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

from bench import load
from bench.run import Table
from bench.voices import GOAL_MS, LEFT_WITHIN_S, SENTENCES, SENTENCES_SHORT, STOP_GOAL_MS, one_vendor
from tests.providers.fake_openai import FakeOpenAI, Hold, Plan
from tests.providers.fake_speech_server import Plan as Hearing
from tests.providers.rigs import feed, hum
from tests.providers.vendors import EARS, MINDS, VENDORS, EarsVendor
from visavis.core.spec import EarsSpec, MindSpec
from visavis.providers import catalog
from visavis.providers.base import ChatMessage

QUESTION = [ChatMessage("system", "You are kind."), ChatMessage("user", "What is there?")]
WORDS = ("Plants, ", "twelve ", "of ", "them.")

Rounds = Callable[[], Awaitable[float]]


class TimedMinds(FakeOpenAI):
    """Notes the work of this thread until it was asked, and until it sent the first piece of its answer."""

    asked_s = sent_s = 0.0

    async def _play(self, plan: Plan, receive: Any, send: Any) -> None:
        self.asked_s, self.sent_s = time.thread_time(), 0.0

        async def noted(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.body" and not self.sent_s:
                self.sent_s = time.thread_time()
            await send(message)

        await super()._play(plan, receive, noted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few rounds, to see that it works")
    count = SENTENCES_SHORT if parser.parse_args().short else SENTENCES
    table = Table()
    before = load.read(os.getpid())
    for name in sorted(VENDORS):
        asyncio.run(one_vendor(table, name, VENDORS[name], count))
    for name in sorted(MINDS):
        asyncio.run(one_mind(table, name, count))
    for vendor in EARS.values():
        asyncio.run(one_pair_of_ears(table, vendor, count))
    table.foreign.append(load.between(before, load.read(os.getpid())).foreign)
    table.print()


async def one_mind(table: Table, name: str, count: int) -> None:
    provider = catalog.load("llm", name)
    async with TimedMinds() as server:
        mind = provider(MindSpec(name, "test", (server.url,), secret="sk"))
        added, left = partial(_thought_ms, mind, server, name), partial(_left_ms, mind, server, name)
        await report(table, name, "first token", count, added, left)
        await mind.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def one_pair_of_ears(table: Table, vendor: EarsVendor, count: int) -> None:
    async with vendor.server() as server:
        ears = vendor.ears(server)
        added, left = partial(_heard_ms, ears), partial(_unheard_ms, ears, server, vendor)
        await report(table, f"ears {vendor.name}", "words", count, added, left)
        await ears.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def report(table: Table, name: str, what: str, count: int, added: Rounds, left: Rounds) -> None:
    added_ms = [await added() for _ in range(count + 1)][1:]  # the first loads modules
    left_ms = [await left() for _ in range(max(3, count // 4))]
    table.add(f"{name}: added to the {what}", _typical(added_ms, 0.95), f"≤ {GOAL_MS} ms")
    table.add(f"{name}: left until the server knows", _typical(left_ms, 1.0), f"≤ {STOP_GOAL_MS} ms")


async def _thought_ms(mind: Any, server: TimedMinds, name: str) -> float:
    server.plans.clear()
    server.answer_with(MINDS[name](*WORDS))
    called_s = time.thread_time()
    async with aclosing(mind.reply(QUESTION)) as deltas:
        await anext(deltas)
        came_s = time.thread_time()
        async for _ in deltas:
            pass
    return (server.asked_s - called_s + came_s - server.sent_s) * 1000


async def _left_ms(mind: Any, server: TimedMinds, name: str) -> float:
    plan = MINDS[name](*WORDS)
    begun = plan.steps[:-1] if len(plan.steps) > 1 else plan.steps
    server.plans.clear()
    server.answer_with(Plan([*begun, Hold(asyncio.Event())]))
    server.abandoned.clear()
    async with aclosing(mind.reply(QUESTION)) as deltas:
        await anext(deltas)
        left_s = time.perf_counter()
    async with asyncio.timeout(LEFT_WITHIN_S):
        await server.abandoned.wait()
    return (time.perf_counter() - left_s) * 1000


async def _heard_ms(ears: Any) -> float:
    transcription = await ears.open(EarsSpec("", "en"))
    await feed(transcription, hum(200))
    called_s = time.thread_time()
    assert await transcription.finish()
    return (time.thread_time() - called_s) * 1000


async def _unheard_ms(ears: Any, server: Any, vendor: EarsVendor) -> float:
    """In the middle of speech; of ears that hear it whole, while they are waited for."""
    server.answer_with(Hearing(ending="finish" if vendor.streams else "hold"), Hearing())
    server.stopped.clear()
    server.asked.clear()
    transcription = await ears.open(EarsSpec("", "en"))
    await feed(transcription, hum(200))
    finishing = None if vendor.streams else asyncio.create_task(transcription.finish())
    async with asyncio.timeout(LEFT_WITHIN_S):
        await server.asked.wait()
        left_s = time.perf_counter()
        if finishing is not None:
            finishing.cancel()
            await asyncio.gather(finishing, return_exceptions=True)
        await transcription.cancel()
        await server.stopped.wait()
    return (time.perf_counter() - left_s) * 1000


def _typical(values_ms: Sequence[float], share: float) -> str:
    worst_ms = sorted(values_ms)[min(len(values_ms) - 1, int(len(values_ms) * share))]
    return f"{statistics.median(values_ms):.1f} ms ({worst_ms:.1f})"


if __name__ == "__main__":
    main()
