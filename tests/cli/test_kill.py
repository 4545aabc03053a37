"""Killed in the middle of writing, again and again: what was acknowledged is there, and nothing is there twice."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.quick_server import API_KEY, QuickServer, quick_server
from tests.rest import DOCUMENTED

KILLS = 20
FEW_KILLS = 3
WRITERS = 6


@dataclass
class Writer:
    """Makes one persona and changes it until the server dies; then makes sure of it at the next one."""

    name: str
    acknowledged: Callable[[], None]
    row: dict[str, Any] | None = None
    changed: int = 0

    async def write(self, client: httpx.AsyncClient) -> None:
        await self.make(client)
        while True:
            await self.change(client)

    async def make(self, client: httpx.AsyncClient) -> None:
        """The same request each time: the first answer counts, whether it arrived or not."""
        body = {"name": self.name, **DOCUMENTED}
        answer = await client.post("/v1/personas", json=body, headers={"idempotency-key": self.name})
        assert answer.status_code == 201, answer.text
        assert self.row is None or answer.json() == self.row, "another answer than the first one"
        self.row = answer.json()
        self.acknowledged()

    async def change(self, client: httpx.AsyncClient) -> None:
        assert self.row is not None
        answer = await client.put(f"/v1/personas/{self.row['id']}", json={"description": str(self.changed + 1)})
        assert answer.status_code == 200, answer.text
        self.changed += 1
        self.acknowledged()

    async def check(self, client: httpx.AsyncClient) -> None:
        made_before = self.row
        await self.make(client)
        assert self.row is not None
        stored = (await client.get(f"/v1/personas/{self.row['id']}")).json()
        assert stored["name"] == self.name
        # one more than was acknowledged may have been on its way
        assert int(stored["description"] or 0) in (self.changed, self.changed + 1)
        assert made_before is None or stored["id"] == made_before["id"]


@dataclass
class Story:
    """What was written so far, by all writers of all servers."""

    writers: list[Writer] = field(default_factory=list[Writer])
    cut_off: int = 0

    async def one_life(self, server: QuickServer, number: int) -> None:
        """Check what the last server acknowledged, then write until this one is killed."""
        async with connected(server) as client:
            await asyncio.gather(*(writer.check(client) for writer in self.writers[-WRITERS:]))
            seen, enough = 0, asyncio.Event()

            def acknowledged() -> None:
                nonlocal seen
                seen += 1
                if seen >= number:  # each life ends at another moment of the work
                    enough.set()

            mine = [Writer(f"{number}-{index}", acknowledged) for index in range(WRITERS)]
            self.writers += mine
            working = [asyncio.create_task(until_it_dies(writer, client)) for writer in mine]
            await enough.wait()
            server.kill()
            await asyncio.gather(*working)
            self.cut_off += sum(writer.row is None for writer in mine)

    async def last_life(self, server: QuickServer) -> list[str]:
        async with connected(server) as client:
            await asyncio.gather(*(writer.check(client) for writer in self.writers))
            found: list[str] = []
            page: int | None = 1
            while page:
                answer = (await client.get("/v1/personas", params={"page": page, "perPage": 100})).json()
                found += [row["name"] for row in answer["data"] if not row["isDefaultPersona"]]
                page = answer["meta"]["next"]
            return found


def connected(server: QuickServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {API_KEY}"}, timeout=120)


async def until_it_dies(writer: Writer, client: httpx.AsyncClient) -> None:
    with contextlib.suppress(httpx.TransportError):
        await writer.write(client)


@pytest.mark.parametrize("kills", [FEW_KILLS, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_kills_lose_nothing_and_double_nothing(tmp_path: Path, database_url: str, kills: int) -> None:
    story = Story()
    for number in range(kills):
        with quick_server(tmp_path, database_url) as server:
            asyncio.run(story.one_life(server, number))
    with quick_server(tmp_path, database_url) as server:
        found = asyncio.run(story.last_life(server))

    assert sorted(found) == sorted(writer.name for writer in story.writers)
    assert story.cut_off > 0, "no request was cut off, so nothing was shown"
