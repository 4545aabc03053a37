"""Sound and picture as they travel through the house, with sizes and units in the names.

Every duration is in milliseconds and every sound is signed 16-bit little-endian mono, unless a name says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SPEECH_RATE_HZ = 16_000  # what ears and voice activity detectors are fed
PLAYOUT_RATE_HZ = 48_000  # what Opus carries
AUDIO_TICK_MS = 20  # one Opus packet
FRAMES_PER_SECOND = 25
FRAME_MS = 1000 // FRAMES_PER_SECOND

MarkKind = Literal["word", "phone", "viseme"]
VideoCodec = Literal["h264", "vp8"]


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A run of mono s16le samples."""

    pcm: bytes
    rate_hz: int

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2

    @property
    def duration_ms(self) -> float:
        return self.samples * 1000 / self.rate_hz


@dataclass(frozen=True, slots=True)
class Mark:
    """When a word or a speech sound is heard, relative to the start of the sound it belongs to.

    `text` is the word as spoken, an ARPAbet phone in lower case without stress (`pau` for silence), or one of the
    fifteen viseme names. Words also say where they stand in the text that was given to the voice.
    """

    kind: MarkKind
    start_ms: float
    end_ms: float
    text: str
    start_char: int = 0
    end_char: int = 0


@dataclass(frozen=True, slots=True)
class SpeechAudio:
    """A piece of speech: its sound and what is known about the times inside it."""

    audio: AudioChunk
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What a peer can decode and how large a picture the session shows."""

    codec: VideoCodec
    width_px: int
    height_px: int
    bitrate_bps: int = 1_200_000


@dataclass(frozen=True, slots=True)
class EncodedVideo:
    """One encoded picture; `pts_ms` is its place on the session's media clock."""

    data: bytes
    pts_ms: int
    keyframe: bool
