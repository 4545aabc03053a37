"""What remains of a session, on the wire: transcript, analytics, tool calls, and how busy the server is."""

from typing import Any, Literal

from pydantic import Field

from visavis.http.wire import Answer, Timestamp

SessionType = Literal["turnkey", "custom_llm_server", "custom_llm_client", "livekit", "elevenlabs_agent"]
CallStatus = Literal["started", "completed", "failed"]
Metric = Literal[
    "transcriptionLatencySeconds",
    "llmTimeToFirstOutputSeconds",
    "ttsTimeToFirstAudioSeconds",
    "firstAudioLatencySeconds",
]


def _empty(value: object) -> bool:
    """For the few keys that the contract leaves out rather than making them null."""
    return value is None


class Concurrency(Answer):
    """A look at the moment; the limit itself is enforced when a session starts."""

    limit: int
    active: int
    can_start_session: bool
    estimated_wait_seconds: int | None


class Recording(Answer):
    recording_url: str


class TranscriptMessage(Answer):
    role: Literal["user", "persona"]
    message: str
    timestamp: Timestamp | None
    speaking_duration_seconds: float | None
    was_interrupted: bool | None = Field(default=None, exclude_if=_empty, description="Of what the persona said.")


class Transcript(Answer):
    session_id: str
    persona_name: str
    start_time: Timestamp
    end_time: Timestamp | None
    duration_ms: int | None
    total_messages: int
    transcripts_enabled: bool
    messages: list[TranscriptMessage]


class ToolCall(Answer):
    tool_call_id: str | None = None
    tool_name: str | None = None
    tool_type: str | None = None
    status: CallStatus | None = None
    started_at: str | None = None
    completed_at: str | None = None
    duration_seconds: float | None = None
    error_message: str | None = None


class ToolCallDetail(ToolCall):
    """`arguments`, `result` and `documentsAccessed` are null where nothing that was said may be kept."""

    turn_index: int
    correlation_id: str | None
    tool_subtype: str | None = None
    arguments: dict[str, Any] | None = None
    result: str | None = None
    documents_accessed: list[str] | None = None


class Waterfall(Answer):
    """Milliseconds since the user stopped speaking; since the message arrived, where they typed; otherwise since the
    first of these steps. `firstAudio` is when the voice had its first sound ready, `firstFrame` when the first picture
    of the speaking face left, `firstPacket` when the first packet of sound did."""

    endpoint: int | None = None
    transcript: int | None = None
    first_token: int | None = None
    first_audio: int | None = None
    first_frame: int | None = None
    first_packet: int | None = None


class Turn(Answer):
    """A user utterance and the answer to it. A greeting has no user side, an unanswered utterance no other."""

    turn_index: int
    correlation_id: str | None
    user_speech_start_time: str | None = None
    user_speech_end_time: str | None = None
    user_speech_duration_seconds: float | None = None
    endpoint_time: str | None = Field(default=None, description="When it was decided that the user had finished.")
    endpoint_latency_seconds: float | None = None
    user_transcription_time: str | None = None
    transcription_latency_seconds: float | None = None
    llm_first_output_time: str | None = None
    llm_final_output_time: str | None = None
    llm_time_to_first_output_seconds: float | None = None
    llm_generation_duration_seconds: float | None = None
    tts_start_time: str | None = None
    tts_end_time: str | None = None
    tts_generation_duration_seconds: float | None = None
    tts_time_to_first_audio_seconds: float | None = None
    persona_start_speaking_time: str | None = None
    persona_stop_speaking_time: str | None = None
    first_audio_latency_seconds: float | None = None
    first_frame_latency_seconds: float | None = None
    speaking_duration_seconds: float | None = None
    finish_reason: Literal["completed", "interrupted"] | None = None
    was_interrupted: bool = False
    interrupted_stage: (
        Literal["before_llm_output", "during_llm_generation", "before_audio", "while_speaking"] | None
    ) = None
    waterfall_ms: Waterfall | None = None
    av_skew_ms: float | None = Field(
        default=None,
        description="How much later than the sound of the same moment the pictures of the answer left: the middle one.",
    )
    av_skew_worst_ms: float | None = Field(default=None, description="That of the picture furthest from its sound.")
    tool_calls: list[ToolCall]
    user_message: str | None = Field(default=None, exclude_if=_empty, description="With `includeMessages`.")
    assistant_message: str | None = Field(default=None, exclude_if=_empty, description="With `includeMessages`.")


class CallCounts(Answer):
    total: int = 0
    succeeded: int = 0
    failed: int = 0
    by_name: dict[str, int]


class AverageLatencies(Answer):
    transcription_latency_seconds: float | None
    llm_time_to_first_output_seconds: float | None
    tts_generation_duration_seconds: float | None
    first_audio_latency_seconds: float | None


class Summary(Answer):
    total_turns: int
    completed_turns: int
    interrupted_turns: int
    interruption_rate: float | None
    total_user_speech_duration_seconds: float | None
    total_user_words: int | None
    total_assistant_words: int | None
    total_warnings: int
    total_errors: int
    tool_calls: CallCounts
    average_latencies: AverageLatencies


class ProviderUse(Answer):
    """One provider in one session. `latencyP50Seconds` is until the first word of a mind, until the first sound of a
    voice, and until the text after the end of an utterance. Tokens are null where the provider did not tell them.
    `cost` is by the prices that the operator set (VISAVIS_PRICES), in their currency; null without one."""

    kind: Literal["llm", "tts", "stt"]
    provider: str
    model: str | None
    calls: int
    failures: int
    latency_p50_seconds: float | None
    tokens_read: int | None
    tokens_written: int | None
    characters: int | None = Field(description="Of the text that a voice was given.")
    audio_seconds: float | None = Field(description="Of the speech that a recogniser heard.")
    cost: float | None


class Spread(Answer):
    p50: float
    p95: float
    max: float


class Network(Answer):
    """The line to the client, from what the server sent and what the client's RTCP reports said of it, every two
    seconds. `roundTripMs` and `jitterMs` (of the sound, at the client) are of the latest ten minutes and null where the
    client told nothing; the rest is of the whole session, sound and picture together."""

    round_trip_ms: Spread | None
    jitter_ms: Spread | None
    packets_sent: int
    packets_lost: int
    packet_loss_rate: float | None
    sent_bits_per_second: int = Field(description="Of sound and picture, without what the network adds.")


class AvSkew(Answer):
    """How much later than the sound of the same moment pictures left the server; negative where they left earlier."""

    mean_ms: float
    worst_ms: float


class RanWith(Answer):
    llm_provider: str | None
    llm_model: str | None
    tts_provider: str | None
    tts_voice: str | None
    avatar_key: str | None
    persona_name: str | None
    language_code: str | None
    transcripts_enabled: bool


class SessionAnalytics(Answer):
    session_id: str
    start_time: Timestamp
    end_time: Timestamp | None
    duration_seconds: float | None
    session_type: SessionType | None
    exit_status: str | None
    client_label: str | None
    client_metadata: dict[str, Any] | None
    persona_id: str | None
    api_key_id: str | None
    config: RanWith
    summary: Summary
    providers: list[ProviderUse]
    network: Network | None = Field(description="Null where nobody connected, or not for long enough.")
    av_skew: AvSkew | None = Field(description="Null where no picture of an answer was sent.")
    turns: list[Turn]
