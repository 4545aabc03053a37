"""What people bring along, once somebody looked at it: a photo to make a face of, a recording to make a voice of."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

FaceBox: TypeAlias = tuple[float, float, float, float]
"""Where a face is in a picture: left, top, width and height as shares of the picture."""


@dataclass(frozen=True, slots=True)
class Photo:
    """Upright, without whatever else the file said, such as where it was taken. No `face_box`: nobody could look."""

    jpeg: bytes = field(repr=False)
    width_px: int
    height_px: int
    face_box: FaceBox | None


@dataclass(frozen=True, slots=True)
class Recording:
    """Somebody's voice; `content_type` is what the file really is."""

    duration_ms: float
    content_type: str


@dataclass(frozen=True, slots=True)
class VoiceSample:
    """What a voice is to be cloned from. `enhance` asks for background noise to be taken out first."""

    name: str
    recording: Path
    content_type: str
    description: str = ""
    language: str = "en"
    enhance: bool = True


@dataclass(frozen=True, slots=True)
class ClonedVoice:
    """A voice that a provider made: the provider as the API names it, its id for the voice, and a model that speaks."""

    provider: str
    voice_id: str
    model_id: str


class VoiceCloner(Protocol):
    """Whoever makes voices from recordings. Raises `ProviderError`, or `Unprocessable` for a recording it refuses."""

    async def clone(self, sample: VoiceSample) -> ClonedVoice: ...

    async def forget(self, voice_id: str) -> None:
        """Erase a voice that was made here; one that is gone already is no trouble."""
        ...

    async def close(self) -> None: ...
