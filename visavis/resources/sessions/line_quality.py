"""How good the network was in a session, and how well pictures went with their sound. Figures and no words.

The former is kept in one column of the session and grows while it lives; the latter is part of each turn.
"""

from collections.abc import Sequence
from statistics import quantiles

from visavis.core.events import LineMeasured
from visavis.db.models import Json
from visavis.resources.sessions.report_schemas import AvSkew, Network, Spread

SAMPLES_MAX = 300  # of each kind, the latest: ten minutes


class LineQuality:
    """What is kept of one session; `stored` is what the database has, or will have, of it."""

    def __init__(self, stored: Json | None = None) -> None:
        self.stored: Json = dict(stored or {})

    def add(self, line: LineMeasured) -> None:
        for name, value in (("roundTripsMs", line.round_trip_ms), ("jittersMs", line.jitter_ms)):
            if value is not None:
                self.stored[name] = [*self.stored.get(name, []), round(value, 1)][-SAMPLES_MAX:]
        sums = {"packetsSent": line.packets_sent, "packetsLost": line.packets_lost, "bytesSent": line.bytes_sent}
        for name, more in {**sums, "spanMs": round(line.span_ms)}.items():
            self.stored[name] = self.stored.get(name, 0) + more


def network(stored: Json) -> Network | None:
    """None where nothing was measured."""
    if not stored.get("spanMs"):
        return None
    sent, lost = stored["packetsSent"], stored["packetsLost"]
    return Network(
        round_trip_ms=_spread(stored.get("roundTripsMs", [])),
        jitter_ms=_spread(stored.get("jittersMs", [])),
        packets_sent=sent,
        packets_lost=lost,
        packet_loss_rate=round(min(1.0, lost / sent), 4) if sent else None,
        sent_bits_per_second=round(stored["bytesSent"] * 8_000 / stored["spanMs"]),
    )


def av_skew(turns: Sequence[Json]) -> AvSkew | None:
    """Of all turns of which pictures were seen."""
    middles = [skew for turn in turns if (skew := turn.get("avSkewMs")) is not None]
    worst = [skew for turn in turns if (skew := turn.get("avSkewWorstMs")) is not None]
    if not middles or not worst:
        return None
    return AvSkew(mean_ms=round(sum(middles) / len(middles), 1), worst_ms=max(worst, key=abs))


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    percents = quantiles(values, n=100, method="inclusive") if len(values) > 1 else [values[0]] * 99
    return Spread(p50=round(percents[49], 1), p95=round(percents[94], 1), max=max(values))
