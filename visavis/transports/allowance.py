"""How often a client may do something that costs us."""

from visavis.core.clock import Clock


class Allowance:
    """A full second's worth at once, and then at that rate."""

    def __init__(self, per_s: int, clock: Clock) -> None:
        self._per_s, self._clock = per_s, clock
        self._left = float(per_s)
        self._at_ms = clock.now_ms()

    def take(self) -> bool:
        """Use one; false when none is left."""
        now_ms = self._clock.now_ms()
        self._left = min(float(self._per_s), self._left + (now_ms - self._at_ms) * self._per_s / 1000)
        self._at_ms = now_ms
        if self._left < 1:
            return False
        self._left -= 1
        return True
