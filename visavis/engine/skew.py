"""How far apart sound and picture leave that belong to the same moment.

Both are late against the media clock, the one by this much and the other by that; how much later the picture is than
the sound is what a viewer sees of it, before the network adds its own.
"""

from collections import deque
from statistics import median

PICTURES_MAX = 1_500  # of one reply, the latest: a minute


class Skew:
    """Of one reply, in milliseconds: positive where pictures leave later than their sound."""

    def __init__(self) -> None:
        self._pictures_ms: deque[float] = deque(maxlen=PICTURES_MAX)

    def add(self, picture_late_ms: float, sound_late_ms: float) -> None:
        self._pictures_ms.append(picture_late_ms - sound_late_ms)

    @property
    def middle_ms(self) -> float | None:
        return median(self._pictures_ms) if self._pictures_ms else None

    @property
    def worst_ms(self) -> float | None:
        return max(self._pictures_ms, key=abs, default=None)
