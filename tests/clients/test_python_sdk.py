"""The official Python client against the real server: what its users do, and what they must see."""

import asyncio
import uuid
from pathlib import Path

import pytest

from tests.clients import speech
from tests.clients.personas import GREETING, LONG_TALK, PERSONA, SENTENCE, ended_session, new_persona, session_token
from tests.clients.proxy import Proxy
from tests.clients.python_client import ClientError, Event, PythonClient
from tests.clients.server import API_KEY, Server

pytestmark = pytest.mark.clients

INLINE = {"name": "Cara", "avatar_id": PERSONA["avatarId"], "voice_id": PERSONA["voiceId"], "llm_id": PERSONA["llmId"]}


async def connect(client: PythonClient, server_url: str, **wanted: object) -> str:
    answer = await client.do("connect", base_url=server_url, **wanted)
    await client.wait_for("session_ready")
    return str(answer["session_id"])


async def reply_after(client: PythonClient, seen: int) -> Event:
    """The next complete message of the persona after event number `seen`."""
    event = await client.wait_for(
        lambda event: event["event"] == "message_received" and event["arguments"][0]["role"] == "assistant",
        after=seen,
        within_s=60,
    )
    message: Event = event["arguments"][0]
    return message


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
async def test_a_whole_conversation(server: Server, python_sdk: PythonClient, tmp_path: Path) -> None:
    client = python_sdk
    session_id = await connect(client, server.url, key=API_KEY, persona={"persona_id": new_persona(server)})

    greeting = await reply_after(client, 0)
    assert greeting["content"] == GREETING
    assert not greeting["interrupted"]
    await client.do("save_sound", path=str(tmp_path / "greeting.wav"))
    heard = await asyncio.to_thread(speech.heard_in, tmp_path / "greeting.wav")
    assert speech.words_shared(GREETING, heard) >= 0.5, heard

    seen = len(client.events)
    await client.do("send_message", text="Who are you?")
    typed_reply = await reply_after(client, seen)
    assert typed_reply["content"].strip()
    # what was typed comes back to this client, once
    assert [message["content"] for message in client.messages("user")] == ["Who are you?"]

    seen = len(client.events)
    await client.do("talk", text="Exactly these words.")
    assert (await reply_after(client, seen))["content"] == "Exactly these words."

    measured = await client.do("measured")
    pictures, sound = measured["pictures"], measured["sound"]
    assert pictures["size"] == [720, 480]
    assert pictures["step_ms"] == pytest.approx(40)  # 25 a second
    assert pictures["moving"] > 0.5
    assert (sound["rate_hz"], sound["channels"], sound["samples"]) == (48_000, 2, 960)
    assert sound["quiet_peak"] <= 20 or sound["peak"] > 1000

    await client.do("close")
    # by the client itself: the server closes nothing under a healthy session
    assert [event["arguments"] for event in client.named("connection_closed")] == [["normal", None]]
    ended_session(server, session_id)


async def test_a_spoken_sentence_is_heard_and_answered(
    sqlite_server: Server, python_sdk: PythonClient, tmp_path: Path
) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "sentence.wav")
    await python_sdk.start("speak", path=str(sentence))

    started = await python_sdk.wait_for("user_speech_started")
    ended = await python_sdk.wait_for("user_speech_ended")
    said = await python_sdk.wait_for(stream_event("user"))
    replied = await python_sdk.wait_for(stream_event("assistant"))
    turn_id = started["arguments"][0]
    assert turn_id
    assert [ended["arguments"][0], correlation(said), correlation(replied)] == [turn_id] * 3
    assert speech.words_shared(SENTENCE, said["arguments"][0]["content"]) >= 0.5
    assert said["arguments"][0]["end_of_speech"]
    reply = await reply_after(python_sdk, 0)
    assert reply["content"].strip()
    assert len(python_sdk.messages("user")) == 1


def stream_event(role: str):  # noqa: ANN201 - a predicate for wait_for
    return lambda event: event["event"] == "message_stream_event_received" and event["arguments"][0]["role"] == role


def correlation(event: Event) -> object:
    return event["arguments"][0]["correlation_id"]


