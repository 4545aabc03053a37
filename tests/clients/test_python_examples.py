"""The examples in the official Python client's own description, against the real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients import environments
from tests.clients.personas import DOCUMENTED, GREETING, new_persona
from tests.clients.server import API_KEY, Server

pytestmark = [pytest.mark.clients, pytest.mark.slow]

RUNNER = Path(__file__).with_name("python_sdk") / "examples.py"
WITHIN_S = 60.0
# such programs wait on, because the client's `wait_until_closed` returns only when they close the session themselves
CLOSED = "Connection closed: server_closed"
Examples = Sequence[tuple[str, int]]


class Program:
    """An example that is running, and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.printed = ""
        self._process = process

    async def prints(self, text: str) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            while text not in self.printed:
                more = await self._process.stdout.readline()
                assert more, f"it ended without printing {text!r}:\n{self.printed}"
                self.printed += more.decode()

    async def ends(self) -> int:
        async with asyncio.timeout(WITHIN_S):
            more, _ = await self._process.communicate()
        self.printed += more.decode()
        assert self._process.returncode is not None
        return self._process.returncode


@asynccontextmanager
async def running(
    server: Server, before: Examples, inside: Examples = (), key: str = API_KEY, **changes: object
) -> AsyncIterator[Program]:
    """The persona that they name is the usual one with `changes`."""
    values = {"your-api-key": key, "your-persona-id": new_persona(server, **changes)}
    values |= {f"your-{name}-id": DOCUMENTED[f"{name}Id"] for name in ("avatar", "voice", "llm")}
    plan = json.dumps({"before": before, "inside": inside, "values": values})
    process = await asyncio.create_subprocess_exec(
        environments.python_sdk(), "-u", RUNNER, server.url, plan,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def stop_newest(server: Server) -> None:
    newest: Any = server.ask("GET", "/v1/sessions?perPage=1").json()["data"][0]
    assert newest["endTime"] is None
    server.ask("POST", f"/v1/sessions/{newest['id']}/stop")


async def test_the_quick_start(sqlite_server: Server) -> None:
    async with running(sqlite_server, [("Quick Start", 0)]) as program:
        await program.prints("Connected! Session: ")
        await program.prints("Video: 720x480")
        await program.prints("samples (stereo) @ 48000Hz")
        stop_newest(sqlite_server)
        assert await program.ends() == 0, program.printed


async def test_a_persona_made_on_the_spot_its_events_and_its_session(sqlite_server: Server) -> None:
    async with running(sqlite_server, [("AnamClient", 0), ("Events", 0), ("Session", 0)]) as program:
        await program.prints("Connected!")
        await program.prints("Hello, how are you?")
        stop_newest(sqlite_server)
        await program.prints(CLOSED)


async def test_speech_across_a_tool_call(sqlite_server: Server) -> None:
    before = [("Pre-defined personas", 0), ("Events", 0)]
    async with running(sqlite_server, before, [("Speech across a tool call", 0)]) as program:
        await program.prints(GREETING)
        await program.prints("Let me check that for you. It is nine o'clock.")
        stop_newest(sqlite_server)
        await program.prints(CLOSED)


@pytest.mark.parametrize("shape", [0, 1])
async def test_pictures_of_another_shape(sqlite_server: Server, shape: int) -> None:
    """Landscape and portrait."""
    before = [("Pre-defined personas", 0), ("Output Video Dimensions", shape)]
    async with running(sqlite_server, before, avatarModel="cara-4") as program:
        assert await program.ends() == 0, program.printed


async def test_a_wrong_key_is_handled_as_described(sqlite_server: Server) -> None:
    async with running(sqlite_server, [("Pre-defined personas", 0), ("Error Handling", 0)], key="wrong") as program:
        assert await program.ends() == 0, program.printed
    assert program.printed.startswith("Invalid API key: ")


async def test_e5_egress_to_a_room_is_refused_in_words_that_its_user_reads(sqlite_server: Server) -> None:
    async with running(sqlite_server, [("Direct Egress (Daily)", 0)]) as program:
        assert await program.ends() == 1
    assert "sessionOptions.egress: egress is not supported yet" in program.printed
