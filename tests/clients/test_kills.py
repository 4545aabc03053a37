"""Processes of the server that are killed while somebody talks: the talk goes on."""

from collections.abc import Iterator

import pytest

from tests import leaks
from tests.clients import processes
from tests.clients.browser import NO_MICROPHONE, js_client
from tests.clients.personas import new_persona, token_for
from tests.clients.python_client import Event, PythonClient
from tests.clients.server import API_KEY, Server, serve

pytestmark = pytest.mark.clients

LONG_TALK = "One and two and three and four and five. " * 4


@pytest.fixture(scope="module")
def mortal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker of each kind, so that whatever is killed is what somebody needs."""
    with serve(tmp_path_factory.mktemp("mortal-server"), VISAVIS_RENDER_WORKERS="1") as running:
        leaks.share(running.process.pid)
        yield running


async def connect(client: PythonClient, server: Server) -> str:
    persona = new_persona(server, skipGreeting=True)
    answer = await client.do("connect", base_url=server.url, key=API_KEY, persona={"persona_id": persona})
    await client.wait_for("session_ready")
    return str(answer["session_id"])


async def reply_after(client: PythonClient, seen: int) -> Event:
    event = await client.wait_for(
        lambda event: event["event"] == "message_received" and event["arguments"][0]["role"] == "assistant", after=seen
    )
    message: Event = event["arguments"][0]
    return message


def nothing_was_closed(client: PythonClient) -> bool:
    return not client.named("connection_closed")


async def test_a_killed_render_worker_costs_some_pictures(mortal_server: Server, python_sdk: PythonClient) -> None:
    await connect(python_sdk, mortal_server)
    await python_sdk.do("talk", text=LONG_TALK)
    await python_sdk.wait_for("sound_started")
    processes.kill(*processes.workers(mortal_server, "render_child"))
    await python_sdk.do("forget")
    await python_sdk.wait_for("first_picture", after=len(python_sdk.events))
    assert (await reply_after(python_sdk, 0))["content"].strip() == LONG_TALK.strip()
    assert nothing_was_closed(python_sdk)


async def test_a_killed_voice_is_followed_by_one_that_says_the_rest(
    mortal_server: Server, python_sdk: PythonClient
) -> None:
    await connect(python_sdk, mortal_server)
    await python_sdk.do("open_stream", name="a")
    await python_sdk.do("stream", name="a", text="The beginning. ")
    await python_sdk.wait_for("sound_started")
    processes.kill(*processes.workers(mortal_server, "speech_child"))
    await python_sdk.do("stream", name="a", text="And the end.", end=True)
    message = await reply_after(python_sdk, 0)
    assert message["content"] == "The beginning. And the end."
    assert not message["interrupted"]
    assert nothing_was_closed(python_sdk)


@pytest.mark.browser
async def test_a_browser_keeps_its_peer_when_workers_are_killed(mortal_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(mortal_server, skipGreeting=True)
        await client.ready(baseUrl=mortal_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        processes.kill(
            *processes.workers(mortal_server, "render_child"), *processes.workers(mortal_server, "speech_child")
        )
        await client.run("client.talk('I am still here.')")
        assert (await client.message("persona", 1))["content"] == "I am still here."
        await client.run("forget()")
        await client.wait_until("pictures.times.length > 10")
        assert await client.run("watched.peers.length") == 1
        assert await client.run("named('CONNECTION_CLOSED').length") == 0
