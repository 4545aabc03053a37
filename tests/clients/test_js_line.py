"""The official JavaScript client on servers and lines that are not as usual: set up differently, broken, refusing."""

import asyncio
from pathlib import Path

import pytest

from tests.clients.browser import NO_MICROPHONE, js_client
from tests.clients.personas import LONG_TALK, PERSONA, ended_session, session_token, token_for
from tests.clients.proxy import Proxy
from tests.clients.server import Server
from tests.turn import SECRET, needs_coturn, turn_server
from visavis.resources.sessions.ice import IceServers

pytestmark = [pytest.mark.clients, pytest.mark.browser]


async def test_settings_reach_the_client(particular_server: Server, page_url: str) -> None:
    """The codec, the rhythm of heartbeats and a public address with a path."""
    async with js_client(page_url) as client:
        token = token_for(particular_server, skipGreeting=True)
        session_id = await client.ready(baseUrl=particular_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        assert await client.run("videoCodec()") == "video/VP8"
        await client.wait_until("watched.sent.filter(({ actionType }) => actionType === 'heartbeat').length >= 2")
        assert await client.run("watched.sent.find(({ actionType }) => actionType === 'heartbeat').payload") == ""
        assert await client.run("watched.received.some(({ actionType }) => actionType === 'heartbeat')") is False
        await client.run("client.talk('I am behind a path.')")
        assert (await client.message("persona", 1))["content"] == "I am behind a path."
        talk = await client.run("watched.requests.find(({ url }) => url.includes('/talk')).url")
        assert talk == f"{particular_server.url}/some/path/talk?session_id={session_id}"

        # and there is room for one session only
        async with js_client(page_url) as other:
            refused = await other.connect(baseUrl=particular_server.url, token=token, options=NO_MICROPHONE)
            assert refused["code"] == "CLIENT_ERROR_CODE_MAX_CONCURRENT_SESSIONS_REACHED"
            assert refused["status"] == 429
        await client.run("client.stopStreaming()")
    ended_session(particular_server, session_id)


# --- a line that breaks -------------------------------------------------------------------------------------------


async def test_a_socket_that_closes_is_replaced_and_the_talk_goes_on(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=server_proxy.url, token=token, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        address = await client.run("watched.sockets[0].url")
        await server_proxy.close_websockets(1000)
        await client.wait_until("watched.sockets.length === 2 && watched.sockets[1].readyState === WebSocket.OPEN")
        assert await client.run("watched.sockets[1].url") == address
        await client.run("forget()")
        await client.wait_until("pictures.times.length > 10")
        assert await client.run("watched.peers.length") == 1
        assert await client.run("watched.sent.filter(({ actionType }) => actionType === 'offer').length") == 1

        # what the server has to say from now on reaches the new socket
        await client.run(
            "(text) => { window.cut = client.createTalkMessageStream(); return cut.streamMessageChunk(text, false); }",
            LONG_TALK,
        )
        await client.wait_for("MESSAGE_STREAM_EVENT_RECEIVED")
        await client.run("client.interruptPersona()")
        await client.wait_for("TALK_STREAM_INTERRUPTED")
        assert await client.run("named('SESSION_READY').length") == 1
        assert await client.run("named('CONNECTION_CLOSED').length") == 0

        server_proxy.answer_next("/talk", 404, {"error": "Not found", "message": "there is no such session"})
        refused = await client.run("client.talk('Hello?').then(() => '', ({ message }) => message)")
        assert "Failed to send talk command" in refused


@pytest.mark.slow
async def test_sockets_that_are_refused_end_in_an_error(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    server_proxy.refuse_websockets = True
    async with js_client(page_url) as client:
        await client.connect(baseUrl=server_proxy.url, token=token_for(sqlite_server), options=NO_MICROPHONE)
        closed = await client.wait_for("CONNECTION_CLOSED")
        assert closed[0] == "CONNECTION_CLOSED_CODE_SIGNALLING_CLIENT_CONNECTION_FAILURE"
        assert server_proxy.websockets == 21  # the first try and `maxWsReconnectionAttempts`


async def test_a_second_offer_of_the_same_peer_keeps_the_line(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        await client.run("offerAgain(true)")
        await client.wait_until("watched.received.filter(({ actionType }) => actionType === 'answer').length === 2")
        await client.wait_until("watched.peers[0].signalingState === 'stable'")
        await client.run("forget()")
        await client.wait_until("pictures.times.length > 10")
        assert await client.run("watched.peers[0].getReceivers().length") == 2
        assert await client.run("named('VIDEO_STREAM_STARTED').length") == 1
        assert await client.run("named('SESSION_READY').length") == 1


async def test_the_server_says_why_it_ends_a_session(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        persona = {**PERSONA, "maxSessionLengthSeconds": 2}
        token = session_token(sqlite_server, **persona)
        # on a busy machine the time may be over before the session was ready, so only its end is waited for
        assert await client.connect(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE) is None
        session_id = await client.run("client.getActiveSessionId()")
        closed = await client.wait_for("CONNECTION_CLOSED")
        assert closed[0] == "CONNECTION_CLOSED_CODE_SERVER_CLOSED_CONNECTION"
        assert isinstance(closed[1], str)
        assert closed[1]
        # the client leaves by itself, and nobody has to close anything
        await client.wait_until("watched.sockets.every(({ readyState }) => readyState === WebSocket.CLOSED)")
        assert await client.run("watched.peers.every(({ connectionState }) => connectionState === 'closed')")
        ended_session(sqlite_server, session_id)


async def test_a_page_that_is_left_ends_its_session(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        token = token_for(sqlite_server, skipGreeting=True)
        session_id = await client.ready(baseUrl=sqlite_server.url, token=token, options=NO_MICROPHONE)
    ended_session(sqlite_server, session_id)


@needs_coturn
@pytest.mark.slow
async def test_w12_a_client_that_may_only_use_the_relay_uses_it(
    sqlite_server: Server, server_proxy: Proxy, page_url: str, tmp_path: Path
) -> None:
    """The proxy adds to the server's answer what one that knows a relay says, and forbids all other ways."""
    async with turn_server(tmp_path) as turn_url, js_client(page_url) as client:
        persona = {"personaConfig": {**PERSONA, "skipGreeting": True}}
        answer = await asyncio.to_thread(sqlite_server.ask, "POST", "/v1/engine/session", persona)
        started = answer.json()
        relays = IceServers(turn_urls=[turn_url], turn_secret=SECRET).for_client()
        started["clientConfig"] |= {"iceServers": relays, "iceTransportPolicy": "relay"}
        server_proxy.answer_next("/v1/engine/session", answer.status, started)
        await client.ready(baseUrl=server_proxy.url, token=unknown_token(), options=NO_MICROPHONE)
        await client.wait_for("VIDEO_PLAY_STARTED")
        assert await client.run("localCandidateType()") == "relay"
        assert await client.run("client.getActiveSessionId()") == started["sessionId"]


@pytest.mark.slow
async def test_h26_an_answer_that_is_lost_is_asked_for_again(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    """The client gives up waiting and starts another session; the first one ends because nobody comes."""
    server_proxy.lose_next("/v1/engine/session")
    async with js_client(page_url) as client:
        before = await asyncio.to_thread(newest_sessions, sqlite_server)
        impatient = {**NO_MICROPHONE, "api": {"requestTimeoutMs": 5_000}}
        token = token_for(sqlite_server, skipGreeting=True)
        session_id = await client.ready(baseUrl=server_proxy.url, token=token, options=impatient)
        posted = [request for request in server_proxy.requests if request.startswith("POST /v1/engine/session")]
        assert len(posted) == 2
        started = set(await asyncio.to_thread(newest_sessions, sqlite_server)) - set(before)
        (lost,) = started - {session_id}
        record = await asyncio.to_thread(ended_session, sqlite_server, lost, 120.0)
        assert record["exitStatus"] == "CLOSED_BY_ENGINE"
        assert await client.run("named('CONNECTION_CLOSED').length") == 0


def newest_sessions(server: Server) -> list[str]:
    return [str(session["id"]) for session in server.ask("GET", "/v1/sessions?perPage=20").json()["data"]]


# --- being refused ------------------------------------------------------------------------------------------------


async def test_a_wrong_key_is_told_apart_across_origins(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    async with js_client(page_url) as client:
        refused = await client.connect(baseUrl=server_proxy.url, key="wrong-key", persona=PERSONA)
        assert refused["code"] == "CLIENT_ERROR_CODE_AUTHENTICATION_ERROR"
        assert refused["status"] == 401
        assert refused["details"]["cause"]
        posted = [request for request in server_proxy.requests if request.startswith("POST /v1/auth/session-token")]
        assert len(posted) == 1

        refused = await client.connect(baseUrl=server_proxy.url, token=unknown_token())
        assert refused["code"] == "CLIENT_ERROR_CODE_AUTHENTICATION_ERROR"
        posted = [request for request in server_proxy.requests if request.startswith("POST /v1/engine/session")]
        assert len(posted) == 1


def unknown_token() -> str:
    """Well-formed, so that the client sends it, and signed by nobody."""
    return "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0eXBlIjoiZXBoZW1lcmFsIn0.c2lnbmF0dXJl"


REFUSALS = [
    (400, "Validation error", "VALIDATION_ERROR", 1),
    (401, "Unauthorized", "AUTHENTICATION_ERROR", 1),
    (402, "Payment required", "NO_PLAN_FOUND", 1),
    (403, "Forbidden", "AUTHENTICATION_ERROR", 1),
    (429, "Concurrent session limit reached", "MAX_CONCURRENT_SESSIONS_REACHED", 1),
    (429, "Spend cap reached", "SPEND_CAP_REACHED", 1),
    (429, "Too many requests", "USAGE_LIMIT_REACHED", 1),
    (500, "Internal server error", "SERVER_ERROR", 3),
    (503, "Service unavailable", "SERVICE_BUSY", 3),
]


async def test_answers_in_the_servers_words_are_understood(
    sqlite_server: Server, server_proxy: Proxy, page_url: str
) -> None:
    """The proxy gives the answers, so that states a healthy server is never in can be seen too."""
    token = token_for(sqlite_server)
    async with js_client(page_url) as client:
        for status, error, code, posts in REFUSALS:
            server_proxy.requests.clear()
            for _ in range(posts):
                server_proxy.answer_next("/v1/engine/session", status, {"error": error, "message": "why"})
            refused = await client.connect(baseUrl=server_proxy.url, token=token)
            assert (refused["code"], refused["status"]) == (f"CLIENT_ERROR_CODE_{code}", status)
            assert refused["details"]["cause"] == "why"
            posted = [request for request in server_proxy.requests if request.startswith("POST /v1/engine/session")]
            assert len(posted) == posts
