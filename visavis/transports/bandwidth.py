"""How much a picture may cost, from what its receiver reports. Pure: time and rates are arguments.

A receiver's estimate (REMB) begins at what it gets, follows at most 8 % a second, and never exceeds 1.5 times
that; a face sends little, and much for a moment. So a low estimate alone means nothing. But it falls only where packets
queue up: an estimate that fell, and that a second later is still below what is sent, is the network's doing. A machine
that is busy for a moment makes it fall too, but then it has recovered.
Otherwise the bitrate grows by itself, slowly, or a face that needs little would never be allowed more again.
Loss is counted on its own, since the estimate looks at delay only.
"""

BITRATE_MIN_BPS = 40_000
CONFIRMED_AFTER_MS = 1_000.0  # a receiver that has nothing to tell repeats its estimate once a second
LOSS_HIGH = 0.10
LOSS_LOW = 0.02
GROWTH_PER_S = 0.08
_REPORT_MAX_S = 2.0  # what a long silence between reports may count for


class Bandwidth:
    """The bitrate of one sender, in bits per second, between `BITRATE_MIN_BPS` and the limit."""

    def __init__(self, limit_bps: int) -> None:
        self._limit_bps = limit_bps
        self._by_delay_bps = float(limit_bps)
        self._by_loss_bps = float(limit_bps)
        self._estimate_bps = 0.0
        self._fell_ms: float | None = None
        self._estimated_ms: float | None = None
        self._reported_ms: float | None = None

    @property
    def target_bps(self) -> int:
        return round(max(BITRATE_MIN_BPS, min(self._by_delay_bps, self._by_loss_bps, self._limit_bps)))

    def on_estimate(self, estimate_bps: float, sent_bps: float, now_ms: float) -> None:
        before_ms, self._estimated_ms = self._estimated_ms, now_ms
        congested = self._congested(estimate_bps, sent_bps, now_ms)
        if congested or estimate_bps >= self._by_delay_bps:
            self._by_delay_bps = max(float(BITRATE_MIN_BPS), estimate_bps)
        else:
            self._by_delay_bps *= _growth(before_ms, now_ms)
        self._by_delay_bps = min(float(self._limit_bps), self._by_delay_bps)

    def _congested(self, estimate_bps: float, sent_bps: float, now_ms: float) -> bool:
        fell, self._estimate_bps = estimate_bps < self._estimate_bps, estimate_bps
        if estimate_bps >= sent_bps:
            self._fell_ms = None
        elif fell and self._fell_ms is None:
            self._fell_ms = now_ms
        return self._fell_ms is not None and now_ms - self._fell_ms >= CONFIRMED_AFTER_MS

    def on_loss(self, fraction: float, now_ms: float) -> None:
        """What share of the packets since the last report was lost, 0 to 1."""
        before_ms, self._reported_ms = self._reported_ms, now_ms
        if fraction > LOSS_HIGH:
            self._by_loss_bps = max(float(BITRATE_MIN_BPS), self.target_bps * (1 - 0.5 * fraction))
        elif fraction < LOSS_LOW:
            self._by_loss_bps = min(float(self._limit_bps), self._by_loss_bps * _growth(before_ms, now_ms))


def _growth(before_ms: float | None, now_ms: float) -> float:
    elapsed_s = 0.0 if before_ms is None else min(_REPORT_MAX_S, (now_ms - before_ms) / 1000)
    return 1 + GROWTH_PER_S * elapsed_s
