"""Filming a session: what the engine tells whoever does it."""

from typing import Protocol

from visavis.core.frames import AudioChunk, EncodedVideo, VideoFormat


class Recorder(Protocol):
    """One session's film. All calls but `close` return at once, and none raises: the talk matters more."""

    def expect(self, video: VideoFormat) -> None:
        """The format of the pictures that follow."""
        ...

    def sound(self, packet: bytes, at_ms: int) -> None:
        """20 ms of what the person hears, as one Opus packet, and its place on the media clock."""
        ...

    def picture(self, picture: EncodedVideo) -> None: ...

    def microphone(self, audio: AudioChunk) -> None:
        """What the person says meanwhile."""
        ...

    async def close(self) -> str:
        """The path of the film, which belongs to the caller from now on; empty where there is none."""
        ...
