"""The signalling socket: offers and answers, text and sound to be spoken, and what must reach a client in any case.

The session id in the address is the credential. A socket that goes away is not the end of its session, and a newer
socket takes the place of an older one. The server ends a session by saying `endsession` and closing cleanly after it;
some clients take any other close for a reason to come back, and others for a failure.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Protocol, runtime_checkable

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from visavis.core.clock import Clock
from visavis.core.errors import InvalidRequest, NotFound, VisavisError
from visavis.core.events import Event, SessionEnded
from visavis.core.tasks import cancel_and_wait
from visavis.engine.conversation import Conversation
from visavis.engine.host import Host
from visavis.http.errors import error_response
from visavis.transports.base import Line, Peer
from visavis.transports.wire import (
    Heartbeat,
    IceCandidate,
    Offer,
    Unusable,
    answer_message,
    envelope,
    parse_signalling,
    signalling_message,
)

OUTGOING_MAX = 256  # messages that wait for a client that reads slowly; with more it is gone
CANDIDATES_EARLY_MAX = 64  # that may come before the offer they belong to
GONE_AFTER_MS = 8_000.0  # of silence; the slowest client renews its consent to be sent media every six seconds
WARN_EVERY_MS = 5_000.0  # about messages that mean nothing
CLOSE_WITHIN_S = 2.0
LEFT = (WebSocketDisconnect, RuntimeError, OSError)  # what sending to a client that has left raises
CLIENT_LEFT = (WebSocketDisconnect, RuntimeError, OSError)  # what sending may raise, by which server and when

log = structlog.get_logger()


@runtime_checkable
class NetworkPeer(Peer, Protocol):
    """A peer that is told the addresses of its client one by one, and knows when it last heard from it."""

    @property
    def silent_ms(self) -> float: ...

    def add_candidate(self, candidate: IceCandidate) -> None: ...


class Answer(Protocol):
    @property
    def peer(self) -> NetworkPeer: ...

    @property
    def sdp(self) -> str: ...


class Peers(Protocol):
    """Turns an offer into a peer on a line. Raises `InvalidRequest` for an offer that cannot be answered."""

    async def answer(
        self, offer_sdp: str, line: Line, current: Peer | None, width_px: int, height_px: int, keepsake: str
    ) -> Answer: ...


def make_router(host: Host, peers: Peers, clock: Clock) -> APIRouter:
    """The socket under `/ws`, and under any prefix that an `engineHost` may carry."""
    router = APIRouter()
    seats: dict[str, Socket] = {}

    async def signalling(websocket: WebSocket) -> None:
        session_id = websocket.query_params.get("session_id", "")
        try:
            conversation = _find(host, session_id)
        except VisavisError as error:
            await websocket.send_denial_response(error_response(error))
            return
        await websocket.accept()
        socket = Socket(websocket, conversation, peers, clock)
        before, seats[session_id] = seats.get(session_id), socket
        if before is not None:
            await before.give_way()
        try:
            await socket.run()
            await socket.notice_absence()
        finally:
            if seats.get(session_id) is socket:
                del seats[session_id]

    router.add_api_websocket_route("/ws", signalling)
    router.add_api_websocket_route("/{prefix:path}/ws", signalling)
    return router


def _find(host: Host, session_id: str) -> Conversation:
    if not session_id:
        raise InvalidRequest.field("session_id", "add ?session_id=<sessionId> to the address", "missing")
    try:
        return host.get(session_id)
    except NotFound as error:
        raise NotFound("No live session has this id; it may have ended. Start a new one.") from error


class Socket:
    """One socket of one session; satisfies `Listener`. `run` returns when it is over, however that came."""

    def __init__(self, websocket: WebSocket, conversation: Conversation, peers: Peers, clock: Clock) -> None:
        self._websocket, self._conversation = websocket, conversation
        self._peers, self._clock = peers, clock
        self._session_id = conversation.spec.session_id
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue(OUTGOING_MAX)
        self._peer: NetworkPeer | None = None
        self._early: deque[IceCandidate] = deque(maxlen=CANDIDATES_EARLY_MAX)
        self._warned_ms = float("-inf")
        self._gone = asyncio.Event()
        self._over = asyncio.Event()

    async def run(self) -> None:
        self._conversation.attach_signalling(self)
        follower = asyncio.create_task(self._follow(), name="signalling-follow")
        work = [
            asyncio.create_task(self._read(), name="signalling-read"),
            asyncio.create_task(self._write(), name="signalling-write"),
            asyncio.create_task(self._gone.wait(), name="signalling-gone"),
        ]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) is not None:
                    log.error("a signalling socket failed", exc_info=error)
        finally:
            await cancel_and_wait(follower, *work)
            self._conversation.signalling_lost(self)
            self._over.set()
            await self._close()

    async def give_way(self) -> None:
        """A newer socket has come: stop reading, close quietly, and return when nothing here runs any more."""
        self._gone.set()
        await self._over.wait()

    async def notice_absence(self) -> None:
        """After the client closed the socket, see whether it is gone altogether, and end its session then.

        A tab that is closed says goodbye here but not to its peer connection, which would take half a minute to
        notice. A client that looks for another network path closes its socket, too, but is back within seconds.
        """
        ended = asyncio.create_task(self._conversation.wait_ended(), name="signalling-ended")
        replaced = asyncio.create_task(self._gone.wait(), name="signalling-replaced")
        left_ms = GONE_AFTER_MS
        try:
            while left_ms > 0:
                done, _ = await asyncio.wait(
                    {ended, replaced}, timeout=left_ms / 1000, return_when=asyncio.FIRST_COMPLETED
                )
                if done:
                    return
                left_ms = GONE_AFTER_MS - self._peer_silent_ms()
            self._conversation.end("client")
        finally:
            await cancel_and_wait(ended, replaced)

    def _peer_silent_ms(self) -> float:
        peer = self._peer or self._conversation.peer
        return peer.silent_ms if isinstance(peer, NetworkPeer) else 0.0

    async def _follow(self) -> None:
        """End with the conversation, also where its last word went to the socket before this one."""
        await self._conversation.wait_ended()
        self._put(None)

    # --- to the client --------------------------------------------------------------------------------------------

    def deliver(self, event: Event) -> None:
        message = signalling_message(event, self._session_id)
        if message is not None:
            self._put(message)
        if isinstance(event, SessionEnded):
            self._put(None)

    def _put(self, message: str | None) -> None:
        try:
            self._outgoing.put_nowait(message)
        except asyncio.QueueFull:
            self._gone.set()

    async def _write(self) -> None:
        with suppress(*CLIENT_LEFT):  # the reader sees that too
            while (message := await self._outgoing.get()) is not None:
                await self._websocket.send_text(message)

    async def _close(self) -> None:
        """Always cleanly: after an abnormal close some clients give up their session."""
        with suppress(*CLIENT_LEFT, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._websocket.close(1000)

    # --- from the client ------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            raw: str | bytes | None = message.get("text") or message.get("bytes")
            if raw:
                await self._handle(raw)

    async def _handle(self, raw: str | bytes) -> None:
        match parse_signalling(raw):
            case Offer(sdp):
                await self._answer(sdp)
            case IceCandidate() as candidate:
                self._add_candidate(candidate)
            case Heartbeat():
                pass
            case Unusable(reason):
                self._warn(reason)
            case command:
                self._conversation.receive(command)

    async def _answer(self, sdp: str) -> None:
        current = self._peer or self._conversation.peer
        face, keepsake = self._conversation.spec.face, self._conversation.past.memory.line
        size_px = face.width_px, face.height_px
        try:
            answer = await self._peers.answer(sdp, self._conversation, current, *size_px, keepsake)
        except VisavisError as error:
            self._refuse(error, alive=current is not None)
            return
        self._peer = answer.peer
        self._put(answer_message(answer.sdp, self._session_id))
        while self._early:
            self._peer.add_candidate(self._early.popleft())

    def _refuse(self, error: VisavisError, alive: bool) -> None:
        """A session that works goes on; one that cannot even begin is over, and its client is told why."""
        log.info("an offer was refused", code=error.code, reason=error.message)
        self._put(envelope("warning", self._session_id, error.message))
        if not alive:
            self._conversation.end("failed", error.message)

    def _add_candidate(self, candidate: IceCandidate) -> None:
        peer = self._peer or self._conversation.peer
        if isinstance(peer, NetworkPeer):
            peer.add_candidate(candidate)
        else:
            self._early.append(candidate)

    def _warn(self, reason: str) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._warned_ms >= WARN_EVERY_MS:
            self._warned_ms = now_ms
            self._put(envelope("warning", self._session_id, reason))
