"""The official Python clients on servers and lines that are not as usual: set up differently, broken, refusing."""

import asyncio
import itertools

import pytest

from tests.clients.personas import DOCUMENTED, PERSONA, ended_session, new_persona
from tests.clients.proxy import Proxy
from tests.clients.python_client import ClientError, Event, PythonClient
from tests.clients.server import API_KEY, Server

pytestmark = [pytest.mark.clients, pytest.mark.slow]

INLINE = {"name": "Cara", "avatar_id": PERSONA["avatarId"], "voice_id": PERSONA["voiceId"], "llm_id": PERSONA["llmId"]}
EMPTY_EVERY_S = 0.3
LONG_FRAME_MS = 15_800  # of speech at 48 kHz in two channels: just under four megabytes on the wire


async def connect(client: PythonClient, url: str, persona: dict[str, object]) -> str:
    answer = await client.do("connect", base_url=url, key=API_KEY, persona=persona)
    await client.wait_for("session_ready")
    return str(answer["session_id"])


async def said(client: PythonClient, seen: int) -> str:
    event = await client.wait_for(
        lambda event: event["event"] == "message_received" and event["arguments"][0]["role"] == "assistant", after=seen
    )
    return str(event["arguments"][0]["content"])


def warned(event: Event) -> bool:
    """These clients tell warnings in their log only."""
    return event["event"] == "logged" and event["text"].startswith("Server warning: ")


async def test_h17_h20_h23_w6_s26_settings_reach_the_client(
    particular_server: Server, any_python_sdk: PythonClient
) -> None:
    """One session at a time, an address behind a path, VP8, and a heartbeat every two seconds."""
    server, client = particular_server, any_python_sdk
    persona: dict[str, object] = {"persona_id": new_persona(server, skipGreeting=True)}
    taken = server.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}).json()["sessionId"]
    with pytest.raises(ClientError) as caught:
        await connect(client, server.url, persona)
    assert caught.value.facts["code"] == "concurrent_session_limit"
    server.ask("POST", f"/v1/sessions/{taken}/stop")
    ended_session(server, taken)

    session_id = await connect(client, f"{server.url}/", persona)
    await client.do("talk", text="I am behind a path.")
    assert await said(client, 0) == "I am behind a path."
    assert (await client.do("measured"))["pictures"]["size"] == [720, 480]
    seen, beats = 0, list[Event]()
    while len(beats) < 4:
        beats.append(await client.wait_for(lambda event: event.get("action") == "heartbeat", after=seen))
        seen = client.events.index(beats[-1]) + 1
    assert {beat["payload"] for beat in beats} == {""}
    assert 1.5 < min(later["at_s"] - one["at_s"] for one, later in itertools.pairwise(beats)) < 4.5
    await client.do("close")
    ended_session(server, session_id)


async def test_t2_t3_an_idle_stream_is_closed_with_a_warning_and_later_words_are_not_said(
    particular_server: Server, any_python_sdk: PythonClient
) -> None:
    """This server waits for two seconds; empty pieces do not make it wait longer."""
    client = any_python_sdk
    persona: dict[str, object] = {"persona_id": new_persona(particular_server, skipGreeting=True)}
    session_id = await connect(client, particular_server.url, persona)
    await client.do("open_stream", name="idle")
    await client.do("stream", name="idle", text="The beginning is said.")
    warning = asyncio.ensure_future(client.wait_for(warned))
    while not warning.done():
        await client.do("stream", name="idle", text="")
        await asyncio.wait([warning], timeout=EMPTY_EVERY_S)
    assert "no text arrived" in (await warning)["text"]
    assert await said(client, 0) == "The beginning is said."

    seen = len(client.events)
    await client.do("stream", name="idle", text="Too late.", end=True)
    await client.wait_for(warned, after=seen)
    await client.do("open_stream", name="new")
    await client.do("stream", name="new", text="A new one works.", end=True)
    assert await said(client, seen) == "A new one works."
    assert not client.named("talk_stream_interrupted")
    await client.do("close")
    ended_session(particular_server, session_id)


