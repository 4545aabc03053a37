"""Adds up the turns of many sessions while they are read; pure, and it keeps numbers only.

To keep what was read instead would cost the garbage collector half a second, in which nobody would hear anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import get_args

from visavis.db.models import Json
from visavis.resources.sessions.aggregate_schemas import Counts, Latencies, LatencyStats, Rates, SlowTurn
from visavis.resources.sessions.analytics import share
from visavis.resources.sessions.measured import completed
from visavis.resources.sessions.report_schemas import CallCounts, Metric

SLOWEST_PER_METRIC = 5
METRICS: tuple[Metric, ...] = get_args(Metric)
MEASURES = [field.alias or name for name, field in Latencies.model_fields.items()]


@dataclass(frozen=True, slots=True)
class Reported:
    """As much of a session as is needed here."""

    started_at: datetime
    persona_id: str | None
    client_label: str | None
    errors: int
    warnings: int


@dataclass(slots=True)
class Tally:
    sessions: dict[str, Reported] = field(default_factory=dict[str, Reported])
    calls: CallCounts = field(default_factory=lambda: CallCounts(by_name={}))
    turns: int = 0
    completed: int = 0
    interrupted: int = 0
    interrupted_before_audio: int = 0
    _seconds: dict[str, list[float]] = field(default_factory=lambda: {name: list[float]() for name in MEASURES})
    # smallest first; the count keeps apart what took equally long
    _slowest: dict[Metric, list[tuple[float, int, str, str]]] = field(
        default_factory=lambda: {metric: list[tuple[float, int, str, str]]() for metric in METRICS}
    )

    def add(self, session_id: str, turn_id: str, turn: Json) -> None:
        self.turns += 1
        self.completed += completed(turn)
        if turn.get("wasInterrupted"):
            self.interrupted += 1
            self.interrupted_before_audio += turn.get("interruptedStage") != "while_speaking"
        for name, values in self._seconds.items():
            if (value := turn.get(name)) is not None:
                values.append(value)
        for metric, slowest in self._slowest.items():
            if (value := turn.get(metric)) is not None:
                heappush(slowest, (value, self.turns, session_id, turn_id))
                if len(slowest) > SLOWEST_PER_METRIC:
                    heappop(slowest)

    def counts(self) -> Counts:
        sessions = self.sessions.values()
        return Counts(
            completed_turns=self.completed,
            interrupted_turns=self.interrupted,
            interrupted_before_audio_turns=self.interrupted_before_audio,
            total_errors=sum(session.errors for session in sessions),
            total_warnings=sum(session.warnings for session in sessions),
            sessions_with_errors=sum(session.errors > 0 for session in sessions),
            sessions_with_warnings=sum(session.warnings > 0 for session in sessions),
            tool_calls=self.calls,
        )

    def latencies(self) -> Latencies:
        return Latencies.model_validate({name: latency_stats(values) for name, values in self._seconds.items()})

    def slowest_turns(self) -> list[SlowTurn]:
        """Slowest first, metric by metric."""
        return [
            self._slow(metric, *slow)
            for metric, slowest in self._slowest.items()
            for slow in sorted(slowest, reverse=True)
        ]

    def _slow(self, metric: Metric, seconds: float, _: int, session_id: str, turn_id: str) -> SlowTurn:
        session = self.sessions[session_id]
        return SlowTurn(
            session_id=session_id,
            correlation_id=turn_id,
            metric=metric,
            value_seconds=seconds,
            session_start_time=session.started_at,
            persona_id=session.persona_id,
            client_label=session.client_label,
        )


def rates(counts: Counts, sessions: int) -> Rates:
    """Null where there is nothing to divide by."""
    replies = counts.completed_turns + counts.interrupted_turns
    return Rates(
        interruption_rate=share(counts.interrupted_turns, replies),
        interrupted_before_audio_rate=share(counts.interrupted_before_audio_turns, replies),
        error_session_rate=share(counts.sessions_with_errors, sessions),
        warning_session_rate=share(counts.sessions_with_warnings, sessions),
        tool_call_failure_rate=share(counts.tool_calls.failed, counts.tool_calls.total),
    )


def latency_stats(values: Sequence[float]) -> LatencyStats:
    """Percentiles lie on the line between the two measurements around them."""
    ranked = sorted(values)
    if not ranked:
        return LatencyStats(count=0, avg=None, p50=None, p90=None, p95=None, p99=None, max=None)
    p50, p90, p95, p99 = (_percentile(ranked, part) for part in (0.5, 0.9, 0.95, 0.99))
    mean = round(sum(ranked) / len(ranked), 3)
    return LatencyStats(count=len(ranked), avg=mean, p50=p50, p90=p90, p95=p95, p99=p99, max=ranked[-1])


def _percentile(ranked: Sequence[float], part: float) -> float:
    place = (len(ranked) - 1) * part
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return round(ranked[below] + (ranked[above] - ranked[below]) * (place - below), 3)