async def test_an_interruption_silences_the_persona_and_is_remembered(
    sqlite_server: Server, python_sdk: PythonClient
) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    await python_sdk.do("talk", text=LONG_TALK)
    await python_sdk.wait_for("sound_started")
    await python_sdk.wait_for(stream_event("assistant"))
    interrupted = await python_sdk.do("interrupt")
    message = await reply_after(python_sdk, 0)
    assert message["interrupted"]
    assert LONG_TALK.startswith(message["content"].strip())
    assert len(message["content"]) < len(LONG_TALK)
    await python_sdk.wait_for("sound_paused")
    sound = (await python_sdk.do("measured"))["sound"]
    assert sound["last_loud_s"] - interrupted["at_s"] < 2.0
    history = (await python_sdk.do("state"))["history"]
    assert history[-1]["interrupted"]


async def test_a_token_opens_more_than_one_session(sqlite_server: Server, python_sdk: PythonClient) -> None:
    token = session_token(sqlite_server, personaId=new_persona(sqlite_server))
    first = await connect(python_sdk, sqlite_server.url, token=token)
    await python_sdk.do("close")
    seen = len(python_sdk.events)
    answer = await python_sdk.do("connect", base_url=sqlite_server.url, token=token)
    await python_sdk.wait_for("session_ready", after=seen)
    assert answer["session_id"] != first
    assert answer["region"] == "local"


async def test_an_inline_persona_needs_no_stored_one(sqlite_server: Server, python_sdk: PythonClient) -> None:
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona=INLINE)
    greeting = await reply_after(python_sdk, 0)
    assert greeting["content"].strip()


async def test_ready_comes_after_the_client_has_its_session(sqlite_server: Server, python_sdk: PythonClient) -> None:
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona=INLINE)
    order = [event["event"] for event in python_sdk.events]
    assert order.index("connected") < order.index("session_ready")
    assert order.count("session_ready") == 1


# --- talk streams -------------------------------------------------------------------------------------------------


async def test_a_talk_stream_is_spoken_once_and_whole(sqlite_server: Server, python_sdk: PythonClient) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    opened = await python_sdk.do("open_stream", name="a")
    first, second = (str(uuid.uuid4()) for _ in range(2))
    for piece in ("Every ", "word of this ", "is spoken ", "exactly once."):
        await python_sdk.do("stream", name="a", text=piece, utterance_id=first)
    await python_sdk.do("stream", name="a", text="And so ", utterance_id=second)
    await python_sdk.do("stream", name="a", text="is this.")
    await python_sdk.do("end_stream", name="a")
    message = await reply_after(python_sdk, 0)
    assert message["content"] == "Every word of this is spoken exactly once. And so is this."
    assert message["utterances"] == [
        {"id": first, "content": "Every word of this is spoken exactly once."},
        {"id": second, "content": "And so is this."},
    ]
    events = [event for event in python_sdk.events if stream_event("assistant")(event)]
    assert {correlation(event) for event in events} == {opened["correlation_id"]}
    assert [event["arguments"][0]["content_index"] for event in events] == list(range(len(events)))
    assert [event["arguments"][0]["end_of_speech"] for event in events].count(True) == 1

    await python_sdk.do("open_stream", name="again", correlation_id=opened["correlation_id"])
    await python_sdk.do("stream", name="again", text="Said twice.", end=True)
    await python_sdk.wait_for(lambda event: event["event"] == "logged" and "Server warning" in event["text"])
    assert len(python_sdk.messages("assistant")) == 1


async def test_a_user_who_speaks_interrupts_a_talk_stream(
    sqlite_server: Server, python_sdk: PythonClient, tmp_path: Path
) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    opened = await python_sdk.do("open_stream", name="a")
    await python_sdk.do("stream", name="a", text=LONG_TALK)
    await python_sdk.wait_for("sound_started")
    sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "sentence.wav")
    await python_sdk.start("speak", path=str(sentence))
    interrupted = await python_sdk.wait_for("talk_stream_interrupted")
    assert interrupted["arguments"] == [opened["correlation_id"]]
    with pytest.raises(ClientError, match="not in an active state"):
        await python_sdk.do("stream", name="a", text="too late")

    seen = len(python_sdk.events)
    again = await python_sdk.do("open_stream", name="b")
    await python_sdk.do("stream", name="b", text="A new stream works at once.", end=True)
    await python_sdk.wait_for(
        lambda event: stream_event("assistant")(event) and correlation(event) == again["correlation_id"], after=seen
    )
    assert len(python_sdk.named("talk_stream_interrupted")) == 1


