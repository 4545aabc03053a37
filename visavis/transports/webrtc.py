"""A person behind a browser or an SDK: offer and answer, the data channel, and the life of the connection.

The client always offers and makes the data channel. The answer sends sound and picture in one stream, so that clients
play them as one, and carries every candidate, so that none has to be trickled.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiortc import RTCDataChannel, RTCDataChannelParameters, RTCRtpReceiver, RTCRtpTransceiver
from aiortc.codecs import get_capabilities
from aiortc.exceptions import InvalidStateError
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.sdp import candidate_from_sdp

from visavis.core.clock import Clock
from visavis.core.errors import InvalidRequest, VisavisError
from visavis.core.events import Event
from visavis.core.frames import FRAMES_PER_SECOND, VideoCodec, VideoFormat
from visavis.core.tasks import TaskSet
from visavis.transports.allowance import Allowance
from visavis.transports.base import Line, Peer
from visavis.transports.feedback import VideoFeedback, measure_line, report_media_time
from visavis.transports.ice import IceServer, Network, PeerConnection, ice_connection
from visavis.transports.keepsake import Keepsake
from visavis.transports.line_meter import LineMeter
from visavis.transports.media_clock import MediaClock
from visavis.transports.microphone import Microphone
from visavis.transports.offer import CANDIDATES_MAX, CheckedOffer, check_offer
from visavis.transports.tracks import AudioTrack, VideoTrack
from visavis.transports.wire import IceCandidate, data_channel_message, parse_data_channel

CHANNEL_LABEL = "session"
PENDING_MAX = 256  # messages that wait for the data channel
BUFFERED_MAX_BYTES = 1_000_000  # a client that stopped reading is not sent more than this
COMMANDS_PER_S_MAX = 200
CLOSE_WITHIN_S = 0.8
BITRATE_LEAST_BPS = 400_000
_BITS_PER_PIXEL = 0.14  # 1.2 Mb/s for 720x480, 3.1 Mb/s for 1152x768

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom the offer belongs to, new or known, and what it is answered."""

    peer: "WebRtcPeer"
    sdp: str = field(repr=False)


class WebRtcPeers:
    """Makes peers out of offers. `codec` is tried first, the other one where the client has no such decoder."""

    def __init__(
        self,
        codec: VideoCodec,
        clock: Clock,
        udp_ports: tuple[int, int] | None = None,
        announced_ip: str | None = None,
        ice_servers: Sequence[IceServer] = (),
    ) -> None:
        self._codec: VideoCodec = codec
        self._clock = clock
        self._network = Network(udp_ports, announced_ip, ice_servers)

    async def answer(
        self,
        offer_sdp: str,
        line: Line,
        current: Peer | None,
        width_px: int = 720,
        height_px: int = 480,
        keepsake: str = "",
    ) -> Answer:
        """Answer an offer for this line, whose peer so far is `current`.

        `keepsake` is that of a peer in a process that died: its client may offer again on the connection that it has.

        The same DTLS fingerprint is the same connection on another network path; any other is a new connection, and
        the old one is closed. Raises `InvalidRequest` for an offer that cannot be answered and `Unavailable` without a
        free port; both leave `current` alone.
        """
        offer = check_offer(offer_sdp)
        before = current if isinstance(current, WebRtcPeer) else None
        if before is not None and before.belongs_to(offer):
            return Answer(before, await before.renegotiate(offer))
        media = before.media if before is not None else MediaClock(self._clock)
        kept = Keepsake.read(keepsake) if before is None else None
        known = kept if kept is not None and kept.is_of(offer) else None
        peer = WebRtcPeer(PeerConnection(self._network), line, media, self._clock, known)
        try:
            await peer.accept(offer, self._codec, width_px, height_px)
            sdp = await peer.reply(offer)
        except BaseException:
            await peer.close()
            raise
        line.peer_expected(peer)
        if before is not None:
            await before.close()
        return Answer(peer, sdp)


