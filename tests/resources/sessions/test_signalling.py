"""The signalling socket over a real server and the real engine, with the parts of a rehearsal."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from visavis.core.clock import MonotonicClock
from visavis.core.events import Command, TalkInterrupted, Warned
from visavis.core.spec import SessionSpec
from visavis.engine.host import Host, Limits, Parts, SessionReport
from visavis.resources.sessions import signalling
from visavis.resources.sessions.signalling import WARN_EVERY_MS, make_router
from visavis.testing.rehearsal import CountedPackets, Hears, LoudOrQuiet, PacedVoice, StillFaces

from .stage import CANDIDATE, OFFER, PATIENCE_S, NetworkSeat, SeatPeers, Stage, serve, wait_until


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async def ended(report: SessionReport) -> None: ...

    def furnish(spec: SessionSpec) -> Parts:
        return Parts(None, PacedVoice(), Hears(), LoudOrQuiet(), StillFaces(), CountedPackets())

    clock, peers = MonotonicClock(), SeatPeers()
    host = Host(clock, Limits(sessions_max=10), furnish, ended)
    app = FastAPI()
    app.include_router(make_router(host, peers, clock))
    server = await serve(app)
    stage = Stage(host, peers, server.servers[0].sockets[0].getsockname()[1])
    yield stage
    await host.close()
    await server.shutdown()


@pytest.fixture
async def commands(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """Everything the conversation is told to do, instead of doing it."""
    received: list[Command] = []
    monkeypatch.setattr(stage.conversation, "receive", received.append)
    return received


async def test_s1_s2_an_offer_is_answered(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        message = await socket.receive()
    assert list(message) == ["actionType", "sessionId", "payload"]
    assert message["actionType"] == "answer"
    assert message["sessionId"] == stage.conversation.spec.session_id
    assert message["payload"] == {"type": "answer", "sdp": "v=0 answer"}
    assert stage.peers.asked == [("v=0 offer", None, 1152, 768)]


@pytest.mark.parametrize("path", ["/ws", "/v1/webrtc/engines/one/ws", "/any/ws"])
async def test_an_engine_host_may_carry_a_path(stage: Stage, path: str) -> None:
    async with stage.socket(path) as socket:
        await socket.send("offer", OFFER)
        assert (await socket.receive())["actionType"] == "answer"


@pytest.mark.parametrize(("session_id", "status"), [("not-a-session", 404), ("%20", 404)])
async def test_an_unknown_session_is_refused_at_the_upgrade(stage: Stage, session_id: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(stage.url(session_id=session_id))
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["error"] == "Not found"


async def test_a_socket_without_a_session_id_is_told_what_is_missing(stage: Stage) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{stage.port}/ws")
    assert refused.value.response.status_code == 400
    assert "session_id" in json.loads(refused.value.response.body)["message"]


async def test_an_ended_session_is_refused(stage: Stage) -> None:
    await stage.host.stop(stage.conversation.spec.session_id, "stopped")
    with pytest.raises(InvalidStatus):
        await connect(stage.url())


async def test_early_candidates_wait_for_their_offer(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("icecandidate", CANDIDATE)
        await socket.send("offer", OFFER)
        await socket.receive()
        await socket.send("icecandidate", CANDIDATE)
        seat = stage.peers.seats["v=0 offer"]
        await wait_until(lambda: len(seat.candidates) == 2)


async def test_s24_s25_heartbeats_are_not_answered(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("heartbeat", "")
        await socket.send("heartbeat", {})
        await socket.send("offer", OFFER)
        assert (await socket.receive())["actionType"] == "answer"


async def test_commands_reach_the_conversation(stage: Stage, commands: list[Command]) -> None:
    pcm = base64.b64encode(bytes(8)).decode()
    async with stage.socket() as socket:
        await socket.send("talkstream", {"content": "Hi", "startOfSpeech": True, "correlationId": "c"})
        await socket.send("AgentAudioInput", {"audioData": pcm, "sampleRate": 24000, "sequenceNumber": 0})
        await socket.send("agentaudioinputend", {})
        await wait_until(lambda: len(commands) == 3)
    assert [type(command).__name__ for command in commands] == ["TalkChunk", "AgentAudio", "AgentAudioEnd"]


async def test_s27_a_frame_of_four_megabytes(stage: Stage, commands: list[Command]) -> None:
    pcm = base64.b64encode(bytes(3_000_000)).decode()
    async with stage.socket() as socket:
        await socket.send("agentaudioinput", {"audioData": pcm, "sampleRate": 24000, "channels": 1})
        await wait_until(lambda: commands)


async def test_s22_a_client_that_says_it_leaves_ends_the_session(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("endsession", {})
        report = await asyncio.wait_for(stage.conversation.wait_ended(), PATIENCE_S)
        assert await socket.closed() == 1000
    assert report.reason == "client"


async def test_s10_s11_the_server_ends_with_a_reason_in_words_and_a_clean_close(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        await stage.host.stop(stage.conversation.spec.session_id, "stopped", "Enough for today")
        message = await socket.receive()
        assert (message["actionType"], message["payload"]) == ("endsession", "Enough for today")
        assert await socket.closed() == 1000


async def test_s9_s12_warnings_and_interruptions_are_told(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        for event in (Warned(1.0, "Mind the gap"), TalkInterrupted(2.0, "stream")):
            stage.conversation._deliver(event)
        assert (await socket.receive())["payload"] == "Mind the gap"
        assert (await socket.receive())["payload"] == {"correlationId": "stream"}


async def test_s16_nonsense_is_survived_and_warned_about_once(stage: Stage) -> None:
    async with stage.socket() as socket:
        for nonsense in ("", "hello", "[]", "{}", b"\xff\xfe", '{"actionType":"dance"}', "[" * 100_000):
            await socket.connection.send(nonsense)
        await socket.send("offer", OFFER)
        messages = [(await socket.receive())["actionType"] for _ in range(2)]
    assert messages == ["warning", "answer"]
    assert WARN_EVERY_MS > 1000


async def test_s17_a_socket_that_goes_is_not_the_end(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        stage.conversation.peer_opened(stage.peers.seats["v=0 offer"])
    await wait_until(lambda: stage.conversation._audience.socket is None)
    async with stage.socket() as again:
        stage.conversation._deliver(Warned(1.0, "still here"))
        assert (await again.receive())["actionType"] in ("sessionready", "warning")
    assert stage.host.live == 1


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signalling, "GONE_AFTER_MS", 50.0)


@pytest.mark.usefixtures("hasty")
async def test_s23_a_tab_that_is_closed_is_noticed_before_its_connection_is(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        seat = stage.peers.seats["v=0 offer"]
        stage.conversation.peer_opened(seat)
    clock = MonotonicClock()
    await clock.sleep_until(clock.now_ms() + 150)
    assert stage.host.live == 1
    seat.silent_ms = 60.0
    report = await asyncio.wait_for(stage.conversation.wait_ended(), PATIENCE_S)
    assert report.reason == "client"


@pytest.mark.usefixtures("hasty")
async def test_a_client_that_comes_back_from_a_dead_path_is_not_taken_for_gone(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        seat = stage.peers.seats["v=0 offer"]
        stage.conversation.peer_opened(seat)
        seat.silent_ms = 9_000.0
    async with stage.socket() as again:
        clock = MonotonicClock()
        await clock.sleep_until(clock.now_ms() + 150)
        await again.send("offer", OFFER)
        assert (await again.receive())["actionType"] == "answer"
    assert stage.host.live == 1


async def test_s23_both_gone_is_the_end(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        seat = stage.peers.seats["v=0 offer"]
        stage.conversation.peer_opened(seat)
        stage.conversation.peer_lost(seat)
    report = await asyncio.wait_for(stage.conversation.wait_ended(), PATIENCE_S)
    assert report.reason == "client"


async def test_s21_a_newer_socket_takes_the_place_of_the_older(stage: Stage) -> None:
    async with stage.socket() as old, stage.socket() as new:
        assert await old.closed() == 1000
        with pytest.raises(ConnectionClosed):
            await old.send("endsession", {})
        await new.send("offer", OFFER)
        assert (await new.receive())["actionType"] == "answer"
        stage.conversation._deliver(Warned(1.0, "to the newest"))
        assert (await new.receive())["payload"] == "to the newest"


async def test_an_answer_in_the_making_is_dropped_with_its_socket(stage: Stage) -> None:
    stage.peers.held.clear()
    async with stage.socket() as old:
        await old.send("offer", OFFER)
        await wait_until(lambda: stage.peers.asked)
        async with stage.socket() as new:
            assert await old.closed() == 1000
            stage.peers.held.set()
            await new.send("offer", OFFER)
            assert (await new.receive())["actionType"] == "answer"


async def test_a_second_offer_is_told_who_the_peer_is(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
    first = stage.peers.seats["v=0 offer"]
    async with stage.socket() as again:
        await again.send("offer", OFFER)
        await again.receive()
    assert stage.peers.asked[1][1] is first


async def test_w4_an_offer_that_cannot_be_answered_ends_a_session_that_never_began(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", {"connectionDescription": {"sdp": "broken"}})
        warning, end = await socket.receive(), await socket.receive()
        assert await socket.closed() == 1000
    assert (warning["actionType"], end["actionType"]) == ("warning", "endsession")
    assert "the offer is broken" in warning["payload"]
    assert "the offer is broken" in end["payload"]


async def test_a_broken_offer_leaves_a_working_session_alone(stage: Stage) -> None:
    async with stage.socket() as socket:
        await socket.send("offer", OFFER)
        await socket.receive()
        await socket.send("offer", {"connectionDescription": {"sdp": "broken"}})
        assert (await socket.receive())["actionType"] == "warning"
        await socket.send("offer", OFFER)
        assert (await socket.receive())["actionType"] == "answer"


async def test_a_socket_that_comes_while_its_session_ends_is_closed_too(stage: Stage) -> None:
    """The last word went to the socket before it."""
    async with stage.socket() as old:
        seat = NetworkSeat()
        stage.conversation.peer_expected(seat)
        still_closing = asyncio.Event()
        seat.close = still_closing.wait  # type: ignore[method-assign]
        stage.conversation.end("stopped")
        assert (await old.receive())["actionType"] == "endsession"
        async with stage.socket() as late:
            still_closing.set()
            assert await late.closed() == 1000


async def test_a_client_that_never_reads_is_given_up(stage: Stage) -> None:
    async with stage.socket() as socket:
        await wait_until(lambda: stage.conversation._audience.socket is not None)
        listener = stage.conversation._audience.socket
        assert listener is not None
        for number in range(300):
            listener.deliver(Warned(float(number), "x"))
        await wait_until(lambda: stage.conversation._audience.socket is None)
        received = [message async for message in socket.connection]
        assert len(received) < 300
    assert stage.host.live == 1
