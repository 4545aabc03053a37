"""Ears that hear what they are told to: one line for each utterance, whatever the sound is."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits


class _Heard:
    """A `Transcription` that knows its text beforehand."""

    def __init__(self, line: str, owner: "Scripted") -> None:
        self._line = line
        self._owner = owner
        self._over = False

    @property
    def so_far(self) -> str:
        return ""

    async def feed(self, audio: AudioChunk) -> None:
        if not self._over:
            self._owner.heard_ms += audio.duration_ms

    async def finish(self) -> str:
        self._end()
        return self._line

    async def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self._owner.live -= not self._over
        self._over = True


class Scripted:
    """A `SpeechToText`. After the last line it understands nothing. `live` counts open transcriptions."""

    traits: ClassVar[Traits] = Traits(
        label="Scripted ears", zero_retention=True, note="Hears what the test says.", cost="Free."
    )

    class Settings(BaseModel):
        lines: list[str] = Field(default=[], description="What is heard, one utterance after the other.")

    def __init__(self, settings: Settings | None = None, lines: Sequence[str] = ()) -> None:
        self._lines = [*(settings.lines if settings else ()), *lines]
        self.heard_ms = 0.0
        self.live = 0

    async def open(self, ears: EarsSpec) -> _Heard:
        del ears
        self.live += 1
        return _Heard(self._lines.pop(0) if self._lines else "", self)

    async def close(self) -> None:
        """Nothing is held."""


PROVIDER = Scripted
