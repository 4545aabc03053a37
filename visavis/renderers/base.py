"""The seam for faces: what draws (in a worker process) and what the engine holds in its hand.

All times are milliseconds on the session's media clock, whose zero is the first sound or picture sent to the peer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from visavis.core.frames import AudioChunk, EncodedVideo, Mark, VideoFormat
from visavis.core.spec import FaceSpec

I420: TypeAlias = NDArray[np.uint8]
"""Planar YUV 4:2:0, shape (height * 3 // 2, width), C-contiguous."""


@dataclass(frozen=True, slots=True)
class RendererTraits:
    """What a renderer can do; `sizes_px` are (width, height) pairs.

    `identities` are the people it can be asked for by name; without any it draws whoever the photo shows.
    """

    label: str
    sizes_px: tuple[tuple[int, int], ...]
    needs_gpu: bool = False
    identities: tuple[str, ...] = ()


class Renderer(Protocol):
    """Sound in, pictures out. Built as `Class(face: FaceSpec, seed: int)`; heavy set-up is cached per identity.

    A class that has `keep_in(folder: Path)` is told once where it may keep what it set up, for other processes. One
    that needs a network has `use_model(file: Path)`, which is called before the first is built.
    Style and expressivity come with `face`; gaze, brows and all other life are the renderer's own business.
    """

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        """These sounds will be heard from `start_ms` on; pieces come in order and do not overlap."""
        ...

    def cut(self, at_ms: float) -> None:
        """Nothing after `at_ms` will be heard; the mouth closes within two frames."""
        ...

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        """These sounds of the other person were heard from `start_ms` on; a face may show that it listens."""
        ...

    def cue(self, tag: str, at_ms: float) -> None:
        """Show this feeling for a moment from `at_ms` on; a tag the renderer does not know means nothing."""
        ...

    def frame(self, at_ms: float) -> I420:
        """The picture at this moment. Called with growing times; the buffer is the caller's until the next call."""
        ...


class FaceStage(Protocol):
    """One face in one conversation, wherever it is drawn. Calls never block; pictures come at their own pace."""

    def start(self, zero_ms: float) -> None:
        """The media clock's zero, in milliseconds of the machine's monotonic clock; pictures flow from here on."""
        ...

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None: ...

    def cut(self, at_ms: float, epoch: int) -> None:
        """Nothing after `at_ms` will be heard, and no picture drawn before this is shown: a new epoch begins."""
        ...

    def listen(self, start_ms: float, audio: AudioChunk) -> None: ...

    def cue(self, tag: str, at_ms: float) -> None: ...

    def want_keyframe(self) -> None: ...

    def set_bitrate(self, bitrate_bps: int) -> None: ...

    async def next_frame(self) -> EncodedVideo:
        """The next encoded picture, about when it is due. Survives the death of whoever draws it."""
        ...

    async def close(self) -> None: ...


class Faces(Protocol):
    """Where stages come from."""

    async def open(self, face: FaceSpec, video: VideoFormat) -> FaceStage: ...