class WebRtcPeer:
    """One peer connection; satisfies `Peer`. Made by `WebRtcPeers`."""

    def __init__(
        self, connection: PeerConnection, line: Line, media: MediaClock, clock: Clock, known: Keepsake | None = None
    ) -> None:
        """`known` is what is left of the connection that the client takes this one for."""
        self.media = media
        self._known = known
        self._connection, self._line, self._clock = connection, line, clock
        self._video: VideoFormat | None = None
        self._offer: CheckedOffer | None = None
        self._channel: RTCDataChannel | None = None
        self._pending: deque[str] = deque(maxlen=PENDING_MAX)
        self._commands = Allowance(COMMANDS_PER_S_MAX, clock)
        self._candidates = 0
        self._over = False
        self._closing: asyncio.Task[None] | None = None
        self._tasks = TaskSet()
        connection.on("datachannel", self._on_channel)
        connection.on("connectionstatechange", self._on_state)

    @property
    def video(self) -> VideoFormat:
        assert self._video is not None, "the offer has not been accepted"
        return self._video

    @property
    def silent_ms(self) -> float:
        """Since anything came from the client. More than some seconds means that it is gone, or its network is."""
        return ice_connection(self._transport).silent_ms

    @property
    def keepsake(self) -> str:
        """By which another process would know the client again; "" before the data channel is open."""
        offer, channel = self._offer, self._channel
        if offer is None or channel is None or channel.id is None:
            return ""
        audio, video = (transceiver.sender for transceiver in self._connection.getTransceivers()[:2])
        names = audio._stream_id, audio._track_id, video._track_id
        return Keepsake(offer.fingerprints, *names, channel.id).write()

    def belongs_to(self, offer: CheckedOffer) -> bool:
        """Whether the offer comes from the client of this connection, and the connection still lives."""
        return not self._over and self._offer is not None and offer.fingerprints == self._offer.fingerprints

    # --- offer and answer -----------------------------------------------------------------------------------------

    async def accept(self, offer: CheckedOffer, codec: VideoCodec, width_px: int, height_px: int) -> None:
        """Settle the codecs and put sound and picture in place. Raises `InvalidRequest`."""
        audio_track, video_track = AudioTrack(self._line, self.media), VideoTrack(self._line)
        if self._known is not None:  # a browser would play nothing of a stream that it does not know
            audio_track._id, video_track._id = self._known.audio, self._known.video
            self._connection.call_stream(self._known.stream)
        audio = self._connection.addTransceiver(audio_track, "sendrecv")
        video = self._connection.addTransceiver(video_track, "sendonly")
        audio.setCodecPreferences([c for c in get_capabilities("audio").codecs if c.mimeType == "audio/opus"])
        video.setCodecPreferences(_preferred(codec))
        _hear_with(Microphone(self._line, self._clock), audio.receiver)
        await self._apply(offer)
        if self._known is not None:
            self._take_over_channel(self._known.channel)
        self._video = VideoFormat(_negotiated(video), width_px, height_px, _bitrate_bps(width_px, height_px))
        VideoFeedback(video.sender, video_track, self._line, self._video, self._clock)
        meter = LineMeter(self._clock)
        for sender, track in ((audio.sender, audio_track), (video.sender, video_track)):
            measure_line(sender, meter, self._line, is_sound=track is audio_track)
            report_media_time(sender, track, self.media)

    async def reply(self, offer: CheckedOffer) -> str:
        """The answer's SDP with every candidate in it; the network is tried from here on."""
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        for name in offer.names:
            self.add_candidate(IceCandidate(name))
        return self._connection.localDescription.sdp

    async def renegotiate(self, offer: CheckedOffer) -> str:
        """Answer once more on the same connection; with new ICE credentials, on another path."""
        assert self._offer is not None
        if (offer.username, offer.password) != (self._offer.username, self._offer.password):
            gatherer = self._transport.iceGatherer
            ice_connection(self._transport).restart(offer.username, offer.password)
            gatherer._remote_candidates_end = False
            self._candidates = 0
        await self._apply(offer)
        sdp = await self.reply(offer)
        self._line.want_keyframe()
        return sdp

    async def _apply(self, offer: CheckedOffer) -> None:
        try:
            await self._connection.setRemoteDescription(offer.description)
        except VisavisError:
            raise
        except Exception as error:  # aiortc raises many things for what it cannot negotiate
            raise InvalidRequest.field(
                "connectionDescription.sdp", f"the offer cannot be answered: {error}", "invalid_offer"
            ) from error
        self._offer = offer

    def add_candidate(self, candidate: IceCandidate) -> None:
        """One more address of the client. What cannot be used is ignored; a name is looked up meanwhile."""
        self._candidates += 1
        if self._over or self._candidates > CANDIDATES_MAX:
            return
        self._tasks.start(self._add_candidate(candidate.candidate), "webrtc-candidate")

    async def _add_candidate(self, text: str) -> None:
        try:
            candidate = candidate_from_sdp(text.removeprefix("candidate:"))
            await self._transport.addRemoteCandidate(candidate)
        except (AssertionError, ValueError, OSError) as error:
            log.debug("A candidate was ignored: %s", error)

    @property
    def _transport(self) -> RTCIceTransport:
        """The only transport, since everything is bundled."""
        return self._connection.getTransceivers()[0].receiver.transport.transport

    # --- the data channel -----------------------------------------------------------------------------------------

    def deliver(self, event: Event) -> None:
        text = data_channel_message(event, datetime.now(UTC))
        if text is None or self._over:
            return
        if self._channel is None:
            self._pending.append(text)
        else:
            self._send(text)

    def _send(self, text: str) -> None:
        channel = self._channel
        if channel is None or channel.bufferedAmount > BUFFERED_MAX_BYTES:
            return
        try:
            channel.send(text)
        except (InvalidStateError, ValueError) as error:
            log.debug("A message was not sent: %s", error)

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label != CHANNEL_LABEL or self._channel is not None or self._over:
            return
        self._channel = channel
        channel.on("message", self._on_message)
        while self._pending:
            self._send(self._pending.popleft())
        self._line.peer_opened(self)

    def _take_over_channel(self, number: int) -> None:
        """The client thinks that its channel is open, and will not announce it again."""
        transport = self._connection.sctp
        assert transport is not None  # every offer has one
        parameters = RTCDataChannelParameters(label=CHANNEL_LABEL, negotiated=True, id=number)
        channel = RTCDataChannel(transport, parameters)
        channel.on("open", lambda: self._on_channel(channel))

    def _on_message(self, raw: str | bytes) -> None:
        if not self._commands.take():
            return
        command = parse_data_channel(raw)
        if command is not None:
            self._line.receive(command)

    # --- the end --------------------------------------------------------------------------------------------------

    def _on_state(self) -> None:
        """aiortc knows no `disconnected`: a path that may come back is one until consent to send expires."""
        if self._connection.connectionState in ("failed", "closed") and not self._over:
            self._over = True
            self._line.peer_lost(self)
            self._start_closing()

    async def close(self) -> None:
        """End the connection; never waits for the client, and never longer than `CLOSE_WITHIN_S`."""
        self._over = True
        await asyncio.wait({self._start_closing()}, timeout=CLOSE_WITHIN_S)

    def _start_closing(self) -> "asyncio.Task[None]":
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="webrtc-close")
        return self._closing

    async def _close(self) -> None:
        await self._tasks.close()
        await self._connection.close()


def _preferred(codec: VideoCodec) -> list[RTCRtpCodecCapability]:
    """Everything aiortc can send, the wanted codec first, Constrained Baseline before Baseline; with retransmission."""

    def rank(capability: RTCRtpCodecCapability) -> tuple[bool, bool]:
        profile = str(capability.parameters.get("profile-level-id", ""))
        return capability.name.lower() != codec, not profile.lower().startswith("42e0")

    return sorted(get_capabilities("video").codecs, key=rank)


def _bitrate_bps(width_px: int, height_px: int) -> int:
    """The most that a sharp picture of this size needs."""
    return max(BITRATE_LEAST_BPS, round(width_px * height_px * FRAMES_PER_SECOND * _BITS_PER_PIXEL))


def _negotiated(video: RTCRtpTransceiver) -> VideoCodec:
    return "h264" if video._codecs[0].mimeType.lower() == "video/h264" else "vp8"


def _hear_with(microphone: Microphone, receiver: RTCRtpReceiver) -> None:
    """aiortc has no seam for its jitter buffer; the rest of its receiver stays, such as reports and statistics."""
    receiver._RTCRtpReceiver__jitter_buffer = microphone  # type: ignore[attr-defined]
