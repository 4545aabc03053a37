"""What the turn machine is told (facts), what it asks for (actions), and what it remembers (states)."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Verdict = Literal["interruption", "backchannel", "hum", "noise", "echo", "unsure"]
"""What a voice is that is heard while the persona speaks.

Backchannels are the words of somebody who listens, and a hum is their "mm-hm": it has no words, whatever a recogniser
makes of it.
"""

# --- facts: what happened ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoiceSuspected:
    """The very first sign of voice. `VoiceStarted` follows if it lasts, `SuspicionOver` if it does not."""


@dataclass(frozen=True, slots=True)
class SuspicionOver:
    pass


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    pass


@dataclass(frozen=True, slots=True)
class VoiceJudged:
    """What the voice that is heard now seems to be; said again whenever that changes."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """`quiet_ms` is how long it has been quiet already when this is noticed."""

    quiet_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Muted:
    """The microphone was switched off: it sends perfect silence."""


@dataclass(frozen=True, slots=True)
class PauseJudged:
    """How likely (0 to 1) it is that the user has finished, judged by the sound and the words of this pause."""

    done: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of one closed utterance; empty when nothing was understood."""

    turn_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SayWaiting:
    """Something the application wants said is waiting for its turn. `protected` cannot be interrupted."""

    turn_id: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class ReplyDone:
    turn_id: str


@dataclass(frozen=True, slots=True)
class Shielded:
    """A tool that must not be interrupted begins or ends its work in a reply."""

    turn_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class TimeGiven:
    """After this reply the persona stays silent for so long, unless the user speaks."""

    turn_id: str
    patience_ms: float


@dataclass(frozen=True, slots=True)
class StopRequested:
    pass


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """The client did something that is not a turn; silence starts counting again."""


@dataclass(frozen=True, slots=True)
class Tick:
    pass


Fact: TypeAlias = (
    VoiceSuspected
    | SuspicionOver
    | VoiceStarted
    | VoiceJudged
    | VoiceStopped
    | Muted
    | PauseJudged
    | Heard
    | Typed
    | SayWaiting
    | ReplyDone
    | Shielded
    | TimeGiven
    | StopRequested
    | SignOfLife
    | Tick
)

# --- actions: what to do about it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """The user has the floor."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class CloseUtterance:
    """The words of what was said since the last time are wanted now, as `Heard`; the turn may still go on."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class EndSpeech:
    """The user has finished, as far as anybody can tell."""


@dataclass(frozen=True, slots=True)
class DropUtterance:
    """What the microphone has collected belongs to no turn."""


@dataclass(frozen=True, slots=True)
class Speculate:
    """The user has probably finished: the mind may begin, but nothing of it may be heard, kept or acted upon yet."""

    turn_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropSpeculation:
    """The user goes on: what was begun is thrown away."""


@dataclass(frozen=True, slots=True)
class AcceptTurn:
    """A complete user turn; `answer` says whether the mind is to reply, perhaps with what it began already."""

    turn_id: str
    text: str = field(repr=False)
    typed: bool
    answer: bool


@dataclass(frozen=True, slots=True)
class StartSaying:
    turn_id: str


@dataclass(frozen=True, slots=True)
class Duck:
    """Speak quietly while it is unclear whether the user wants the floor."""


@dataclass(frozen=True, slots=True)
class Unduck:
    """They do not: carry on at full level."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Say nothing while it is unclear, ready to go on."""


@dataclass(frozen=True, slots=True)
class CarryOn:
    """They do not want the floor: go on where she fell silent."""


@dataclass(frozen=True, slots=True)
class CancelReply:
    turn_id: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """The user has been silent for long; the persona may say something."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Action: TypeAlias = (
    OpenTurn
    | CloseUtterance
    | EndSpeech
    | DropUtterance
    | Speculate
    | DropSpeculation
    | AcceptTurn
    | StartSaying
    | Duck
    | Unduck
    | Hush
    | CarryOn
    | CancelReply
    | Nudge
    | HangUp
)

# --- states -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nobody speaks. `silent_since_ms` counts the user's silence, so a nudge does not restart it."""

    silent_since_ms: float
    nudged: bool = False


@dataclass(frozen=True, slots=True)
class Listening:
    """`quiet_since_ms` is None while there is voice; `done`, `muted` and `closed` belong to the pause since then.

    `texts` and `unheard` are of the parts of the turn whose words were asked for; `closed` says that this includes
    the last one. `speculating` is the text that somebody is already thinking about.
    """

    turn_id: str
    opened_ms: float
    quiet_since_ms: float | None = None
    texts: tuple[str, ...] = ()
    unheard: int = 0
    done: float | None = None
    muted: bool = False
    closed: bool = False
    speculating: bool = False

    @property
    def text(self) -> str:
        return " ".join(part for part in self.texts if part)


@dataclass(frozen=True, slots=True)
class Transcribing:
    turn_id: str
    texts: tuple[str, ...] = ()
    unheard: int = 1
    muted: bool = False

    @property
    def text(self) -> str:
        return " ".join(part for part in self.texts if part)


@dataclass(frozen=True, slots=True)
class Replying:
    """`suspected_ms` is the first sign of the voice that is heard now; `ducked` and `hushed` what it has done to hers.

    `aside_id` names words said meanwhile, not known yet, and `held` is a message typed while nobody may interrupt.
    `asked_ms` is when the spoken turn ended that this answers; `shielded` while a tool must not be interrupted.
    """

    turn_id: str
    protected: bool = False
    suspected_ms: float | None = None
    voice_since_ms: float | None = None
    verdict: Verdict = "unsure"
    ducked: bool = False
    hushed: bool = False
    aside_id: str = ""
    aside_until_ms: float = 0.0
    nudged_since_ms: float | None = None
    held: Typed | None = None
    asked_ms: float | None = None
    shielded: bool = False
    patience_ms: float | None = None

    @property
    def may_be_cut(self) -> bool:
        return not self.protected and not self.shielded


State: TypeAlias = Quiet | Listening | Transcribing | Replying
Step: TypeAlias = tuple[State, list[Action]]
