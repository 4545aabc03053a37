"""The closed list of what can happen in a conversation.

`Command` is what a person or an application asks for; `Event` is what the conversation tells everybody. The same
events are the log, the test oracle, the Lab's timeline and what peers turn into messages on the wire.
`at_ms` is the conversation's clock. Texts people said or wrote never appear in a `repr`, so they never reach a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from visavis.core.spec import ToolKind

EndReason = Literal[
    "client", "never_connected", "connection_lost", "stopped", "max_length", "user_silence", "hung_up", "failed"
]

# what a face can be asked to show for a moment
CUE_TAGS = frozenset(
    ("happy", "warm", "playful", "laughter", "curious", "supportive", "concerned", "sad", "surprised", "angry")
    + ("distressed",)
)

# --- commands ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UserText:
    """A typed message: a complete user turn."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop speaking at once."""


@dataclass(frozen=True, slots=True)
class AddContext:
    """Something the mind should know from the next turn on; nobody answers it."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Talk:
    """Say exactly this, without thinking."""

    text: str = field(repr=False)
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class TalkChunk:
    """A fragment of a text that is being written while it is spoken. An empty `utterance_id` continues the last."""

    text: str = field(repr=False)
    correlation_id: str
    start: bool
    end: bool
    utterance_id: str = ""


@dataclass(frozen=True, slots=True)
class AgentAudio:
    """Ready-made speech to be lip-synced; interleaved s16le of any rate and one or two channels.

    `number` is its place in its sequence, from 0; None from a client that does not count.
    """

    pcm: bytes = field(repr=False)
    rate_hz: int
    channels: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class AgentAudioEnd:
    """The sequence of ready-made speech is complete."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a client tool answered; exactly one of the two is set, or neither for 'nothing to say'."""

    tool_call_id: str
    result: str | None = field(default=None, repr=False)
    error: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DirectorCue:
    """Play a feeling of `CUE_TAGS`: now, in a while, or so long after the persona began to speak."""

    tag: str
    in_ms: float | None = None
    at_ms: float | None = None


@dataclass(frozen=True, slots=True)
class UpdateConfig:
    """Change settings that may change while a session lives, by the contract's own names."""

    changes: dict[str, object]


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A message that cannot be carried out; its sender is told why, in words that quote nothing of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The client leaves."""


Command: TypeAlias = (
    UserText
    | Interrupt
    | AddContext
    | Talk
    | TalkChunk
    | AgentAudio
    | AgentAudioEnd
    | ToolResult
    | DirectorCue
    | UpdateConfig
    | Mistaken
    | End
)

# --- events -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The line is open and everything behind it can take input; once a session."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class UserSpeechStarted:
    """The user has the floor: there is voice, and it is no cough."""

    at_ms: float
    turn_id: str


@dataclass(frozen=True, slots=True)
class UserSpeechEnded:
    """The user has been quiet for long enough; the words follow, if there are any."""

    at_ms: float
    turn_id: str


@dataclass(frozen=True, slots=True)
class UserSaid:
    """One complete user turn. `typed` tells a message from speech; `shown` whether clients are told.

    The last two say when it was spoken, where it was.
    """

    at_ms: float
    turn_id: str
    message_id: str
    text: str = field(repr=False)
    typed: bool
    shown: bool
    spoken_from_ms: float | None = None
    spoken_until_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PersonaSaid:
    """Words the viewer has just heard. The last one of a turn has `final`, perhaps with no text."""

    at_ms: float
    turn_id: str
    message_id: str
    index: int
    text: str = field(repr=False)
    utterance_id: str = ""
    cue_tag: str = ""
    final: bool = False
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class PersonaThought:
    """A piece of the mind's reasoning, as far as the model shows it."""

    at_ms: float
    turn_id: str
    message_id: str
    index: int
    text: str = field(repr=False)
    final: bool = False


@dataclass(frozen=True, slots=True)
class PersonaSpeaking:
    """The first sound of a reply is on the line."""

    at_ms: float
    turn_id: str


