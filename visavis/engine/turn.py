"""Whose turn it is: a pure machine. Facts and a time go in, actions come out; no clock, no tasks, no waiting.

    Quiet ──voice──▶ Listening ──enough quiet──▶ Transcribing ──words──▶ Replying ──done──▶ Quiet
      ▲                  ▲            voice again ◀──┘                       │
      └──────────────────┴───────────────── barge-in: voice lasts ───────────┘

Quiet, Listening and Transcribing belong to the user; Replying belongs to the persona from the moment it starts to
think until the last sound was heard. Whoever drives the machine calls `step` with every fact, and again with `Tick`
no later than `wake_ms`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from visavis.core.spec import ListeningSpec

BARGE_IN_MS = 200.0  # a cough is shorter
UTTERANCE_MAX_MS = 60_000.0
END_OF_TURN_MIN_MS = 200.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the persona is; 0 switches the last two off. `answers` is false where nobody thinks here."""

    end_of_turn_ms: float = 500.0
    nudge_after_ms: float = 0.0
    hang_up_after_ms: float = 0.0
    answers: bool = True


def policy_from(listening: ListeningSpec, answers: bool) -> Policy:
    """Sensitivity 0 waits 900 ms of quiet, 0.5 waits 500, 1 waits as little as the detector allows."""
    patience_ms = max(END_OF_TURN_MIN_MS, 900.0 - 800.0 * listening.end_of_speech_sensitivity)
    return Policy(
        end_of_turn_ms=min(patience_ms, listening.auto_end_turn_after_ms or patience_ms),
        nudge_after_ms=listening.skip_turn_after_ms if answers else 0.0,
        hang_up_after_ms=listening.end_session_after_ms,
        answers=answers,
    )


# --- facts: what happened ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    pass


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """`quiet_ms` is how long it has been quiet already when this is noticed."""

    quiet_ms: float = 0.0


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
    VoiceStarted
    | VoiceStopped
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
    """The user has finished, as far as the sound tells; the words are wanted now."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class DropUtterance:
    """What the microphone has collected belongs to no turn."""


@dataclass(frozen=True, slots=True)
class AcceptTurn:
    """A complete user turn; `answer` says whether the mind is to reply."""

    turn_id: str
    text: str = field(repr=False)
    typed: bool
    answer: bool


@dataclass(frozen=True, slots=True)
class StartSaying:
    turn_id: str


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


Action: TypeAlias = OpenTurn | CloseUtterance | DropUtterance | AcceptTurn | StartSaying | CancelReply | Nudge | HangUp

# --- states -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nobody speaks. `silent_since_ms` counts the user's silence, so a nudge does not restart it."""

    silent_since_ms: float
    nudged: bool = False


@dataclass(frozen=True, slots=True)
class Listening:
    """`quiet_since_ms` is None while there is voice. `texts` and `unheard` belong to earlier parts of the turn."""

    turn_id: str
    opened_ms: float
    quiet_since_ms: float | None = None
    texts: tuple[str, ...] = ()
    unheard: int = 0


@dataclass(frozen=True, slots=True)
class Transcribing:
    turn_id: str
    texts: tuple[str, ...] = ()
    unheard: int = 1


@dataclass(frozen=True, slots=True)
class Replying:
    """`held` is a message typed while nobody may interrupt; `shielded` while a tool must not be interrupted."""

    turn_id: str
    protected: bool = False
    voice_since_ms: float | None = None
    nudged_since_ms: float | None = None
    held: Typed | None = None
    shielded: bool = False
    patience_ms: float | None = None

    @property
    def may_be_cut(self) -> bool:
        return not self.protected and not self.shielded


State: TypeAlias = Quiet | Listening | Transcribing | Replying
Step: TypeAlias = tuple[State, list[Action]]


