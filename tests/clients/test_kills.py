"""Processes of the server are killed while somebody talks: a worker costs a moment, and after the death of the server
itself its client comes back and the talk goes on.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import leaks, postgres
from tests.clients import processes
from tests.clients.browser import NO_MICROPHONE, js_client
from tests.clients.personas import ended_session, new_persona, token_for
from tests.clients.python_client import Event, PythonClient
from tests.clients.server import API_KEY, Server, serve

pytestmark = pytest.mark.clients

COLOUR = "My favourite colour is vermilion."
COUNTING = "One and two and three and four and five. " * 4


@pytest.fixture(scope="module")
def mortal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from _mortal(tmp_path_factory)


@pytest.fixture(scope="module")
def mortal_server_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgres_cluster: postgres.Cluster
) -> Iterator[Server]:
    yield from _mortal(tmp_path_factory, VISAVIS_DATABASE_URL=postgres_cluster.new_database())


def _mortal(tmp_path_factory: pytest.TempPathFactory, **settings: str) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mortal-server")
    with serve(folder, VISAVIS_RENDER_WORKERS="1", VISAVIS_ALLOW_PRIVATE_URLS="true", **settings) as running:
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


# --- workers ---------------------------------------------------------------------------------------------------


def nothing_was_closed(client: PythonClient) -> bool:
    return not client.named("connection_closed")


async def test_a_killed_render_worker_costs_some_pictures(mortal_server: Server, python_sdk: PythonClient) -> None:
    await connect(python_sdk, mortal_server)
    await python_sdk.do("talk", text=COUNTING)
    await python_sdk.wait_for("sound_started")
    processes.kill(*processes.workers(mortal_server, "render_child"))
    await python_sdk.do("forget")
    await python_sdk.wait_for("first_picture", after=len(python_sdk.events))
    assert (await reply_after(python_sdk, 0))["content"].strip() == COUNTING.strip()
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


# --- the server itself -----------------------------------------------------------------------------------------


async def kill_and_come_back(server: Server, client: PythonClient) -> None:
    """Kill the server, and wait for the new connection that the client makes by itself."""
    before = processes.program(server)
    processes.kill(before)
    closed = await client.wait_for("connection_closed")
    assert closed["arguments"][0] == "signalling_closed"
    await client.do("reconnected")
    assert processes.program(server) != before


def messages(server: Server, session_id: str) -> list[tuple[str, str]]:
    found: Any = server.ask("GET", f"/v1/sessions/{session_id}/transcript").json()
    return [(message["role"], message["message"]) for message in found["messages"]]


def written_down(server: Server, session_id: str, count: int) -> None:
    """A crash costs what was said in its last fraction of a second, and this is about all that was said before."""
    path = f"/v1/sessions/{session_id}/transcript"
    server.wait_until(path, lambda found: len(found.get("messages", ())) == count)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
async def test_python_talks_again_after_the_server_was_killed(
    request: pytest.FixtureRequest, python_sdk: PythonClient, database: str
) -> None:
    fixture = "mortal_server" if database == "sqlite" else "mortal_server_on_postgresql"
    mortal_server: Server = request.getfixturevalue(fixture)
    persona = new_persona(mortal_server, initialMessage="Hello, what can I do for you?")
    answer = await python_sdk.do("connect", base_url=mortal_server.url, key=API_KEY, persona={"persona_id": persona})
    await reply_after(python_sdk, 0)
    seen = len(python_sdk.events)
    await python_sdk.do("send_message", text=COLOUR)
    before = await reply_after(python_sdk, seen)
    session_id = answer["session_id"]
    written_down(mortal_server, session_id, 3)

    await kill_and_come_back(mortal_server, python_sdk)
    await python_sdk.do("forget")
    seen = len(python_sdk.events)
    await python_sdk.do("send_message", text="And what is yours?")
    after = await reply_after(python_sdk, seen)
    await python_sdk.wait_for("first_picture", after=seen)
    measured = await python_sdk.do("measured")
    assert measured["sound"]["loud_count"] > 0
    assert len(python_sdk.named("session_ready")) == 1  # it is the same session, and nobody is greeted twice

    assert mortal_server.ask("GET", f"/v1/sessions/{session_id}").json()["endTime"] is None
    # this client says goodbye only on a socket that never broke, so its session is ended for it
    mortal_server.ask("POST", f"/v1/sessions/{session_id}/stop")
    assert ended_session(mortal_server, session_id)["exitStatus"] == "CLOSED_BY_ENGINE"
    assert messages(mortal_server, session_id) == [
        ("persona", "Hello, what can I do for you?"),
        ("user", COLOUR),
        ("persona", before["content"].strip()),
        ("user", "And what is yours?"),
        ("persona", after["content"].strip()),
    ]
    analytics = mortal_server.ask("GET", f"/v1/sessions/{session_id}/analytics").json()
    assert analytics["summary"]["totalErrors"] == 1  # that its process died
    assert [turn["turnIndex"] for turn in analytics["turns"]] == list(range(len(analytics["turns"])))


@pytest.mark.browser
async def test_a_browser_goes_on_with_its_own_peer_after_the_server_was_killed(
    mortal_server: Server, page_url: str
) -> None:
    """The client offers again when its path is dead, and keeps its peer connection, its element and its channel."""
    async with js_client(page_url) as client:
        token = token_for(mortal_server, skipGreeting=True)
        session_id = await client.ready(baseUrl=mortal_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        await client.run("(text) => client.sendUserMessage(text)", COLOUR)
        before = (await client.message("persona", 1))["content"]
        written_down(mortal_server, session_id, 2)

        processes.kill(processes.program(mortal_server))
        await client.wait_until("watched.sent.filter(({ actionType }) => actionType === 'offer').length === 2")
        await client.wait_until("watched.received.filter(({ actionType }) => actionType === 'answer').length === 2")
        await client.wait_until("['connected', 'completed'].includes(watched.peers[0].iceConnectionState)")
        await client.run("forget()")
        await client.wait_until("pictures.times.length > 10")
        await client.run("client.sendUserMessage('And what is yours?')")
        after = (await client.message("persona", 2))["content"]
        await client.wait_until("heard().loud > 0")
        assert await client.run("watched.peers.length") == 1
        assert await client.run("named('CONNECTION_CLOSED').length") == 0
        assert await client.run("named('SESSION_READY').length") == 1
        await client.run("client.stopStreaming()")
    ended_session(mortal_server, session_id)
    assert messages(mortal_server, session_id) == [
        ("user", COLOUR),
        ("persona", before.strip()),
        ("user", "And what is yours?"),
        ("persona", after.strip()),
    ]


async def test_what_was_not_answered_before_the_crash_is_answered_after_it(
    mortal_server: Server, python_sdk: PythonClient
) -> None:
    persona = new_persona(mortal_server, skipGreeting=True)
    await python_sdk.do("connect", base_url=mortal_server.url, key=API_KEY, persona={"persona_id": persona})
    await python_sdk.wait_for("session_ready")
    await python_sdk.do("send_message", text="Please tell me a very long story about yourself.")
    await python_sdk.wait_for(
        lambda event: (
            event["event"] == "message_stream_event_received"
            and event["arguments"][0]["role"] == "assistant"
            and event["arguments"][0]["content_index"] == 4
        )
    )
    assert python_sdk.messages("assistant") == []
    await kill_and_come_back(mortal_server, python_sdk)
    assert (await reply_after(python_sdk, 0))["content"].strip()