@dataclass(frozen=True, slots=True)
class TurnMeasured:
    """Where the time of one turn went; None where the turn had no such step. Milliseconds on one clock.

    Tokens are those of whoever thinks, here or in the application; ready-made lines have none. A reply that was cut
    has `last_audio_ms`, too, if any of it was heard. `user_turn_id` is set where the application answered a user turn
    under an id of its own. A user turn that nobody answered is measured with nothing after its text.

    The steps in their order: the user stopped, `endpoint_ms` (it was decided that they have finished), the text was
    final, the first token came, `first_sound_ms` (the voice's first sound was ready), `first_frame_ms` (the first
    picture of the speaking face left) and `first_audio_ms` (the first packet of sound left). The last two come in
    either order; pictures are there only where somebody looks.

    `av_skew_ms` is how much later than the sound of the same moment the pictures of the speech left: the middle one,
    negative where it left earlier. `av_skew_worst_ms` is that of the picture that was furthest from its sound.
    """

    at_ms: float
    turn_id: str
    user_started_ms: float | None
    user_ended_ms: float | None
    text_final_ms: float | None
    first_token_ms: float | None
    last_token_ms: float | None
    voice_started_ms: float | None
    first_audio_ms: float | None
    last_audio_ms: float | None
    interrupted: bool
    voice_ended_ms: float | None = None
    failed: bool = False
    answered: bool = True
    user_turn_id: str = ""
    endpoint_ms: float | None = None
    first_sound_ms: float | None = None
    first_frame_ms: float | None = None
    av_skew_ms: float | None = None
    av_skew_worst_ms: float | None = None


@dataclass(frozen=True, slots=True)
class LineMeasured:
    """How the line to the person was for the last `span_ms`, by what was sent and what their end reported of it.

    `round_trip_ms` is there and back, `jitter_ms` how unevenly the sound arrives; None where nobody told. Packets and
    bytes are those of sound and picture together, without what the network adds.
    """

    at_ms: float
    span_ms: float
    round_trip_ms: float | None
    jitter_ms: float | None
    packets_sent: int
    packets_lost: int
    bytes_sent: int


@dataclass(frozen=True, slots=True)
class CalledTool:
    """One call of a tool. `user_acted_ms` is when the user did what the persona is answering with it."""

    call_id: str
    session_id: str
    turn_id: str
    name: str
    kind: ToolKind
    arguments: Mapping[str, Any] = field(repr=False)
    started_ms: float
    user_acted_ms: float


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The mind wants a tool, and its arguments are good."""

    at_ms: float
    event_id: str
    call: CalledTool


@dataclass(frozen=True, slots=True)
class ClientToolCalled:
    """The same of a client tool, for pages that know only the older form."""

    at_ms: float
    event_id: str
    call: CalledTool


@dataclass(frozen=True, slots=True)
class ToolCallCompleted:
    """The tool answered. A client tool that answered has said so to its own page already: it is not `shown`."""

    at_ms: float
    event_id: str
    call: CalledTool
    result: str = field(repr=False)
    documents: tuple[str, ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class ToolCallFailed:
    """It did not; `error` is plain words. A call whose arguments could not be used never began and is not `shown`."""

    at_ms: float
    event_id: str
    call: CalledTool
    error: str = field(repr=False)
    shown: bool = True


@dataclass(frozen=True, slots=True)
class CueApplied:
    """The face plays a cue from now on. `acted_ms` is when the user or the application did what it comes from."""

    at_ms: float
    session_id: str
    turn_id: str
    tag: str
    acted_ms: float


@dataclass(frozen=True, slots=True)
class ConfigUpdated:
    """Settings that changed while the session lives: by path, what each was `before` and is `after`."""

    at_ms: float
    session_id: str
    changed: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TalkInterrupted:
    """A talk stream was cut, or ready-made speech under an id of the server's; said once for each."""

    at_ms: float
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a developer should see; plain words, never speech or secrets.

    `failure` tells what went wrong here from what was not asked for well.
    """

    at_ms: float
    text: str
    failure: bool = False


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over; `text` is the reason as people read it. Nothing follows."""

    at_ms: float
    reason: EndReason
    text: str


Event: TypeAlias = (
    SessionReady
    | UserSpeechStarted
    | UserSpeechEnded
    | UserSaid
    | PersonaSaid
    | PersonaThought
    | PersonaSpeaking
    | TurnMeasured
    | LineMeasured
    | ToolCallStarted
    | ClientToolCalled
    | ToolCallCompleted
    | ToolCallFailed
    | CueApplied
    | ConfigUpdated
    | TalkInterrupted
    | Warned
    | SessionEnded
)
