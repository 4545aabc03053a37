"""The official Python client in a process of its own, seen from a test."""

import asyncio
import contextlib
import itertools
import json
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from tests.clients import environments

DRIVER = Path(__file__).with_name("python_sdk") / "driver.py"
PIPECAT_DRIVER = Path(__file__).with_name("pipecat") / "driver.py"
Event = dict[str, Any]


class ClientError(Exception):
    """The official client refused; `facts` is what it said."""

    def __init__(self, facts: Event) -> None:
        self.facts = facts
        super().__init__(f"{facts.get('error')}: {facts.get('message')}")


class PythonClient:
    """Commands go in by `do`, everything the client reported is in `events`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.events: list[Event] = []
        self._process = process
        self._changed = asyncio.Condition()
        self._numbers = itertools.count()

    async def follow(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()

    async def do(self, command: str, /, within_s: float = 60.0, **arguments: Any) -> Event:
        """Carry out one command to its end; raises what the client raised as `ClientError`."""
        number = await self.start(command, **arguments)
        answer = await self.wait_for(
            lambda event: event["event"] in ("done", "failed") and event["id"] == number, within_s
        )
        if answer["event"] == "failed":
            raise ClientError(answer)
        return answer

    async def start(self, command: str, /, **arguments: Any) -> int:
        """Begin a command and go on."""
        number = next(self._numbers)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, "id": number, **arguments}).encode() + b"\n")
        await self._process.stdin.drain()
        return number

    async def wait_for(self, wanted: "str | Callable[[Event], bool]", within_s: float = 60.0, after: int = 0) -> Event:
        """The first event of that name, or that the function accepts, among those from number `after` on."""
        accepts = (lambda event: event["event"] == wanted) if isinstance(wanted, str) else wanted
        try:
            async with asyncio.timeout(within_s), self._changed:
                while True:
                    for event in self.events[after:]:
                        if accepts(event):
                            return event
                    await self._changed.wait()
        except TimeoutError:
            names = [event["event"] for event in self.events[after:]]
            raise AssertionError(f"{wanted} did not happen within {within_s:.0f} s; what did: {names}") from None

    def freeze(self) -> None:
        """From now on the client does nothing, as on a machine that has lost its line."""
        self._process.send_signal(signal.SIGSTOP)

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event["event"] == name]

    def messages(self, role: str) -> list[Event]:
        """Complete messages of that role, as the client handed them to its user."""
        received = [event["arguments"][0] for event in self.named("message_received")]
        return [message for message in received if message["role"] == role]


def python_client() -> contextlib.AbstractAsyncContextManager[PythonClient]:
    return driven(environments.python_sdk(), DRIVER)


def older_python_client() -> contextlib.AbstractAsyncContextManager[PythonClient]:
    """The Python client 0.6.0, which the Pipecat plugin brings along."""
    return driven(environments.pipecat(), DRIVER)


def pipecat_pipeline() -> contextlib.AbstractAsyncContextManager[PythonClient]:
    return driven(environments.pipecat(), PIPECAT_DRIVER)


@contextlib.asynccontextmanager
async def driven(interpreter: Path, driver: Path) -> AsyncIterator[PythonClient]:
    process = await asyncio.create_subprocess_exec(
        interpreter, driver, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22
    )
    client = PythonClient(process)
    following = asyncio.create_task(client.follow())
    try:
        yield client
    finally:
        process.kill()  # what a test wants of closing it has asked for before
        await process.wait()
        await following
