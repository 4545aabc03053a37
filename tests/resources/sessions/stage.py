"""A server with one session and sockets to it: the real engine with the parts of a rehearsal, and no network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from visavis.core.errors import InvalidRequest
from visavis.core.events import Event
from visavis.core.frames import VideoFormat
from visavis.core.spec import FaceSpec, ListeningSpec, PersonaSpec, SessionSpec
from visavis.engine.conversation import Conversation
from visavis.engine.host import Host
from visavis.transports.base import Line, Peer
from visavis.transports.wire import IceCandidate

PATIENCE_S = 10.0
OFFER = {"connectionDescription": {"type": "offer", "sdp": "v=0 offer"}, "userUid": "x"}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


class NetworkSeat:
    """A peer with no network behind it."""

    video = VideoFormat("h264", 720, 480)

    def __init__(self) -> None:
        self.silent_ms = 0.0
        self.candidates: list[IceCandidate] = []
        self.events: list[Event] = []
        self.closed = asyncio.Event()

    def deliver(self, event: Event) -> None:
        self.events.append(event)

    def add_candidate(self, candidate: IceCandidate) -> None:
        self.candidates.append(candidate)

    async def close(self) -> None:
        self.closed.set()


@dataclass
class SeatAnswer:
    peer: NetworkSeat
    sdp: str = "v=0 answer"


@dataclass
class SeatPeers:
    """Answers every offer at once; the same SDP belongs to the same peer. Refuses what says `broken`."""

    asked: list[tuple[str, Peer | None, int, int]] = field(default_factory=list)
    seats: dict[str, NetworkSeat] = field(default_factory=dict)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.held.set()

    async def answer(
        self, offer_sdp: str, line: Line, current: Peer | None, width_px: int, height_px: int, keepsake: str
    ) -> SeatAnswer:
        self.asked.append((offer_sdp, current, width_px, height_px))
        await self.held.wait()
        if "broken" in offer_sdp:
            raise InvalidRequest.field("connectionDescription.sdp", "the offer is broken")
        seat = self.seats.get(offer_sdp)
        if seat is None:
            seat = self.seats[offer_sdp] = NetworkSeat()
            line.peer_expected(seat)
        return SeatAnswer(seat)


class Stage:
    """A server with one session, and sockets to it."""

    def __init__(self, host: Host, peers: SeatPeers, port: int) -> None:
        self.host, self.peers, self.port = host, peers, port
        self.conversation = self.open()

    def open(self) -> Conversation:
        return self.host.open(
            SessionSpec(
                str(uuid4()), "org", PersonaSpec("Cara", "You are Cara.", skip_greeting=True),
                FaceSpec("still", "nobody", 1152, 768), None, None, None,
                ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=0),
            )
        )  # fmt: skip

    def url(self, path: str = "/ws", session_id: str | None = None) -> str:
        return f"ws://127.0.0.1:{self.port}{path}?session_id={session_id or self.conversation.spec.session_id}"

    @asynccontextmanager
    async def socket(self, path: str = "/ws") -> AsyncIterator["Socket"]:
        async with connect(self.url(path), max_size=None) as connection:
            yield Socket(connection)


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, action: str, payload: object = None) -> None:
        await self.connection.send(json.dumps({"actionType": action, "sessionId": "any", "payload": payload}))

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self.connection.recv())

    async def closed(self) -> int | None:
        async with asyncio.timeout(PATIENCE_S):
            await self.connection.wait_closed()
        return self.connection.close_code


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for is the state of the code under test
            await asyncio.sleep(0.005)


async def serve(app: FastAPI) -> uvicorn.Server:
    """What `Server.serve` does, without its loop that looks for signals ten times a second."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws_max_size=2**25)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    return server
