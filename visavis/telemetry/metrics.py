"""Figures for Prometheus. No label ever holds an id, a name that somebody chose, or anything that was said."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from visavis.core.events import Event, SessionEnded, ToolCallCompleted, ToolCallFailed, TurnMeasured, Warned
from visavis.core.spec import SessionSpec
from visavis.telemetry.figures import Now
from visavis.telemetry.steps import steps_ms, tool_outcome

# fine where a person notices, coarse where they have given up
STEP_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


class Metrics:
    """Satisfies `Watcher`. `look` tells what is true now, and is asked at each scrape."""

    def __init__(self, look: Callable[[], Now]) -> None:
        self._registry = registry = CollectorRegistry()
        self._admitted = Counter("visavis_sessions_admitted", "Sessions that were started", registry=registry)
        self._refused = Counter("visavis_sessions_refused", "Sessions refused: the server was full", registry=registry)
        self._ended = Counter("visavis_sessions_ended", "Sessions that are over", ["reason"], registry=registry)
        self._turns = Counter(
            "visavis_turns", "Turns of personas, and of users left alone", ["outcome"], registry=registry
        )
        self._barge_ins = Counter("visavis_barge_ins", "Replies that were cut while they were heard", registry=registry)
        self._warnings = Counter("visavis_warnings", "Things clients were warned about", registry=registry)
        self._failures = Counter(
            "visavis_provider_errors", "Failures of voices, minds, ears or faces", registry=registry
        )
        self._steps = Histogram(
            "visavis_turn_step_seconds", "Where the time of turns went", ["step"],
            buckets=STEP_BUCKETS_S, registry=registry,
        )  # fmt: skip
        self._tools = Histogram(
            "visavis_tool_call_seconds", "How long tools took, by who carries them out", ["kind", "outcome"],
            buckets=(*STEP_BUCKETS_S, 30.0, 60.0), registry=registry,
        )  # fmt: skip
        registry.register(_AtTheMoment(look))

    def admitted(self, spec: SessionSpec) -> None:
        del spec
        self._admitted.inc()

    def refused(self) -> None:
        self._refused.inc()

    def happened(self, spec: SessionSpec, event: Event) -> None:
        del spec
        match event:
            case TurnMeasured():
                self._turn(event)
            case ToolCallCompleted(at_ms=at_ms, call=call) | ToolCallFailed(at_ms=at_ms, call=call):
                self._tools.labels(call.kind, tool_outcome(event)).observe((at_ms - call.started_ms) / 1000)
            case Warned(failure=True):
                self._failures.inc()
            case Warned():
                self._warnings.inc()
            case SessionEnded(reason=reason):
                self._ended.labels(reason).inc()
            case _:
                pass

    def _turn(self, turn: TurnMeasured) -> None:
        self._turns.labels(_outcome(turn)).inc()
        if turn.interrupted and turn.first_audio_ms is not None:
            self._barge_ins.inc()
        for step, (begun_ms, ended_ms) in steps_ms(turn).items():
            self._steps.labels(step).observe((ended_ms - begun_ms) / 1000)

    def page(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self._registry)


class _AtTheMoment(Collector):
    def __init__(self, look: Callable[[], Now]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        now = self._look()
        media = now.media
        yield GaugeMetricFamily("visavis_sessions_live", "Sessions that live", now.sessions)
        yield GaugeMetricFamily("visavis_sessions_max", "How many may live at once", now.sessions_max)
        yield CounterMetricFamily("visavis_frames", "Pictures that were drawn", media.frames)
        yield CounterMetricFamily(
            "visavis_frames_late", "Pictures that were due and did not get out", media.frames_late
        )
        restarts = CounterMetricFamily("visavis_worker_restarts", "Child processes started again", labels=["worker"])
        for worker, count in media.restarts.items():
            restarts.add_metric([worker], count)
        yield restarts
        waiting = GaugeMetricFamily("visavis_queue_depth", "What waits in a queue", labels=["queue"])
        for queue, count in {**media.waiting, "transcripts": now.transcripts_waiting}.items():
            waiting.add_metric([queue], count)
        yield waiting


def _outcome(turn: TurnMeasured) -> str:
    if not turn.answered:
        return "unanswered"
    if turn.failed:
        return "failed"
    return "interrupted" if turn.interrupted else "completed"
