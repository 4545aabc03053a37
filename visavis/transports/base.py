"""The seam between a conversation and a person: what a peer may ask of the engine, and the engine of a peer."""

from collections.abc import Sequence
from typing import Protocol

from visavis.core.events import Command, Event, LineMeasured
from visavis.core.frames import AudioChunk, EncodedVideo, VideoFormat


class Listener(Protocol):
    """Anything that is told what happens: a data channel, a signalling socket, a record. Never blocks, never raises."""

    def deliver(self, event: Event) -> None: ...


class Peer(Listener, Protocol):
    """One person's end of the line, seen from the engine."""

    @property
    def video(self) -> VideoFormat: ...

    async def close(self) -> None: ...


class Line(Protocol):
    """The engine, seen from a peer. All calls return at once except `next_video`."""

    def peer_expected(self, peer: Peer) -> None:
        """The picture format is settled and the network is being tried; the face may warm up."""
        ...

    def peer_opened(self, peer: Peer) -> None:
        """Media and messages can flow both ways; the peer starts pulling sound and pictures."""
        ...

    def peer_lost(self, peer: Peer) -> None:
        """The network is gone for good; the same person may come back with another peer."""
        ...

    def next_audio(self) -> bytes:
        """The next 20 ms as one Opus packet. The peer's pulls are the session's media clock."""
        ...

    async def next_video(self) -> EncodedVideo: ...

    def hear(self, audio: AudioChunk) -> None:
        """Microphone sound, mono at `SPEECH_RATE_HZ`."""
        ...

    def receive(self, command: Command) -> None: ...

    def want_keyframe(self) -> None: ...

    def set_bitrate(self, bitrate_bps: int) -> None: ...

    def measured(self, figures: LineMeasured) -> None:
        """How good the network to the person was lately."""
        ...


class SpeechEncoder(Protocol):
    """Speech of one session, made ready for the line off the event loop."""

    async def encode(self, audio: AudioChunk, last: bool) -> list[bytes]:
        """20 ms Opus packets; a remainder is kept for the next call, and padded with silence when `last`."""
        ...

    async def quieter(self, before: Sequence[bytes], packets: Sequence[bytes], *, fade: bool) -> list[bytes]:
        """The same packets with the voice lowered, to be played in their place.

        `before` are the originals of what is played right before them; `fade` says that this was at full level.
        """
        ...

    def reset(self) -> None:
        """Forget a remainder that will never be heard."""
        ...


class SpeechEncoders(Protocol):
    def open(self) -> SpeechEncoder: ...

    @property
    def silence(self) -> bytes:
        """20 ms of digital silence as one Opus packet."""
        ...
