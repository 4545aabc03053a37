"""Measure what our layer adds to voices on other people's servers: `python -m bench.voices`, `--short` for a look.

Every vendor's protocol is spoken by the server that the tests use, in this thread. What is counted is the work from
asking a voice to the server having been asked, and from the server's first sound to that sound being ours: everything
that is not the server's own doing, loopback included. It is the thread's own time, so that other programs do not count;
on an idle machine it passes as quickly. Then, by the clock, how soon a server learns that it was interrupted.
"""

import argparse
import asyncio
import os
import statistics
import time
from contextlib import aclosing
from typing import Any

from bench import load
from bench.run import Table
from tests.providers.fake_speech_server import FakeSpeechServer, Plan
from tests.providers.vendors import VENDORS, Vendor

SENTENCES, SENTENCES_SHORT = 60, 5
GOAL_MS, STOP_GOAL_MS = 15, 100
TEXT = "What would you like to know about it?"
LEFT_WITHIN_S = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few sentences, to see that it works")
    count = SENTENCES_SHORT if parser.parse_args().short else SENTENCES
    table = Table()
    before = load.read(os.getpid())
    for name in sorted(VENDORS):
        asyncio.run(one_vendor(table, name, VENDORS[name], count))
    table.foreign.append(load.between(before, load.read(os.getpid())).foreign)
    table.print()


async def one_vendor(table: Table, name: str, vendor: Vendor, count: int) -> None:
    async with vendor.server() as server:
        voice = vendor.speaker(server)
        await voice.warm()
        added_ms = [await _added_ms(voice, server) for _ in range(count + 1)][1:]  # the first loads modules
        stops_ms = [await _stop_ms(voice, server) for _ in range(max(3, count // 4))]
        await voice.close()
    worst_ms = sorted(added_ms)[int(len(added_ms) * 0.95)]
    table.add(f"{name}: added to the first sound", _both(statistics.median(added_ms), worst_ms), f"≤ {GOAL_MS} ms")
    told = _both(statistics.median(stops_ms), max(stops_ms))
    table.add(f"{name}: interrupted until the server knows", told, f"≤ {STOP_GOAL_MS} ms")


async def _added_ms(voice: Any, server: FakeSpeechServer) -> float:
    server.answer_with(Plan())
    server.asked.clear()
    server.sent_s = 0.0
    called_s = time.thread_time()
    async with aclosing(voice.speak(TEXT)) as pieces:
        await anext(pieces)
        heard_s = time.thread_time()
        async for _ in pieces:
            pass
    return (server.asked_s - called_s + heard_s - server.sent_s) * 1000


async def _stop_ms(voice: Any, server: FakeSpeechServer) -> float:
    server.answer_with(Plan(pieces=1, ending="hold"))
    server.stopped.clear()
    async with aclosing(voice.speak(TEXT)) as pieces:
        await anext(pieces)
        cut_s = time.perf_counter()
    async with asyncio.timeout(LEFT_WITHIN_S):
        await server.stopped.wait()
    stopped_ms = (time.perf_counter() - cut_s) * 1000
    server.answer_with(Plan())
    async for _ in voice.speak(TEXT):  # a connection for the next round
        pass
    return stopped_ms


def _both(median: float, worst: float) -> str:
    return f"{median:.1f} ms ({worst:.1f})"


if __name__ == "__main__":
    main()
