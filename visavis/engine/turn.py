"""Whose turn it is: a pure machine. Facts and a time go in, actions come out; no clock, no tasks, no waiting.

    Quiet ──voice──▶ Listening ──enough quiet──▶ Transcribing ──words──▶ Replying ──done──▶ Quiet
      ▲                  ▲            voice again ◀──┘                       │
      └──────────────────┴──────── barge-in: a voice that is one ────────────┘

Quiet, Listening and Transcribing belong to the user; Replying belongs to the persona from the moment it starts to
think until the last sound was heard. In a pause that is likely the end, the words are asked for at once and the mind
may begin; so a turn often goes from Listening to Replying with everything ready.

Voice in Replying turns two keys before it stops the persona. That it is there makes her quieter, and silent where it
lasts a little; that it is an interruption, by its words or because it goes on, stops her. Until then she can carry on
in the middle of her sentence. Whoever drives the machine
calls `step` with every fact, and again with `Tick` no later than `wake_ms`.
"""

from collections.abc import Callable
from dataclasses import replace

from visavis.engine.patience import LIKELY, Policy, Slowness
from visavis.engine.phrases import interrupts
from visavis.engine.turn_keys import HUSH_AFTER_MS, aside_ms, key_ms, stop_ms
from visavis.engine.turn_terms import (
    AcceptTurn,
    Action,
    CancelReply,
    CarryOn,
    CloseUtterance,
    DropSpeculation,
    DropUtterance,
    Duck,
    EndSpeech,
    Fact,
    HangUp,
    Heard,
    Hush,
    Listening,
    Muted,
    Nudge,
    OpenTurn,
    PauseJudged,
    Quiet,
    ReplyDone,
    Replying,
    SayWaiting,
    Shielded,
    SignOfLife,
    Speculate,
    StartSaying,
    State,
    Step,
    StopRequested,
    SuspicionOver,
    Tick,
    TimeGiven,
    Transcribing,
    Typed,
    Unduck,
    Verdict,
    VoiceJudged,
    VoiceStarted,
    VoiceStopped,
    VoiceSuspected,
)

SUSPECTED_MAX_MS = 200.0  # what was heard longer ago was something else
OTHERWISE_MS = 120.0  # where it was taken for an echo or a noise before: one judgement may be wrong
ASIDE_WITHIN_MS = 600.0  # how long the persona stays quiet for the words of something short
WORDS_AHEAD_MS = 200.0  # what recognisers take for the last words
UTTERANCE_MAX_MS = 60_000.0
CUT_OFF_WITHIN_MS = 750.0  # who begins to speak this soon after their question had not finished it
WORDLESS = ("echo", "noise", "hum")


