"""Measure a real server with real WebRTC clients and print one table: `make bench`.

Everything runs on this machine over loopback: server, its workers and the clients. The clients look at packets as they
arrive and decode next to nothing. When other programs took more than a tenth of the machine the run is void, and says
so; the numbers are then printed all the same.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench import load
from bench.person import Person, person
from tests.clients.server import API_KEY, Server, serve

STARTS = 10
TALKS = 12
INTERRUPTIONS = 12
TALKERS = 4
TALKING_S = 20.0
SETTLE_S = 3.0
QUIET_S = 0.6
FOREIGN_MAX = 0.12
GAP_MS = 80.0

SHORT = "This is a short sentence."
LONG = "This sentence goes on for a long while so that somebody can interrupt it, and it does not stop by itself. " * 3
PERSONA = {
    "name": "Bench",
    "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
    "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
    "llmId": "CUSTOMER_CLIENT_V1",
    "skipGreeting": True,
}


@dataclass(slots=True)
class Table:
    rows: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    foreign: list[float] = field(default_factory=list[float])

    def add(self, name: str, value: str, goal: str) -> None:
        self.rows.append((name, value, goal))
        print(f"  {name}: {value}", flush=True)

    def print(self) -> None:
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        print()
        for row in [("", "measured", "goal"), *self.rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        foreign = max(self.foreign)
        print(f"\nother programs took up to {foreign:.0%} of the machine")
        if foreign > FOREIGN_MAX:
            print(f"VOID: that is more than {FOREIGN_MAX:.0%}; measure again on an idle machine")


def main() -> None:
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        probe = folder / "probe.json"
        program = (sys.executable, "-m", "bench.probe", str(probe))
        with serve(folder, program=program, VISAVIS_SESSIONS_MAX="8") as server:
            asyncio.run(measure(server, table))
        loop_rows(json.loads(probe.read_text()), table)
    table.print()


async def measure(server: Server, table: Table) -> None:
    steps: list[Callable[[Server, Table], Awaitable[None]]] = [starts, talks, interruptions, talkers]
    await asyncio.sleep(SETTLE_S)
    for step in steps:
        before = load.read(server.process.pid)
        await step(server, table)
        table.foreign.append(load.between(before, load.read(server.process.pid)).foreign)


async def starts(server: Server, table: Table) -> None:
    took_ms: list[float] = []
    for _ in range(STARTS):
        async with person(server.url, API_KEY, PERSONA, decode=True) as somebody:
            took_ms.append((somebody.first_picture_s - somebody.started_s) * 1000)
    table.add("session start → first decoded picture, p50", f"{statistics.median(took_ms):.0f} ms", "≤ 500 ms")
    table.add("session start → first decoded picture, p95", f"{percentile(took_ms, 95):.0f} ms", "")


async def talks(server: Server, table: Table) -> None:
    took_ms: list[float] = []
    async with person(server.url, API_KEY, PERSONA) as somebody:
        for _ in range(TALKS):
            sent_s = await somebody.talk(SHORT)
            took_ms.append((await somebody.loud_after(sent_s) - sent_s) * 1000)
            await somebody.quiet_for(QUIET_S)
    table.add("talk → first audible sound, p50", f"{statistics.median(took_ms):.0f} ms", "≤ 250 ms")
    table.add("talk → first audible sound, p95", f"{percentile(took_ms, 95):.0f} ms", "")


async def interruptions(server: Server, table: Table) -> None:
    took_ms: list[float] = []
    async with person(server.url, API_KEY, PERSONA) as somebody:
        for _ in range(INTERRUPTIONS):
            sent_s = await somebody.talk(LONG)
            await somebody.loud_after(sent_s)
            await asyncio.sleep(0.7)  # well into the sentence
            cut_s = somebody.interrupt()
            last_s = await somebody.quiet_for(QUIET_S)
            took_ms.append(max(0.0, last_s - cut_s) * 1000)
    table.add("interrupt → silence, p50", f"{statistics.median(took_ms):.0f} ms", "")
    table.add("interrupt → silence, p95", f"{percentile(took_ms, 95):.0f} ms", "≤ 150 ms")


async def talkers(server: Server, table: Table) -> None:
    """Several personas talk at once; then the encoder works alone, in the same run."""
    people = [Person(server.url, API_KEY, PERSONA) for _ in range(TALKERS)]
    try:
        await asyncio.gather(*(somebody.connect() for somebody in people))
        stop = asyncio.Event()
        talking = [asyncio.create_task(keep_talking(somebody, stop)) for somebody in people]
        await asyncio.sleep(SETTLE_S)
        before, from_s = load.read(server.process.pid), time.monotonic()
        await asyncio.sleep(TALKING_S)
        usage, until_s = load.between(before, load.read(server.process.pid)), time.monotonic()
        stop.set()
        await asyncio.gather(*talking)
    finally:
        await asyncio.gather(*(somebody.close() for somebody in people))
    picture_rows(people, from_s, until_s, table)
    alone = await encoder_alone()
    each = usage.server_cores / TALKERS
    table.add("processor for each talking session", f"{each:.3f} of a core", "")
    table.add("the encoder alone, same pictures", f"{alone:.3f} of a core", "")
    table.add("talking session beside the encoder alone", f"{each / alone:.1f} times", "")


async def keep_talking(somebody: Person, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await somebody.talk(LONG)
        await somebody.quiet_for(0.3)


def picture_rows(people: list[Person], from_s: float, until_s: float, table: Table) -> None:
    rates: list[float] = []
    gaps_ms: list[float] = []
    for somebody in people:
        times_s = np.array([at_s for at_s in somebody.picture_times_s if from_s <= at_s <= until_s])
        rates.append(len(times_s) / (until_s - from_s))
        gaps_ms += list(np.diff(times_s) * 1000)
    late = sum(gap_ms > GAP_MS for gap_ms in gaps_ms) / len(gaps_ms)
    table.add(f"pictures a second, {TALKERS} talking at once, slowest", f"{min(rates):.1f}", "25")
    table.add(f"gaps over {GAP_MS:.0f} ms", f"{late:.1%}", "< 2 %")
    table.add("longest gap", f"{max(gaps_ms):.0f} ms", "")


async def encoder_alone() -> float:
    command = [sys.executable, "-m", "bench.encoder_alone"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def loop_rows(facts: dict[str, Any], table: Table) -> None:
    table.add(f"event loop, processor time a callback, p50 of {facts['count']}", f"{facts['p50']:.2f} ms", "")
    table.add("event loop, processor time a callback, p99", f"{facts['p99']:.2f} ms", "< 10 ms")
    table.add("event loop, processor time a callback, longest", f"{facts['longest']:.1f} ms", "")
    for slow in facts["slow"]:
        print(f"    over 5 ms {slow['times']} times: {slow['callback']}")


def percentile(values: list[float], rank: float) -> float:
    return float(np.percentile(values, rank))


if __name__ == "__main__":
    main()
