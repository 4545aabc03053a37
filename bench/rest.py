"""Measure the management API: `python -m bench.rest`.

Creating personas on the real server, in turns with the same insert on a bare one (`bench/bare.py`): same machine, same
minutes, same database settings. Then reading long lists.
"""

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import load
from bench.run import Table
from tests.clients.server import API_KEY, Server, _free_port, serve
from visavis.db.models import Persona
from visavis.db.session import Database
from visavis.resources.organizations.service import DEFAULT_ORGANIZATION, ensure_organization
from visavis.resources.personas.service import BLANK

ROUNDS = 8
ROUND_S = 2.0
CONNECTIONS = 8
LISTED = 10_000
PER_PAGE = 10
READS = 100
BODY = {
    "name": "Cara",
    "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
    "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
    "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
    "systemPrompt": "You are Cara. You help people to find what they need, in one or two sentences.",
}


def main() -> None:
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"VISAVIS_REQUESTS_PER_MINUTE": "0", "VISAVIS_RENDER_WORKERS": "1"}
        with bare(folder) as (bare_port, bare_pid), serve(folder, **settings) as server:
            before = load.read(server.process.pid)
            asyncio.run(creating(table, server, bare_port, bare_pid))
            asyncio.run(listing(table, server, folder))
            usage = load.between(before, load.read(server.process.pid))
    table.foreign.append(usage.foreign)
    table.print()


async def creating(table: Table, server: Server, bare_port: int, bare_pid: int) -> None:
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    costs: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(ROUNDS + 1):
        for name, port, pid in (("ours", server.port, server.process.pid), ("bare", bare_port, bare_pid)):
            made, cpu_s, lasted_s = await one_round(port, pid)
            if number:  # the first round warms both up
                rates[name].append(made / lasted_s)
                costs[name].append(cpu_s / made * 1000)
    ratios = [ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)]
    for name, said in (("ours", "create a persona"), ("bare", "the same row, bare FastAPI and SQLAlchemy")):
        each = f"{statistics.median(rates[name]):.0f} a second, {statistics.median(costs[name]):.2f} ms of processor"
        table.add(said, each, "")
    table.add("ours beside bare", f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})", "≥ 0.6")


async def one_round(port: int, pid: int) -> tuple[int, float, float]:
    """How many were made, the server's processor time, and how long it took."""
    cpu_s, started_s = load.tree_s(pid), time.monotonic()
    until_s = started_s + ROUND_S
    made = await asyncio.gather(*(create(port, until_s) for _ in range(CONNECTIONS)))
    return sum(made), load.tree_s(pid) - cpu_s, time.monotonic() - started_s


async def create(port: int, until_s: float) -> int:
    """One connection, as fast as it goes. Written by hand, because a client library costs more than the server."""
    body = json.dumps(BODY).encode()
    head = (
        f"POST /v1/personas HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {API_KEY}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    made = 0
    while time.monotonic() < until_s:
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201"), answer
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        made += 1
    writer.close()
    return made


async def listing(table: Table, server: Server, folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'data' / 'visavis.db'}")
    async with database.writing() as session:
        owner = await ensure_organization(session, DEFAULT_ORGANIZATION)
        there = server.ask("GET", "/v1/personas").json()["meta"]["total"]
        rows = (Persona(**{**BLANK, "name": f"P{number}", "organization_id": owner.id}) for number in range(LISTED))
        session.add_all(list(rows)[: max(0, LISTED - there)])
    await database.close()
    total = server.ask("GET", "/v1/personas").json()["meta"]["total"]
    for page in (1, LISTED // PER_PAGE):
        took_ms: list[float] = []
        for _ in range(READS):
            started_s = time.perf_counter()
            answer = server.ask("GET", f"/v1/personas?perPage={PER_PAGE}&page={page}")
            took_ms.append((time.perf_counter() - started_s) * 1000)
            assert len(answer.json()["data"]) == PER_PAGE
        table.add(f"{PER_PAGE} of {total:,} personas, page {page:,}, p50", f"{statistics.median(took_ms):.1f} ms", "")


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    with (folder / "bare.log").open("wb") as log:
        command = [sys.executable, "-m", "bench.bare", str(folder), str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        while not answers(port):
            assert process.poll() is None, "the bare server ended"
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        time.sleep(0.1)
        return False


if __name__ == "__main__":
    main()