class TurnMachine:
    """Holds the state between steps; everything that decides is in the pure functions below."""

    def __init__(self, policy: Policy, now_ms: float, new_id: Callable[[], str]) -> None:
        self.state: State = Quiet(now_ms)
        self.policy = policy
        self.slowness = Slowness()
        self._trusts_mute = True  # some microphones send perfect silence between words
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
            case Listening() as state:
                return self._over_ms(state) if state.closed else self._guess_ms(state)
            case Replying() as state:
                return min((at for at in (key_ms(state), aside_ms(state)) if at is not None), default=None)
            case Transcribing():
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

    # --- nobody speaks ------------------------------------------------------------------------------------------

    def _when_quiet(self, state: Quiet, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceStarted():
                return self._open_turn(now_ms)
            case VoiceStopped():  # it was nobody's
                return state, [DropUtterance()]
            case Typed(text):
                return self._typed(text, now_ms, [])
            case SayWaiting(turn_id, protected):
                return Replying(turn_id, protected), [StartSaying(turn_id)]
            case SignOfLife():  # time that was given is not taken back
                return Quiet(max(now_ms, state.silent_since_ms)), []
            case Tick():
                return self._silence(state, now_ms)
            case _:
                return state, []

    def _silence(self, state: Quiet, now_ms: float) -> Step:
        since_ms, policy = state.silent_since_ms, self.policy
        if policy.hang_up_after_ms and now_ms >= since_ms + policy.hang_up_after_ms:
            return state, [HangUp()]
        if policy.nudge_after_ms and not state.nudged and now_ms >= since_ms + policy.nudge_after_ms:
            turn_id = self._new_id()
            return Replying(turn_id, nudged_since_ms=state.silent_since_ms), [Nudge(turn_id)]
        return state, []

    # --- the user speaks ----------------------------------------------------------------------------------------

    def _when_listening(self, state: Listening, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceStarted():
                self._trusts_mute &= not state.muted
                return _goes_on(state), _thrown_away(state)
            case VoiceStopped(quiet_ms):
                return replace(state, quiet_since_ms=now_ms - quiet_ms), []
            case Muted() if state.quiet_since_ms is not None and self._trusts_mute:
                return self._likely_over(replace(state, muted=True))
            case PauseJudged(done) if state.quiet_since_ms is not None:
                return self._likely_over(replace(state, done=done))
            case VoiceJudged("echo") if not state.texts and not state.closed:
                return Quiet(now_ms), [EndSpeech(), DropUtterance()]
            case Heard(turn_id, text) if turn_id == state.turn_id:
                return self._heard_part(replace(state, texts=(*state.texts, text), unheard=state.unheard - 1))
            case Typed(text):
                return self._typed(text, now_ms, [*_thrown_away(state), DropUtterance()])
            case Tick() if now_ms >= self._over_ms(state):
                return self._end_speech(state, now_ms)
            case Tick() if not state.closed and now_ms >= self._guess_ms(state):
                return _guessed(state)
            case _:
                return state, []

    def _over_ms(self, state: Listening) -> float:
        """When this turn ends if nothing else happens."""
        limit_ms = state.opened_ms + UTTERANCE_MAX_MS
        if state.quiet_since_ms is None:
            return limit_ms
        wait_ms = self.policy.hurried_ms if state.muted else self.policy.wait_ms(state.done, self.slowness.factor)
        return min(limit_ms, state.quiet_since_ms + wait_ms)

    def _guess_ms(self, state: Listening) -> float:
        """When it is high time to ask for the words, so that they are there when the turn ends."""
        return self._over_ms(state) - (0.0 if state.quiet_since_ms is None or state.done is None else WORDS_AHEAD_MS)

    def _likely_over(self, state: Listening) -> Step:
        likely = state.muted or (state.done or 0.0) >= LIKELY
        return _guessed(state) if likely and not state.closed else (state, [])

    def _heard_part(self, state: Listening) -> Step:
        begin = state.closed and state.unheard == 0 and state.text and self.policy.answers
        if not begin:
            return state, []
        return replace(state, speculating=True), [Speculate(state.turn_id, state.text)]

    def _end_speech(self, state: Listening, now_ms: float) -> Step:
        ended = Transcribing(state.turn_id, state.texts, state.unheard, state.muted)
        if not state.closed:
            return replace(ended, unheard=state.unheard + 1), [EndSpeech(), CloseUtterance(state.turn_id)]
        after, actions = self._heard(ended, now_ms)
        return after, [EndSpeech(), *actions]

    def _when_transcribing(self, state: Transcribing, fact: Fact, now_ms: float) -> Step:
        match fact:
            case Heard(turn_id, text) if turn_id == state.turn_id:
                return self._heard(replace(state, texts=(*state.texts, text), unheard=state.unheard - 1), now_ms)
            case VoiceStarted():  # the pause was one for thought: the same turn goes on
                self.slowness.was_cut_off()
                self._trusts_mute &= not state.muted
                resumed = Listening(state.turn_id, now_ms, None, state.texts, state.unheard)
                return resumed, [OpenTurn(state.turn_id)]
            case Typed(text):
                return self._typed(text, now_ms, [DropUtterance()])
            case _:
                return state, []

    def _heard(self, state: Transcribing, now_ms: float) -> Step:
        if state.unheard > 0:
            return state, []
        if not state.text:
            return Quiet(now_ms), []
        self.slowness.was_right()
        accept = AcceptTurn(state.turn_id, state.text, typed=False, answer=self.policy.answers)
        after: State = Replying(state.turn_id, asked_ms=now_ms) if self.policy.answers else Quiet(now_ms)
        return after, [accept]

    # --- the persona speaks -------------------------------------------------------------------------------------

    def _when_replying(self, state: Replying, fact: Fact, now_ms: float) -> Step:
        match fact:
            case VoiceSuspected() | SuspicionOver() | VoiceStarted() | VoiceJudged() | VoiceStopped():
                return self._voice_meanwhile(state, fact, now_ms)
            case Heard(turn_id, text) if turn_id and turn_id == state.aside_id:
                return self._heard_aside(replace(state, aside_id=""), turn_id, text, now_ms)
            case Typed() if not state.may_be_cut:
                return replace(state, held=fact), []
            case Typed(text):
                return self._typed(text, now_ms, [CancelReply(state.turn_id), DropUtterance()])
            case StopRequested() if state.may_be_cut:
                return self._give_floor(state, now_ms, [CancelReply(state.turn_id)])
            case Tick() if (at_ms := key_ms(state)) is not None and now_ms >= at_ms:
                return self._lasts(state, now_ms)
            case Tick() if (at_ms := aside_ms(state)) is not None and now_ms >= at_ms:
                return _released(replace(state, aside_until_ms=0.0))
            case Shielded(turn_id, on) if turn_id == state.turn_id:
                return replace(state, shielded=on), []
            case TimeGiven(turn_id, patience_ms) if turn_id == state.turn_id:
                return replace(state, patience_ms=patience_ms), []
            case ReplyDone(turn_id) if turn_id == state.turn_id:
                return self._reply_done(state, now_ms)
            case _:
                return state, []

    def _voice_meanwhile(
        self,
        state: Replying,
        fact: VoiceSuspected | SuspicionOver | VoiceStarted | VoiceJudged | VoiceStopped,
        now_ms: float,
    ) -> Step:
        match fact:
            case VoiceSuspected():
                return _ducked(replace(state, suspected_ms=now_ms, verdict="unsure"))
            case SuspicionOver() if state.voice_since_ms is not None:
                return state, []
            case SuspicionOver():
                calm = replace(state, suspected_ms=None)
                return (calm, []) if state.hushed else _released(calm)
            case VoiceStarted():
                return _started(state, now_ms)
            case VoiceJudged("interruption") if _own_words(state) and state.may_be_cut:
                return self._barge_in(state, now_ms)
            case VoiceJudged(verdict):
                return _judged(state, verdict, now_ms)
            case VoiceStopped() if state.voice_since_ms is None or not state.may_be_cut or state.verdict in WORDLESS:
                quiet, actions = _released(replace(state, suspected_ms=None, voice_since_ms=None, verdict="unsure"))
                return quiet, [*actions, DropUtterance()]
            case VoiceStopped():
                return self._ask_aside(state, now_ms)

    def _lasts(self, state: Replying, now_ms: float) -> Step:
        if now_ms >= stop_ms(state):
            return self._barge_in(state, now_ms)
        return replace(state, hushed=True), [Hush()]

    def _ask_aside(self, state: Replying, now_ms: float) -> Step:
        """Too short to be sure by its sound: the words will tell. Until they are known, all stays as it is."""
        aside_id = self._new_id()
        waiting = replace(
            state, suspected_ms=None, voice_since_ms=None, verdict="unsure", aside_id=aside_id,
            aside_until_ms=now_ms + ASIDE_WITHIN_MS,
        )  # fmt: skip
        return waiting, [CloseUtterance(aside_id)]

    def _heard_aside(self, state: Replying, aside_id: str, text: str, now_ms: float) -> Step:
        if not state.may_be_cut or not interrupts(text):
            return (state, []) if state.voice_since_ms is not None else _released(state)
        accept = AcceptTurn(aside_id, text, typed=False, answer=self.policy.answers)
        after: State = Replying(aside_id) if self.policy.answers else Quiet(now_ms)
        return after, [CancelReply(state.turn_id), OpenTurn(aside_id), EndSpeech(), accept]

    def _reply_done(self, state: Replying, now_ms: float) -> Step:
        if state.held is not None:
            return self._typed(state.held.text, now_ms, [DropUtterance()])
        if state.aside_id and state.voice_since_ms is None:  # said while the last words were heard: that is an answer
            return Transcribing(state.aside_id), [OpenTurn(state.aside_id), EndSpeech()]
        return self._give_floor(state, now_ms, [])

    def _barge_in(self, state: Replying, now_ms: float) -> Step:
        began_ms = now_ms if state.voice_since_ms is None else state.voice_since_ms
        if state.asked_ms is not None and began_ms < state.asked_ms + CUT_OFF_WITHIN_MS:
            self.slowness.was_cut_off()
        return self._give_floor(state, now_ms, [CancelReply(state.turn_id)])

    def _give_floor(self, state: Replying, now_ms: float, first: list[Action]) -> Step:
        """The persona is silent now: the user has the floor if they are already speaking."""
        if state.voice_since_ms is not None and state.verdict not in ("echo", "noise"):
            opened, actions = self._open_turn(now_ms)
            return opened, [*first, *actions]
        if state.patience_ms is not None:  # the next thing the persona says, if ever, is a nudge when that is over
            return Quiet(now_ms + state.patience_ms - self.policy.nudge_after_ms), first
        if state.nudged_since_ms is not None:
            return Quiet(state.nudged_since_ms, nudged=True), first
        return Quiet(now_ms), first

    # --- small steps --------------------------------------------------------------------------------------------

    def _open_turn(self, now_ms: float) -> Step:
        turn_id = self._new_id()
        return Listening(turn_id, now_ms), [OpenTurn(turn_id)]

    def _typed(self, text: str, now_ms: float, first: list[Action]) -> Step:
        turn_id = self._new_id()
        accept = AcceptTurn(turn_id, text, typed=True, answer=self.policy.answers)
        state: State = Replying(turn_id) if self.policy.answers else Quiet(now_ms)
        return state, [*first, accept]


def _goes_on(state: Listening) -> Listening:
    """There is voice again: whatever was thought of the pause is void."""
    return replace(state, quiet_since_ms=None, done=None, muted=False, closed=False, speculating=False)


def _guessed(state: Listening) -> Step:
    """The turn may be over: the words are wanted."""
    return replace(state, closed=True, unheard=state.unheard + 1), [CloseUtterance(state.turn_id)]


def _thrown_away(state: Listening) -> list[Action]:
    return [DropSpeculation()] if state.speculating else []


def _started(state: Replying, now_ms: float) -> Step:
    """What was thought of it while it was a suspicion holds."""
    suspected_ms = now_ms if state.suspected_ms is None else max(state.suspected_ms, now_ms - SUSPECTED_MAX_MS)
    started = replace(state, suspected_ms=suspected_ms, voice_since_ms=now_ms)
    return (started, []) if state.verdict in (*WORDLESS, "backchannel") else _ducked(started)


def _judged(state: Replying, verdict: Verdict, now_ms: float) -> Step:
    others = "echo", "noise"
    if state.verdict in others and verdict not in others and state.voice_since_ms is not None and not state.hushed:
        # another voice has come, and begins to count
        state = replace(state, voice_since_ms=now_ms, suspected_ms=now_ms - HUSH_AFTER_MS + OTHERWISE_MS)
    judged = replace(state, verdict="unsure" if verdict == "interruption" else verdict)
    if verdict == "echo" and state.hushed:  # the end of hers, under the other voice or without one
        return judged, []
    return _ducked(judged) if judged.verdict == "unsure" else _released(judged)


def _own_words(state: Replying) -> bool:
    """Whether words that are understood are those of this voice; of an echo they would be the persona's."""
    return state.voice_since_ms is not None and state.verdict not in ("echo", "noise")


def _ducked(state: Replying) -> Step:
    if state.ducked or not state.may_be_cut:
        return state, []
    return replace(state, ducked=True), [Duck()]


def _released(state: Replying) -> Step:
    """She speaks as if nothing had been."""
    actions: list[Action] = [CarryOn()] if state.hushed else [Unduck()] if state.ducked else []
    return replace(state, ducked=False, hushed=False), actions