class TurnMachine:
    """Holds the state between steps; everything that decides is in the pure functions below."""

    def __init__(self, policy: Policy, now_ms: float, new_id: Callable[[], str]) -> None:
        self.state: State = Quiet(now_ms)
        self.policy = policy
        self._new_id = new_id

    def step(self, fact: Fact, now_ms: float) -> list[Action]:
        self.state, actions = self._decide(fact, now_ms)
        return actions

    @property
    def wake_ms(self) -> float | None:
        """When the machine wants a `Tick` if nothing else happens."""
        match self.state:
            case Quiet(since_ms, nudged):
                hang_up = since_ms + self.policy.hang_up_after_ms if self.policy.hang_up_after_ms else None
                nudge = since_ms + self.policy.nudge_after_ms if self.policy.nudge_after_ms and not nudged else None
                return min((at for at in (hang_up, nudge) if at is not None), default=None)
            case Listening(_, opened_ms, quiet_since_ms):
                limit_ms = opened_ms + UTTERANCE_MAX_MS
                return (
                    limit_ms if quiet_since_ms is None else min(limit_ms, quiet_since_ms + self.policy.end_of_turn_ms)
                )
            case Replying(voice_since_ms=float() as voice_since_ms) if self.state.may_be_cut:
                return voice_since_ms + BARGE_IN_MS
            case Transcribing() | Replying():
                return None

    def _decide(self, fact: Fact, now_ms: float) -> Step:
        match self.state:
            case Quiet() as state:
                return self._when_quiet(state, fact, now_ms)
            case Listening() as state:
                return self._when_listening(state, fact, now_ms)
            case Transcribing() as state:
                return self._when_transcribing(state, fact, now_ms)
            case Replying() as state:
                return self._when_replying(state, fact, now_ms)

    def _when_quiet(self, state: Quiet, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceStarted():
                return self._open_turn(now_ms)
            case Typed(text):
                return self._typed(text, now_ms, [])
            case SayWaiting(turn_id, protected):
                return Replying(turn_id, protected), [StartSaying(turn_id)]
            case SignOfLife():  # time that was given is not taken back
                return Quiet(max(now_ms, state.silent_since_ms)), []
            case Tick():
                return self._silence(state, now_ms)
            case Heard() | VoiceStopped() | ReplyDone() | StopRequested() | Shielded() | TimeGiven():
                return state, []

    def _silence(self, state: Quiet, now_ms: float) -> Step:
        since_ms, policy = state.silent_since_ms, self.policy
        if policy.hang_up_after_ms and now_ms >= since_ms + policy.hang_up_after_ms:
            return state, [HangUp()]
        if policy.nudge_after_ms and not state.nudged and now_ms >= since_ms + policy.nudge_after_ms:
            turn_id = self._new_id()
            return Replying(turn_id, nudged_since_ms=state.silent_since_ms), [Nudge(turn_id)]
        return state, []

    def _when_listening(self, state: Listening, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceStarted():
                return replace(state, quiet_since_ms=None), []
            case VoiceStopped(quiet_ms):
                return replace(state, quiet_since_ms=now_ms - quiet_ms), []
            case Heard(turn_id, text) if turn_id == state.turn_id:
                return replace(state, texts=(*state.texts, text), unheard=state.unheard - 1), []
            case Typed(text):
                return self._typed(text, now_ms, [DropUtterance()])
            case Tick() if self._is_over(state, now_ms):
                return Transcribing(state.turn_id, state.texts, state.unheard + 1), [CloseUtterance(state.turn_id)]
            case Tick() | Heard() | SayWaiting() | ReplyDone() | StopRequested() | SignOfLife():
                return state, []
            case Shielded() | TimeGiven():
                return state, []

    def _is_over(self, state: Listening, now_ms: float) -> bool:
        # the same sums as in `wake_ms`, so that a tick at exactly that time is never a rounding error too early
        if now_ms >= state.opened_ms + UTTERANCE_MAX_MS:
            return True
        return state.quiet_since_ms is not None and now_ms >= state.quiet_since_ms + self.policy.end_of_turn_ms

    def _when_transcribing(self, state: Transcribing, fact: Fact, now_ms: float) -> Step:
        match fact:
            case Heard(turn_id, text) if turn_id == state.turn_id:
                return self._heard(replace(state, texts=(*state.texts, text), unheard=state.unheard - 1), now_ms)
            case VoiceStarted():  # the pause was one for thought: the same turn goes on
                resumed = Listening(state.turn_id, now_ms, None, state.texts, state.unheard)
                return resumed, [OpenTurn(state.turn_id)]
            case Typed(text):
                return self._typed(text, now_ms, [DropUtterance()])
            case Heard() | VoiceStopped() | SayWaiting() | ReplyDone() | StopRequested() | SignOfLife() | Tick():
                return state, []
            case Shielded() | TimeGiven():
                return state, []

    def _heard(self, state: Transcribing, now_ms: float) -> Step:
        if state.unheard > 0:
            return state, []
        text = " ".join(part for part in state.texts if part)
        if not text:
            return Quiet(now_ms), []
        accept = AcceptTurn(state.turn_id, text, typed=False, answer=self.policy.answers)
        return (Replying(state.turn_id) if self.policy.answers else Quiet(now_ms)), [accept]

    def _when_replying(self, state: Replying, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceStarted():
                return replace(state, voice_since_ms=now_ms), []
            case VoiceStopped():
                return replace(state, voice_since_ms=None), [DropUtterance()]
            case Typed() if not state.may_be_cut:
                return replace(state, held=fact), []
            case Typed(text):
                return self._typed(text, now_ms, [CancelReply(state.turn_id), DropUtterance()])
            case StopRequested() if state.may_be_cut:
                return self._give_floor(state, now_ms, [CancelReply(state.turn_id)])
            case Tick() if self._barges_in(state, now_ms):
                return self._give_floor(state, now_ms, [CancelReply(state.turn_id)])
            case Shielded(turn_id, on) if turn_id == state.turn_id:
                return replace(state, shielded=on), []
            case TimeGiven(turn_id, patience_ms) if turn_id == state.turn_id:
                return replace(state, patience_ms=patience_ms), []
            case ReplyDone(turn_id) if turn_id == state.turn_id:
                return self._reply_done(state, now_ms)
            case Heard() | SayWaiting() | ReplyDone() | StopRequested() | SignOfLife() | Tick():
                return state, []
            case Shielded() | TimeGiven():
                return state, []

    def _barges_in(self, state: Replying, now_ms: float) -> bool:
        lasting = state.voice_since_ms is not None and now_ms >= state.voice_since_ms + BARGE_IN_MS
        return lasting and state.may_be_cut

    def _reply_done(self, state: Replying, now_ms: float) -> Step:
        if state.held is not None:
            return self._typed(state.held.text, now_ms, [DropUtterance()])
        return self._give_floor(state, now_ms, [])

    def _give_floor(self, state: Replying, now_ms: float, first: list[Action]) -> Step:
        """The persona is silent now: the user has the floor if they are already speaking."""
        if state.voice_since_ms is not None:
            opened, actions = self._open_turn(now_ms)
            return opened, [*first, *actions]
        if state.patience_ms is not None:  # the next thing the persona says, if ever, is a nudge when that is over
            return Quiet(now_ms + state.patience_ms - self.policy.nudge_after_ms), first
        if state.nudged_since_ms is not None:
            return Quiet(state.nudged_since_ms, nudged=True), first
        return Quiet(now_ms), first

    def _open_turn(self, now_ms: float) -> Step:
        turn_id = self._new_id()
        return Listening(turn_id, now_ms), [OpenTurn(turn_id)]

    def _typed(self, text: str, now_ms: float, first: list[Action]) -> Step:
        turn_id = self._new_id()
        accept = AcceptTurn(turn_id, text, typed=True, answer=self.policy.answers)
        state: State = Replying(turn_id) if self.policy.answers else Quiet(now_ms)
        return state, [*first, accept]