async def test_a_stream_opened_right_after_an_interrupt_is_spoken_whole(
    sqlite_server: Server, python_sdk: PythonClient
) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, sqlite_server.url, key=API_KEY, persona={"persona_id": persona})
    opened = await python_sdk.do("open_stream", name="old")
    await python_sdk.do("stream", name="old", text=LONG_TALK, end=True)
    await python_sdk.wait_for("sound_started")
    seen = len(python_sdk.events)
    await python_sdk.do("interrupt_and_stream", name="new", text="Here is the new one.")
    interrupted = await python_sdk.wait_for("talk_stream_interrupted", after=seen)
    assert interrupted["arguments"] == [opened["correlation_id"]]
    await python_sdk.wait_for(
        lambda event: (
            event["event"] == "message_received"
            and event["arguments"][0]["content"] == "Here is the new one."
            and not event["arguments"][0]["interrupted"]
        ),
        after=seen,
    )
    assert len(python_sdk.named("talk_stream_interrupted")) == 1


# --- ending and losing the line -----------------------------------------------------------------------------------


async def test_closing_ends_the_session_at_once(sqlite_server: Server, python_sdk: PythonClient) -> None:
    made = sqlite_server.ask("POST", "/v1/keys", {"label": "of an application"})  # such a key has no dot
    session_id = await connect(python_sdk, sqlite_server.url, key=made.json()["key"], persona=INLINE)
    await python_sdk.do("close")
    ended_session(sqlite_server, session_id, within_s=20)  # well before a lost client is given up
    assert "endsession" in actions(python_sdk)


def actions(client: PythonClient) -> list[str]:
    """What the client did on its signalling socket since it was connected."""
    return [event["action"] for event in client.named("sent")]


async def test_the_server_says_why_it_ends_a_session(sqlite_server: Server, python_sdk: PythonClient) -> None:
    persona = {**INLINE, "max_session_length_seconds": 2}
    await python_sdk.start("connect", base_url=sqlite_server.url, key=API_KEY, persona=persona)
    connected = await python_sdk.wait_for("connected")
    closed = await python_sdk.wait_for("connection_closed")
    code, reason = closed["arguments"]
    assert code == "server_closed"
    assert reason
    assert reason != "Session ended by server"  # what the client says when the reason is not a text
    ended_session(sqlite_server, connected["session_id"])
    assert "endsession" not in actions(python_sdk)


async def test_a_socket_that_breaks_is_followed_by_a_new_connection(
    python_sdk: PythonClient, sqlite_server: Server, server_proxy: Proxy
) -> None:
    persona = new_persona(sqlite_server, skipGreeting=True)
    await connect(python_sdk, server_proxy.url, key=API_KEY, persona={"persona_id": persona})
    await server_proxy.close_websockets(1011)
    closed = await python_sdk.wait_for("connection_closed")
    assert closed["arguments"][0] == "signalling_closed"
    await python_sdk.do("reconnected")
    await python_sdk.do("forget")
    seen = len(python_sdk.events)
    await python_sdk.do("talk", text="I am still here.")
    assert (await reply_after(python_sdk, seen))["content"] == "I am still here."
    assert server_proxy.websockets == 2
    measured = await python_sdk.do("measured")
    assert measured["pictures"]["count"] > 0
    assert measured["sound"]["loud_count"] > 0
    assert len(python_sdk.named("session_ready")) == 1
    assert not (await python_sdk.do("state"))["active"]  # for good, says this client


async def test_nobody_is_talked_to_in_a_session_that_has_ended(sqlite_server: Server, python_sdk: PythonClient) -> None:
    session_id = await connect(python_sdk, sqlite_server.url, key=API_KEY, persona=INLINE)
    sqlite_server.ask("POST", f"/v1/sessions/{session_id}/stop")
    closed = await python_sdk.wait_for("connection_closed")
    assert closed["arguments"][0] == "server_closed"
    with pytest.raises(ClientError, match="404"):
        await python_sdk.do("talk", text="Is anybody there?")


# --- being refused ------------------------------------------------------------------------------------------------


async def test_refusals_have_the_clients_own_names(sqlite_server: Server, python_sdk: PythonClient) -> None:
    with pytest.raises(ClientError) as caught:
        await python_sdk.do("connect", base_url=sqlite_server.url, key="wrong-key", persona=INLINE)
    assert caught.value.facts["error"] == "AuthenticationError"
    assert caught.value.facts["status"] == 401

    persona = {**INLINE, "avatar_id": "00000000-0000-4000-8000-000000000000"}
    with pytest.raises(ClientError) as caught:
        await python_sdk.do("connect", base_url=sqlite_server.url, key=API_KEY, persona=persona)
    assert caught.value.facts["code"] == "validation_error"
    assert "avatarId" in caught.value.facts["message"]
