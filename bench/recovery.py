"""How long a talk is interrupted when a process of the server is killed: `python -m bench.recovery [--short]`.

A real server, the official Python client, and Chromium with the official JavaScript client. Each row is one kind of
death; what is measured is from the kill to the first moment at which the person notices nothing any more.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.clients import processes
from tests.clients.browser import NO_MICROPHONE, js_client, page_server
from tests.clients.personas import new_persona, token_for
from tests.clients.python_client import PythonClient, python_client
from tests.clients.server import API_KEY, Server, serve

TRIES, TRIES_SHORT = 7, 1
SENTENCES = "One and two and three and four and five. " * 8

Measure = Callable[[Server], Awaitable[float]]


async def main(tries: int) -> None:
    rows: list[tuple[str, Measure, str]] = [
        ("a process that draws → the next picture", drawing, "2 s"),
        ("a process that speaks → sound again", speaking, "2 s"),
        ("the server → Python has words again", python_again, "5 s"),
        ("the server → pictures in Chromium again", browser_again, "—"),
    ]
    print(f"{'killed → there again':45} {'median':>8} {'worst':>8}  goal")
    for name, measure, goal in rows:
        took_s = [await one_life(measure) for _ in range(tries)]
        print(f"{name:45} {statistics.median(took_s):6.2f} s {max(took_s):6.2f} s  {goal}", flush=True)


async def one_life(measure: Measure) -> float:
    """On a server that nothing was killed of before, for a second death is followed by a pause."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), VISAVIS_RENDER_WORKERS="1") as server:
        return await measure(server)


async def talking(client: PythonClient, server: Server) -> None:
    persona = {"persona_id": new_persona(server, skipGreeting=True)}
    await client.do("connect", base_url=server.url, key=API_KEY, persona=persona)
    await client.wait_for("session_ready")


async def drawing(server: Server) -> float:
    async with python_client() as client:
        await talking(client, server)
        await client.do("talk", text=SENTENCES)
        await client.wait_for("sound_started")
        await client.do("forget")
        killed_s = time.monotonic()
        processes.kill(*processes.workers(server, "render_child"))
        await asyncio.sleep(0.2)  # pictures that were on their way
        await client.do("forget")
        seen = len(client.events)
        return float((await client.wait_for("first_picture", after=seen))["at_s"]) - killed_s


async def speaking(server: Server) -> float:
    """The kill comes before the clause that is asked for, so all of its sound is made by the next process."""
    async with python_client() as client:
        await talking(client, server)
        killed_s = time.monotonic()
        processes.kill(*processes.workers(server, "speech_child"))
        await client.do("talk", text="I am still here.")
        return float((await client.wait_for("sound_started"))["at_s"]) - killed_s


async def python_again(server: Server) -> float:
    async with python_client() as client:
        await talking(client, server)
        killed_s = time.monotonic()
        processes.kill(processes.program(server))
        await client.wait_for("connection_closed")
        await client.do("reconnected")
        seen = len(client.events)
        await client.do("send_message", text="Are you there?")
        return float((await client.wait_for("message_stream_event_received", after=seen + 1))["at_s"]) - killed_s


async def browser_again(server: Server) -> float:
    with page_server() as page_url:
        async with js_client(page_url) as client:
            token = token_for(server, skipGreeting=True)
            await client.ready(baseUrl=server.url, token=token, options=NO_MICROPHONE)
            await client.wait_for("VIDEO_PLAY_STARTED")
            killed_s = time.monotonic()
            processes.kill(processes.program(server))
            await client.wait_until("watched.received.filter(({ actionType }) => actionType === 'answer').length === 2")
            await client.run("forget()")
            await client.wait_until("pictures.times.length > 0")
            took_s = time.monotonic() - killed_s
            await client.run("client.stopStreaming()")
            return took_s


if __name__ == "__main__":
    asyncio.run(main(TRIES_SHORT if "--short" in sys.argv else TRIES))
