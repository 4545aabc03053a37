"""The Python client 0.6.0, which the Pipecat plugin is pinned to, against the real server."""

import asyncio
from pathlib import Path

import pytest

from tests.clients import speech
from tests.clients.personas import DOCUMENTED, GREETING, LONG_TALK, SENTENCE, ended_session, new_persona
from tests.clients.proxy import Proxy
from tests.clients.python_client import ClientError, Event, PythonClient
from tests.clients.server import API_KEY, Server

pytestmark = [pytest.mark.clients, pytest.mark.slow]


async def connect(client: PythonClient, server: Server, persona: dict[str, object]) -> str:
    answer = await client.do("connect", base_url=server.url, key=API_KEY, persona=persona)
    await client.wait_for("session_ready")
    order = [event["event"] for event in client.events]
    assert order.index("connected") < order.index("session_ready")
    return str(answer["session_id"])


def persona_message(event: Event) -> bool:
    return event["event"] == "message_received" and event["arguments"][0]["role"] == "assistant"


async def test_h8_s6_s23_a_whole_conversation(sqlite_server: Server, older_python_sdk: PythonClient) -> None:
    client = older_python_sdk
    session_id = await connect(client, sqlite_server, {"persona_id": new_persona(sqlite_server)})
    assert (await client.wait_for(persona_message))["arguments"][0]["content"] == GREETING
    seen = len(client.events)
    await client.do("send_message", text="Who are you?")
    assert (await client.wait_for(persona_message, after=seen))["arguments"][0]["content"].strip()
    seen = len(client.events)
    await client.do("talk", text="Exactly these words.")
    assert (await client.wait_for(persona_message, after=seen))["arguments"][0]["content"] == "Exactly these words."
    measured = await client.do("measured")
    assert measured["pictures"]["size"] == [720, 480]
    assert (measured["sound"]["rate_hz"], measured["sound"]["channels"]) == (48_000, 2)
    await client.do("close")
    ended_session(sqlite_server, session_id, within_s=20)  # it says no goodbye, and is not waited for


async def test_a_spoken_sentence_has_one_id_from_its_beginning_to_its_answer(
    sqlite_server: Server, older_python_sdk: PythonClient, tmp_path: Path
) -> None:
    client = older_python_sdk
    await connect(client, sqlite_server, {"persona_id": new_persona(sqlite_server, skipGreeting=True)})
    sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "sentence.wav")
    await client.start("speak", path=str(sentence))
    started = await client.wait_for("user_speech_started")
    ended = await client.wait_for("user_speech_ended")
    said = await client.wait_for(stream_event("user"))
    replied = await client.wait_for(stream_event("assistant"))
    turn_id = started["arguments"][0]
    assert turn_id
    ids = [ended["arguments"][0], *(event["arguments"][0]["correlation_id"] for event in (said, replied))]
    assert ids == [turn_id] * 3


def stream_event(role: str):  # noqa: ANN201 - a predicate for wait_for
    return lambda event: event["event"] == "message_stream_event_received" and event["arguments"][0]["role"] == role


async def test_t1_s12_talk_streams(sqlite_server: Server, older_python_sdk: PythonClient) -> None:
    client = older_python_sdk
    await connect(client, sqlite_server, {"persona_id": new_persona(sqlite_server, skipGreeting=True)})
    await client.do("open_stream", name="a")
    await client.do("stream", name="a", text="Every word ")
    await client.do("stream", name="a", text="is spoken once.", end=True)
    assert (await client.wait_for(persona_message))["arguments"][0]["content"] == "Every word is spoken once."
    opened = await client.do("open_stream", name="b")
    seen = len(client.events)
    await client.do("stream", name="b", text=LONG_TALK)
    await client.wait_for("sound_started", after=seen)
    await client.do("interrupt")
    interrupted = await client.wait_for("talk_stream_interrupted")
    assert interrupted["arguments"] == [opened["correlation_id"]]
    message = (await client.wait_for(persona_message, after=seen))["arguments"][0]
    assert message["interrupted"]
    assert LONG_TALK.startswith(message["content"].strip())
    with pytest.raises(ClientError, match="not in an active state"):
        await client.do("stream", name="b", text="Too late.")


async def test_a1_a5_ready_made_speech_without_voice_or_mind(
    sqlite_server: Server, older_python_sdk: PythonClient
) -> None:
    client = older_python_sdk
    face = {"avatar_id": DOCUMENTED["avatarId"], "enable_audio_passthrough": True}
    await connect(client, sqlite_server, face)
    await client.do("forget")
    await client.do("send_tone", hertz=440.0, duration_ms=1_500, rate_hz=24_000)
    await client.wait_for("sound_started")
    await client.wait_for("sound_paused")
    sound = (await client.do("measured"))["sound"]
    assert sound["loud_count"] * 20 == pytest.approx(1_500, abs=150)
    assert sound["hertz"] == pytest.approx(440.0, abs=3)


async def test_s19_w10_a_socket_that_breaks_is_followed_by_a_new_connection(
    sqlite_server: Server, server_proxy: Proxy, older_python_sdk: PythonClient
) -> None:
    client = older_python_sdk
    persona = {"persona_id": new_persona(sqlite_server, skipGreeting=True)}
    await client.do("connect", base_url=server_proxy.url, key=API_KEY, persona=persona)
    await client.wait_for("session_ready")
    await server_proxy.close_websockets(1011)
    assert (await client.wait_for("connection_closed"))["arguments"][0] == "signalling_closed"
    await client.do("reconnected")
    seen = len(client.events)
    await client.do("talk", text="I am still here.")
    assert (await client.wait_for(persona_message, after=seen))["arguments"][0]["content"] == "I am still here."
    assert len(client.named("session_ready")) == 1


async def test_s10_the_server_says_why_it_ends_a_session(sqlite_server: Server, older_python_sdk: PythonClient) -> None:
    client = older_python_sdk
    session_id = await connect(client, sqlite_server, {"persona_id": new_persona(sqlite_server, skipGreeting=True)})
    sqlite_server.ask("POST", f"/v1/sessions/{session_id}/stop")
    code, reason = (await client.wait_for("connection_closed"))["arguments"]
    assert code == "server_closed"
    assert reason
    assert reason != "Session ended by server"  # what the client says when the reason is not a text
