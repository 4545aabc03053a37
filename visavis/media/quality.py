"""What is encoded under a given bitrate: which size, and how many pictures. Pure: time is an argument.

A bitrate that falls first costs sharpness, then size, and only then pictures: a face that stutters is worse than one
that is soft. Below `STARVED_BITS` for each pixel a smaller picture that is enlarged again looks better than a large one
(measured on drawn people and a photo; see docs/video.md). Falling is quick, since what does not fit is lost; coming
back takes time, because each change of size costs a keyframe and is seen.
"""

from dataclasses import dataclass

from visavis.core.frames import FRAMES_PER_SECOND, VideoFormat

STARVED_BITS = 0.02
RISES_FROM = 1.3  # times the bitrate at which it would fall again
RISE_AFTER_MS = 5_000.0
FALL_EVERY_MS = 1_000.0
# Changing the bitrate of VP8 costs a keyframe, so only large changes are followed, and growth slowly.
_VP8_STEP = 0.2
_VP8_GROWS_EVERY_MS = 4_000.0

# share of width and height, and of how many pictures one is shown
_STEPS = ((1.0, 1), (2 / 3, 1), (1 / 2, 1), (1 / 2, 2))


@dataclass(frozen=True, slots=True)
class Quality:
    """`every` is 1 where all 25 pictures of a second are shown, 2 where every second one is."""

    bitrate_bps: int
    width_px: int
    height_px: int
    every: int = 1

    @property
    def frames_per_second(self) -> float:
        return FRAMES_PER_SECOND / self.every


class QualityLadder:
    """The quality of one session's pictures."""

    def __init__(self, video: VideoFormat) -> None:
        self._video = video
        self._wanted_bps = self._bitrate_bps = video.bitrate_bps
        self._step = 0
        self._fell_ms = self._bitrate_changed_ms = float("-inf")
        self._room_since_ms: float | None = None

    def allow(self, bitrate_bps: int) -> None:
        """What the network bears now; the format's own bitrate is the most that is ever used."""
        self._wanted_bps = min(bitrate_bps, self._video.bitrate_bps)

    def at(self, now_ms: float) -> Quality:
        """What to encode from now on. Times only grow."""
        before = self._step
        self._step = self._fallen(now_ms) if self._starved(self._step) else self._risen(now_ms)
        if self._step != before or self._follows(now_ms):
            self._bitrate_bps, self._bitrate_changed_ms = self._wanted_bps, now_ms
        width_px, height_px, every = self._shape(self._step)
        return Quality(self._bitrate_bps, width_px, height_px, every)

    def _fallen(self, now_ms: float) -> int:
        self._room_since_ms = None
        if now_ms - self._fell_ms < FALL_EVERY_MS:
            return self._step
        self._fell_ms = now_ms
        fitting = (step for step in range(self._step, len(_STEPS)) if not self._starved(step))
        return next(fitting, len(_STEPS) - 1)

    def _risen(self, now_ms: float) -> int:
        if self._step == 0 or self._starved(self._step - 1, RISES_FROM):
            self._room_since_ms = None
            return self._step
        if self._room_since_ms is None:
            self._room_since_ms = now_ms
        if now_ms - self._room_since_ms < RISE_AFTER_MS:
            return self._step
        self._room_since_ms = now_ms
        return self._step - 1

    def _follows(self, now_ms: float) -> bool:
        """Whether the encoder is told of a bitrate that changed."""
        if self._video.codec == "h264":
            return True
        change = self._wanted_bps / self._bitrate_bps - 1
        pause_ms = _VP8_GROWS_EVERY_MS if change > 0 else FALL_EVERY_MS
        return abs(change) >= _VP8_STEP and now_ms - self._bitrate_changed_ms >= pause_ms

    def _starved(self, step: int, margin: float = 1.0) -> bool:
        width_px, height_px, every = self._shape(step)
        needed_bps = STARVED_BITS * width_px * height_px * FRAMES_PER_SECOND / every
        return self._wanted_bps < margin * needed_bps

    def _shape(self, step: int) -> tuple[int, int, int]:
        share, every = _STEPS[step]
        return _even(self._video.width_px * share), _even(self._video.height_px * share), every


def _even(length_px: float) -> int:
    return max(2, round(length_px / 2) * 2)
