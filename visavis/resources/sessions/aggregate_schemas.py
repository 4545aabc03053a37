"""The latencies of many sessions, on the wire."""

from pydantic import Field

from visavis.http.wire import Answer, Timestamp
from visavis.resources.sessions.report_schemas import CallCounts, Metric, SessionType


class LatencyStats(Answer):
    """Seconds; everything is null when no turn was measured."""

    count: int
    avg: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


class Filters(Answer):
    persona_id: str | None
    api_key_id: str | None
    client_label: str | None
    session_type: SessionType | None


class Latencies(Answer):
    transcription_latency_seconds: LatencyStats
    llm_time_to_first_output_seconds: LatencyStats
    llm_generation_duration_seconds: LatencyStats
    tts_generation_duration_seconds: LatencyStats
    tts_time_to_first_audio_seconds: LatencyStats
    first_audio_latency_seconds: LatencyStats
    speaking_duration_seconds: LatencyStats
    user_speech_duration_seconds: LatencyStats
    endpoint_latency_seconds: LatencyStats
    first_frame_latency_seconds: LatencyStats


class Counts(Answer):
    completed_turns: int
    interrupted_turns: int
    interrupted_before_audio_turns: int
    total_errors: int
    total_warnings: int
    sessions_with_errors: int
    sessions_with_warnings: int
    tool_calls: CallCounts


class Rates(Answer):
    interruption_rate: float | None
    interrupted_before_audio_rate: float | None
    error_session_rate: float | None
    warning_session_rate: float | None
    tool_call_failure_rate: float | None


class SlowTurn(Answer):
    session_id: str
    correlation_id: str | None
    metric: Metric
    value_seconds: float
    session_start_time: Timestamp
    persona_id: str | None
    client_label: str | None


class Aggregate(Answer):
    since: Timestamp = Field(serialization_alias="from")
    to: Timestamp
    filters: Filters
    session_count: int
    sessions_with_reports: int
    truncated: bool
    turn_count: int
    latencies: Latencies
    counts: Counts
    rates: Rates
    slowest_turns: list[SlowTurn]
