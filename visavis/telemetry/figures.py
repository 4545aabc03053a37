"""What is true at one moment, for whoever asks; needs no library."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MediaFigures:
    """How the drawing, speaking and hearing goes, since the start. The maps are by kind of worker and of queue."""

    frames: int = 0
    frames_late: int = 0
    restarts: Mapping[str, int] = field(default_factory=dict[str, int])
    waiting: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Now:
    """The same of the whole server."""

    sessions: int
    sessions_max: int
    transcripts_waiting: int
    media: MediaFigures
