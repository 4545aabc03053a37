"""How much a picture may cost, from what its receiver reports. Pure: time and rates are arguments.

A receiver's estimate (REMB) never exceeds one and a half times what it gets, and a face that hardly moves sends little,
so a low estimate alone means nothing. It counts when it is about what is being sent: then the network is the limit.
Otherwise the bitrate grows by itself, slowly, or a face that needs little would never be allowed more again.
Loss is counted on its own, since the estimate looks at delay only.
"""

BITRATE_MIN_BPS = 40_000
NETWORK_LIMITED = 1.2  # an estimate below this multiple of what is sent is the network's doing
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
        self._estimated_ms: float | None = None
        self._reported_ms: float | None = None

    @property
    def target_bps(self) -> int:
        return round(max(BITRATE_MIN_BPS, min(self._by_delay_bps, self._by_loss_bps, self._limit_bps)))

    def on_estimate(self, estimate_bps: float, sent_bps: float, now_ms: float) -> None:
        before_ms, self._estimated_ms = self._estimated_ms, now_ms
        if estimate_bps >= self._by_delay_bps or estimate_bps < NETWORK_LIMITED * sent_bps:
            self._by_delay_bps = max(float(BITRATE_MIN_BPS), estimate_bps)
        else:
            self._by_delay_bps *= _growth(before_ms, now_ms)
        self._by_delay_bps = min(float(self._limit_bps), self._by_delay_bps)

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
