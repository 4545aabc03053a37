"""The turn machine: tests are arithmetic on milliseconds."""

import math
import random
from itertools import pairwise

import pytest

from tests.engine.turns import ANSWERED, machine
from visavis.core.spec import ListeningSpec
from visavis.engine import turn, turn_keys, turn_terms
from visavis.engine.patience import Policy, policy_from
from visavis.engine.turn_terms import (
    AcceptTurn,
    CancelReply,
    CloseUtterance,
    DropSpeculation,
    DropUtterance,
    Duck,
    EndSpeech,
    HangUp,
    Heard,
    Muted,
    Nudge,
    OpenTurn,
    PauseJudged,
    ReplyDone,
    SayWaiting,
    SignOfLife,
    Speculate,
    StartSaying,
    StopRequested,
    SuspicionOver,
    Tick,
    Typed,
    VoiceJudged,
    VoiceStarted,
    VoiceStopped,
    VoiceSuspected,
)

SCRIPTS = {
    "a spoken turn is answered after enough quiet": ANSWERED,
    "a pause for thought goes on as the same turn": [
        *ANSWERED[:4],
        (1450, VoiceStarted(), [OpenTurn("t1")]),
        (1500, Heard("t1", "hello"), []),
        (2000, VoiceStopped(), []),
        (2500, Tick(), [EndSpeech(), CloseUtterance("t1")]),
        (2600, Heard("t1", "there"), [AcceptTurn("t1", "hello there", typed=False, answer=True)]),
    ],
    "the words of both parts are waited for": [
        *ANSWERED[:4],
        (1450, VoiceStarted(), [OpenTurn("t1")]),
        (1900, VoiceStopped(), []),
        (2400, Tick(), [EndSpeech(), CloseUtterance("t1")]),
        (2500, Heard("t1", "hello"), []),
        (2600, Heard("t1", "there"), [AcceptTurn("t1", "hello there", typed=False, answer=True)]),
    ],
    "nothing understood, nothing answered": [*ANSWERED[:4], (1500, Heard("t1", ""), [])],
    "a likely end is thought about before it is certain": [
        *ANSWERED[:2],
        (1000, PauseJudged(0.9), [CloseUtterance("t1")]),
        (1100, Heard("t1", "hello"), [Speculate("t1", "hello")]),
        (1210, Tick(), [EndSpeech(), AcceptTurn("t1", "hello", typed=False, answer=True)]),
    ],
    "who goes on after all is listened to": [
        *ANSWERED[:2],
        (1000, PauseJudged(0.9), [CloseUtterance("t1")]),
        (1100, Heard("t1", "hello"), [Speculate("t1", "hello")]),
        (1150, VoiceStarted(), [DropSpeculation()]),
        (1500, VoiceStopped(), []),
        (1600, PauseJudged(1.0), [CloseUtterance("t1")]),
        (1700, Heard("t1", "there"), [Speculate("t1", "hello there")]),
        (1750, Tick(), [EndSpeech(), AcceptTurn("t1", "hello there", typed=False, answer=True)]),
    ],
    "words that come late for a likely end are waited for": [
        *ANSWERED[:2],
        (1000, PauseJudged(1.0), [CloseUtterance("t1")]),
        (1150, Tick(), [EndSpeech()]),
        (1300, Heard("t1", "hello"), [AcceptTurn("t1", "hello", typed=False, answer=True)]),
    ],
    "a pause for thought is long": [
        *ANSWERED[:2],
        (1000, PauseJudged(0.0), []),
        (2299, Tick(), []),
        (2300, Tick(), [CloseUtterance("t1")]),
        (2499, Tick(), []),
        (2500, Tick(), [EndSpeech()]),
    ],
    "a microphone that is switched off ends the turn promptly": [
        *ANSWERED[:2],
        (1000, PauseJudged(0.0), []),
        (1100, Muted(), [CloseUtterance("t1")]),
        (1150, Tick(), [EndSpeech()]),
        (1200, Heard("t1", "hello"), [AcceptTurn("t1", "hello", typed=False, answer=True)]),
    ],
    "a microphone that is silent between words is not believed twice": [
        *ANSWERED[:2],
        (1100, Muted(), [CloseUtterance("t1")]),
        (1140, VoiceStarted(), []),
        (2000, VoiceStopped(), []),
        (2200, Muted(), []),
        (2499, Tick(), []),
        (2500, Tick(), [EndSpeech(), CloseUtterance("t1")]),
    ],
    "a protected greeting is not interrupted, and then the user has the floor": [
        (0, SayWaiting("g", protected=True), [StartSaying("g")]),
        (100, VoiceStarted(), []),
        (5000, Tick(), []),
        (5100, StopRequested(), []),
        (6000, ReplyDone("g"), [OpenTurn("t1")]),
    ],
    "a message typed into a protected greeting is answered after it": [
        (0, SayWaiting("g", protected=True), [StartSaying("g")]),
        (100, Typed("hi"), []),
        (900, ReplyDone("g"), [DropUtterance(), AcceptTurn("t1", "hi", typed=True, answer=True)]),
    ],
    "a typed message interrupts": [
        *ANSWERED,
        (1600, Typed("no"), [CancelReply("t1"), DropUtterance(), AcceptTurn("t2", "no", typed=True, answer=True)]),
    ],
    "a typed message replaces half a sentence": [
        (0, VoiceStarted(), [OpenTurn("t1")]),
        (100, Typed("no"), [DropUtterance(), AcceptTurn("t2", "no", typed=True, answer=True)]),
    ],
    "stop is harmless when nobody speaks": [(0, StopRequested(), []), *ANSWERED],
    "stop ends a reply": [*ANSWERED, (1600, StopRequested(), [CancelReply("t1")]), (1700, ReplyDone("t1"), [])],
    "stop while the user speaks gives them the floor": [
        *ANSWERED,
        (1600, VoiceStarted(), [Duck()]),
        (1700, StopRequested(), [CancelReply("t1"), OpenTurn("t2")]),
    ],
    "an utterance has a limit": [
        (0, VoiceStarted(), [OpenTurn("t1")]),
        (turn.UTTERANCE_MAX_MS - 1, Tick(), []),
        (turn.UTTERANCE_MAX_MS, Tick(), [EndSpeech(), CloseUtterance("t1")]),
    ],
    "what is to be said waits while the user has the floor": [
        (0, VoiceStarted(), [OpenTurn("t1")]),
        (10, SayWaiting("s"), []),
    ],
    "words of another turn are ignored": [*ANSWERED[:4], (1500, Heard("t0", "old"), [])],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_script(script: list[tuple[float, turn_terms.Fact, list[turn_terms.Action]]]) -> None:
    sut = machine()
    for at_ms, fact, expected in script:
        assert sut.step(fact, at_ms) == expected, (at_ms, fact)


def test_without_a_mind_turns_are_accepted_and_not_answered() -> None:
    sut = machine(Policy(answers=False))
    assert sut.step(Typed("hi"), 5) == [AcceptTurn("t1", "hi", typed=True, answer=False)]
    assert sut.state == turn_terms.Quiet(5)


def test_silence_nudges_once_and_then_hangs_up() -> None:
    sut = machine(Policy(nudge_after_ms=15_000, hang_up_after_ms=60_000))
    assert sut.wake_ms == 15_000
    assert sut.step(Tick(), 15_000) == [Nudge("t1")]
    assert sut.step(ReplyDone("t1"), 18_000) == []
    assert sut.wake_ms == 60_000
    assert sut.step(Tick(), 60_000) == [HangUp()]


def test_a_sign_of_life_restarts_the_silence() -> None:
    sut = machine(Policy(hang_up_after_ms=60_000))
    sut.step(SignOfLife(), 50_000)
    assert sut.wake_ms == 110_000


def test_zero_switches_silence_timers_off() -> None:
    assert machine(Policy(nudge_after_ms=0, hang_up_after_ms=0)).wake_ms is None


@pytest.mark.parametrize(("sensitivity", "expected_ms"), [(0, 900), (0.5, 500), (1, 200)])
def test_sensitivity_maps_to_patience(sensitivity: float, expected_ms: float) -> None:
    assert policy_from(ListeningSpec(end_of_speech_sensitivity=sensitivity), True).silence_ms == expected_ms


@pytest.mark.parametrize("sensitivity", [0.0, 0.25, 0.5, 1.0])
def test_waiting_has_no_cliff_and_never_exceeds_what_is_allowed(sensitivity: float) -> None:
    """Each step of a hundredth in the log-odds changes the wait by little, and in one direction."""
    listening = ListeningSpec(end_of_speech_sensitivity=sensitivity, auto_end_turn_after_ms=1_200)
    policy = policy_from(listening, True)
    waits = [policy.wait_ms(1 / (1 + math.exp(-step / 100))) for step in range(-800, 801)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] <= 1_200
    assert max(earlier - later for earlier, later in pairwise(waits)) < 40


def test_whoever_was_cut_off_gets_longer_pauses_for_a_while() -> None:
    sut = machine()
    for at_ms, fact, _ in SCRIPTS["a pause for thought goes on as the same turn"]:
        sut.step(fact, at_ms)
    waits = sut.policy.wait_ms(0.9, sut.slowness.factor)
    assert waits > sut.policy.wait_ms(0.9)
    for _ in range(50):
        sut.slowness.was_right()
    assert sut.policy.wait_ms(0.9, sut.slowness.factor) == sut.policy.wait_ms(0.9)


@pytest.mark.parametrize(("again_ms", "cut_off"), [(2_200, True), (2_300, False)])
def test_who_goes_on_at_once_was_cut_off_and_who_interrupts_later_was_not(again_ms: float, cut_off: bool) -> None:
    """However long it took to be sure that this is an interruption."""
    sut = machine()
    for at_ms, fact, _ in ANSWERED:
        sut.step(fact, at_ms)
    sut.step(VoiceStarted(), again_ms)
    sut.step(Tick(), again_ms + turn_keys.HUSH_AFTER_MS)
    assert CancelReply("t1") in sut.step(Tick(), again_ms + turn_keys.BARGE_IN_MS)
    assert (sut.slowness.factor > 1) == cut_off


def test_an_eager_persona_waits_less_and_a_patient_one_more() -> None:
    waits = [policy_from(ListeningSpec(end_of_speech_sensitivity=s / 10), True) for s in range(11)]
    for done in (0.0, 0.5, 1.0):
        times = [policy.wait_ms(done) for policy in waits]
        assert times == sorted(times, reverse=True)


def test_thousands_of_random_conversations_keep_the_invariant() -> None:
    """A reply is running exactly when it is the persona's turn, and a due wake time is always acted upon."""
    rng = random.Random(7)
    for _ in range(1_500):
        sut = machine(Policy(silence_ms=500, nudge_after_ms=15_000, hang_up_after_ms=60_000))
        now_ms, running = 0.0, None
        for _ in range(30):
            now_ms += rng.choice([0, 20, 150, 250, 600, 16_000])
            turn_id = getattr(sut.state, "turn_id", "none")
            fact = rng.choice(
                [VoiceSuspected(), SuspicionOver(), VoiceStarted(), VoiceStopped(), Muted(), PauseJudged(rng.random()),
                 VoiceJudged(rng.choice(["interruption", "backchannel", "noise", "echo", "unsure"])),
                 Heard(turn_id, rng.choice(["", "yes"])), Heard(getattr(sut.state, "aside_id", ""), "stop"),
                 Typed("hi"), Tick(),
                 SayWaiting("say", rng.random() < 0.2), ReplyDone(turn_id), StopRequested(), SignOfLife()]
            )  # fmt: skip
            if isinstance(fact, ReplyDone) and fact.turn_id == running:
                running = None
            for action in [*sut.step(fact, now_ms), *sut.step(Tick(), now_ms)]:
                match action:
                    case CancelReply(turn_id=cancelled):
                        assert cancelled == running
                        running = None
                    case AcceptTurn(turn_id=started, answer=True) | StartSaying(started) | Nudge(started):
                        assert running is None
                        running = started
                    case HangUp():
                        assert isinstance(sut.state, turn_terms.Quiet)
                    case _:
                        pass
            assert isinstance(sut.state, turn_terms.Replying) == (running is not None)
            assert sut.wake_ms is None or sut.wake_ms > now_ms or isinstance(sut.state, turn_terms.Quiet)
