"""Traces for OpenTelemetry: a span for each session and each turn, and inside a turn one for each step.

Names follow the conventions for generative AI where there are any (`chat`, `invoke_agent`, `execute_tool`). Nothing
that was said is in them, no prompt, and no name that somebody gave a tool. Spans are written when what they tell about
is over, with the times it really had.
"""

import time
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.util.types import AttributeValue

from visavis.core.clock import Clock
from visavis.core.events import Event, SessionEnded, ToolCallCompleted, ToolCallFailed, TurnMeasured, Warned
from visavis.core.spec import SessionSpec, ToolKind
from visavis.telemetry.steps import steps_ms, tool_outcome

EXPORT_EVERY_MS = 2_000
EXPORT_WITHIN_S = 10.0
FLUSH_WITHIN_MS = 3_000
# the conventions' names for kinds of tools: the caller's, a store of documents, and what an agent calls by itself
TOOL_TYPES: dict[ToolKind, str] = {
    "client": "function", "webhook": "extension", "mcp": "extension", "knowledge": "datastore", "system": "function",
}  # fmt: skip


@dataclass(slots=True)
class _Session:
    span: Span
    turns: int = 0
    failures: int = 0


class Traces:
    """Satisfies `Watcher`. Spans are sent by a thread of the library; those it cannot deliver are lost, and logged."""

    def __init__(self, url: str, version: str, clock: Clock) -> None:
        exporter = OTLPSpanExporter(endpoint=url, timeout=EXPORT_WITHIN_S)
        resource = Resource.create({"service.name": "visavis", "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_EVERY_MS))
        self._tracer = self._provider.get_tracer("visavis", version)
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    def close(self) -> None:
        """Sends what is left; blocks for a few seconds at most."""
        self._provider.force_flush(FLUSH_WITHIN_MS)
        self._provider.shutdown()

    def admitted(self, spec: SessionSpec) -> None:
        span = self._tracer.start_span(
            "invoke_agent",
            kind=SpanKind.SERVER,
            attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": spec.session_id},
        )
        self._sessions[spec.session_id] = _Session(span)

    def refused(self) -> None:
        """A session that never was has no trace; the metrics count it."""

    def happened(self, spec: SessionSpec, event: Event) -> None:
        session = self._sessions.get(spec.session_id)
        if session is None:
            return
        match event:
            case TurnMeasured():
                session.turns += 1
                self._turn(session, spec, event)
            case ToolCallCompleted() | ToolCallFailed():
                self._tool(session, event)
            case Warned(failure=True):
                session.failures += 1
            case SessionEnded(reason=reason):
                del self._sessions[spec.session_id]
                self._end(session, reason)
            case _:
                pass

    def _end(self, session: _Session, reason: str) -> None:
        session.span.set_attributes(
            {"visavis.end_reason": reason, "visavis.turns": session.turns, "visavis.failures": session.failures}
        )
        if reason == "failed":
            session.span.set_attribute("error.type", "failed")
            session.span.set_status(Status(StatusCode.ERROR))
        session.span.end()

    def _turn(self, session: _Session, spec: SessionSpec, turn: TurnMeasured) -> None:
        begins = (
            turn.user_started_ms, turn.text_final_ms, turn.first_token_ms, turn.voice_started_ms, turn.first_audio_ms,
        )  # fmt: skip
        begun_ms = next((at_ms for at_ms in begins if at_ms is not None), turn.at_ms)
        attributes: dict[str, AttributeValue] = {
            "gen_ai.conversation.id": spec.session_id,
            "visavis.turn.interrupted": turn.interrupted,
            "visavis.turn.answered": turn.answered,
        }
        span = self._span(session.span, "turn", begun_ms, attributes)
        if turn.failed:
            span.set_attribute("error.type", "failed")
            span.set_status(Status(StatusCode.ERROR))
        for step, (from_ms, until_ms) in steps_ms(turn).items():
            self._span(span, step, from_ms, {}).end(self._wall_ns(until_ms))
        self._chat(span, spec, turn)
        span.end(self._wall_ns(turn.last_audio_ms or turn.at_ms))

    def _tool(self, session: _Session, event: ToolCallCompleted | ToolCallFailed) -> None:
        call, outcome = event.call, tool_outcome(event)
        attributes: dict[str, AttributeValue] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.type": TOOL_TYPES[call.kind],
            "gen_ai.tool.call.id": call.call_id,
            "gen_ai.conversation.id": call.session_id,
            "visavis.tool.outcome": outcome,
        }
        span = self._span(session.span, f"execute_tool {call.kind}", call.started_ms, attributes)
        if outcome == "failed":
            span.set_attribute("error.type", "failed")
            span.set_status(Status(StatusCode.ERROR))
        span.end(self._wall_ns(event.at_ms))

    def _chat(self, parent: Span, spec: SessionSpec, turn: TurnMeasured) -> None:
        """What the model did, from the words it was given to its last token."""
        mind, asked_ms, first_ms = spec.mind, turn.text_final_ms, turn.first_token_ms
        if mind is None or asked_ms is None or first_ms is None:
            return
        attributes: dict[str, AttributeValue] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": mind.provider,
            "gen_ai.request.model": mind.model,
            "gen_ai.conversation.id": spec.session_id,
            "visavis.time_to_first_token_ms": round(first_ms - asked_ms),
        }
        span = self._span(parent, f"chat {mind.model}".strip(), asked_ms, attributes, SpanKind.CLIENT)
        span.end(self._wall_ns(turn.last_token_ms or first_ms))

    def _span(
        self,
        parent: Span,
        name: str,
        begun_ms: float,
        attributes: "dict[str, AttributeValue]",
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Span:
        context = set_span_in_context(parent)
        return self._tracer.start_span(name, context, kind, attributes, start_time=self._wall_ns(begun_ms))

    def _wall_ns(self, engine_ms: float) -> int:
        """What time it was when the engine's clock showed this."""
        return time.time_ns() - round((self._clock.now_ms() - engine_ms) * 1_000_000)