async def test_d24_a_cue_that_means_nothing_is_warned_about(sqlite_server: Server, python_sdk: PythonClient) -> None:
    """Nothing tells this client that a cue was played."""
    persona = new_persona(sqlite_server, skipGreeting=True, avatarModel="cara-4")
    await connect(python_sdk, sqlite_server.url, {"persona_id": persona})
    await python_sdk.do("cue", tag="warm", at_seconds=0.5)
    await python_sdk.do("cue", tag="bored")
    assert "cue.tag has to be one of" in (await python_sdk.wait_for(warned))["text"]
    await python_sdk.do("talk", text="Said with warmth.")
    assert await said(python_sdk, 0) == "Said with warmth."
    assert len([event for event in python_sdk.events if warned(event)]) == 1


# --- a line that breaks -------------------------------------------------------------------------------------------


async def test_s18_a_socket_that_is_closed_cleanly_changes_nothing(
    sqlite_server: Server, server_proxy: Proxy, any_python_sdk: PythonClient
) -> None:
    """The client does not come back; its session lives on as long as its peer does."""
    client = any_python_sdk
    session_id = await connect(client, server_proxy.url, {"persona_id": new_persona(sqlite_server, skipGreeting=True)})
    await server_proxy.close_websockets(1000)
    await client.do("forget")
    await client.do("talk", text="I am still here.")
    assert await said(client, 0) == "I am still here."
    assert (await client.do("measured"))["pictures"]["count"] > 0
    assert (await client.do("state"))["active"]
    assert not client.named("connection_closed")
    assert server_proxy.websockets == 1
    await client.do("close")
    ended_session(sqlite_server, session_id)


async def test_w11_a_client_that_vanishes_is_given_up(sqlite_server: Server, python_sdk: PythonClient) -> None:
    session_id = await connect(python_sdk, sqlite_server.url, INLINE)
    python_sdk.freeze()
    record = await asyncio.to_thread(ended_session, sqlite_server, session_id, 120.0)
    assert record["exitStatus"]


# --- ready-made speech --------------------------------------------------------------------------------------------


async def test_s27_a1_a2_a5_ready_made_speech_in_the_longest_frame_and_in_short_ones(
    sqlite_server: Server, python_sdk: PythonClient
) -> None:
    client = python_sdk
    face: dict[str, object] = {"avatar_id": DOCUMENTED["avatarId"], "enable_audio_passthrough": True}
    await connect(client, sqlite_server.url, face)
    stereo = {"rate_hz": 48_000, "channels": 2}
    await client.do("send_tone", hertz=440.0, duration_ms=LONG_FRAME_MS, piece_bytes=2**22, **stereo)
    await client.wait_for("sound_started")
    await client.do("interrupt")
    await client.wait_for("sound_paused")
    await client.do("forget")
    seen = len(client.events)
    await client.do("send_tone", hertz=880.0, duration_ms=1_500, piece_bytes=24_001, **stereo)
    await client.wait_for("sound_started", after=seen)
    await client.wait_for("sound_paused", after=seen)
    sound = (await client.do("measured"))["sound"]
    assert sound["loud_count"] * 20 == pytest.approx(1_500, abs=150)
    assert sound["hertz"] == pytest.approx(880.0, abs=3)
    assert not [event for event in client.events if warned(event)]


# --- being refused ------------------------------------------------------------------------------------------------

REFUSALS = [
    (400, "Validation error", "validation_error"),
    (401, "Unauthorized", "authentication_error"),
    (402, "Payment required", "no_plan_found"),
    (403, "Forbidden", "authentication_error"),
    (429, "Concurrent session limit reached", "concurrent_session_limit"),
    (429, "Spend cap reached", "spend_cap_reached"),
    (429, "Too many requests", "usage_limit_reached"),
    (503, "Service unavailable", "service_busy"),
    (500, "Internal server error", "server_error"),
]


async def test_h14_answers_in_the_servers_words_are_understood(
    server_proxy: Proxy, any_python_sdk: PythonClient
) -> None:
    """The proxy gives the answers, so that states a healthy server is never in can be seen too."""
    for status, error, code in REFUSALS:
        server_proxy.answer_next("/v1/engine/session", status, {"error": error, "message": "why"})
        with pytest.raises(ClientError) as caught:
            await connect(any_python_sdk, server_proxy.url, INLINE)
        assert (caught.value.facts["status"], caught.value.facts["code"]) == (status, code)
    assert len([request for request in server_proxy.requests if request.startswith("POST")]) == len(REFUSALS)
