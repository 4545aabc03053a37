"""How often people are cut off, and how long they wait: `python -m bench.listening [--short] [--half tuned|reported]`.

Every turn of the set (`bench/turn_cases.py`) is heard once by the real engine: voice detection, recogniser and the
judge of pauses. What they said and when is then given to the engine's turn machine again and again, with one policy
after the other, beside the plain rule that a pause of a certain length ends a turn. A turn is cut off when it was ended
before its last word; the delay runs from its last sample to the moment at which it is ended. Then, with answers that
take no time to think of, how long after a turn the first sound leaves, and what the engine itself takes for that.
"""

import argparse
import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench import sounds
from bench.stage import BenchStage
from bench.turn_cases import MANNERS, QUIET_AFTER_MS, TURNS, TURNS_SHORT, VOICES, Turn, turns
from visavis.core.frames import AUDIO_TICK_MS, AudioChunk, Mark
from visavis.core.spec import ListeningSpec
from visavis.engine.patience import Policy, policy_from
from visavis.engine.turn import TurnMachine
from visavis.engine.turn_terms import CloseUtterance, EndSpeech, Fact, Heard, PauseJudged, Tick
from visavis.testing.rehearsal import Lines, Rehearsal, StillFaces
from visavis.testing.script import Script
from visavis.testing.staging import Studio

SCRIPT = Script.model_validate({"persona": {"mind": ["Yes, of course."]}, "steps": [{"wait": "1 s"}]})
LEAD_MS = 500.0
WORDS_MS = 150.0  # what a recogniser takes for the last words, when a trace is played again
DELAY_MS = 300.0  # at this median delay the two rules are compared
SENSITIVITIES = np.round(np.linspace(0, 1, 41), 3)
SILENCES_MS = range(200, 1_300, 50)
ANSWERED = 40
OVERHEADS = 60


@dataclass(frozen=True, slots=True)
class Trace:
    """What the ears told of a turn, and when, from its first sample."""

    turn: Turn
    facts: tuple[tuple[float, Fact], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One policy on the whole set."""

    name: str
    cut_off: float
    delays_ms: tuple[float, ...]
    cut_in: Counter[str]  # how often in which manner of pause

    @property
    def median_ms(self) -> float:
        return float(np.median(self.delays_ms)) if self.delays_ms else float("nan")

    @property
    def p95_ms(self) -> float:
        return float(np.percentile(self.delays_ms, 95)) if self.delays_ms else float("nan")


async def heard(turn: Turn, studio: Studio) -> Trace:
    facts = await BenchStage(SCRIPT, studio).listen(_in_a_room(turn))
    return Trace(turn, tuple((at_ms - LEAD_MS, fact) for at_ms, fact in facts))


def _in_a_room(turn: Turn) -> sounds.Sound:
    sound = np.concatenate((sounds.silence(LEAD_MS), turn.sound, sounds.silence(QUIET_AFTER_MS)))
    rng = np.random.default_rng(1)
    return sound + sounds.room(rng, sounds.duration_ms(sound), turn.noise_db)[: sound.size]


# --- traces, played again ---------------------------------------------------------------------------------------


def ended_ms(trace: Trace, policy: Policy, judged: bool) -> float | None:
    """When the turn was first ended under this policy; None when it never was."""
    machine = TurnMachine(replace(policy, answers=False), 0.0, lambda: "turn")
    waiting = [(at_ms, fact) for at_ms, fact in trace.facts if judged or not isinstance(fact, PauseJudged)]
    while waiting or machine.wake_ms is not None:
        wake_ms = machine.wake_ms
        if wake_ms is not None and (not waiting or wake_ms < waiting[0][0]):
            at_ms, fact = wake_ms, Tick()
        else:
            at_ms, fact = waiting.pop(0)
        for action in machine.step(fact, at_ms):
            match action:
                case EndSpeech():
                    return at_ms
                case CloseUtterance(turn_id):
                    waiting = sorted([*waiting, (at_ms + WORDS_MS, Heard(turn_id, "words"))], key=lambda one: one[0])
                case _:
                    pass
    return None


def point(name: str, traces: Sequence[Trace], policy: Policy, judged: bool) -> Point:
    ends = [(trace.turn, ended_ms(trace, policy, judged)) for trace in traces]
    delays = [at_ms - turn.ends_ms for turn, at_ms in ends if at_ms is not None and at_ms >= turn.ends_ms - 50]
    cut = [(turn, at_ms) for turn, at_ms in ends if at_ms is not None and at_ms < turn.ends_ms - 50]
    return Point(name, len(cut) / len(ends), tuple(delays), Counter(_manner(turn, at_ms) for turn, at_ms in cut))


def _manner(turn: Turn, at_ms: float) -> str:
    """That of the pause which was taken for the end."""
    begun = [pause.manner for pause in turn.pauses if pause.from_ms <= at_ms]
    return begun[-1] if begun else "within words"


def at_delay(points: Sequence[Point]) -> Point:
    """The one whose median delay is nearest to `DELAY_MS`, from below where there is one."""
    below = [one for one in points if one.median_ms <= DELAY_MS + 1]
    return max(below, key=lambda one: one.median_ms) if below else min(points, key=lambda one: one.median_ms)


def curve(kinds: dict[str, Sequence[Point]]) -> str:
    """Cut-offs over the median delay, as letters on a grid: the first letter of each kind."""
    width, height, longest_ms = 66, 16, 1_300.0
    grid = [[" "] * width for _ in range(height + 1)]
    for kind, points in kinds.items():
        for one in points:
            column = round(one.median_ms / longest_ms * (width - 1))
            if 0 <= column < width:
                grid[height - round(min(1.0, one.cut_off) * height)][column] = kind[0]
    rows = [f"{100 * (height - row) // height:4} % |{''.join(cells)}" for row, cells in enumerate(grid)]
    scale = "".join(f"{ms:<10}" for ms in range(0, 1_300, 200))
    return "\n".join([*rows, f"       +{'-' * width}", f"        {scale} ms"])


# --- answers ----------------------------------------------------------------------------------------------------


async def first_sound_ms(turn: Turn, studio: Studio) -> float | None:
    """From the last sample of a turn to the first packet of an answer, which took no time to think or to speak."""
    stage = BenchStage(SCRIPT, studio)
    await stage.open()
    try:
        sound = _in_a_room(turn)
        ends = round((LEAD_MS + turn.ends_ms) / AUDIO_TICK_MS)
        await stage.hear(sound)
    finally:
        await stage.close()
    spoken = [tick for tick, packet in enumerate(stage.packets) if packet != stage.silence]
    return (spoken[0] - ends) * float(AUDIO_TICK_MS) if spoken and spoken[0] >= ends else None


class TimedFace(StillFaces):
    """Remembers when it was first told of speech, which is when the packets of that are queued."""

    first_s = 0.0

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        self.first_s = self.first_s or time.perf_counter()


async def overhead_ms() -> float:
    """From a known text to the first packet that waits to be sent, by this machine's clock; every part is a fake."""
    rehearsal = Rehearsal(mind=Lines("Yes, of course."))
    rehearsal.face = face = TimedFace()
    async with rehearsal:
        await rehearsal.connect()
        began_s = time.perf_counter()
        await rehearsal.say_typed("Hello.")
    return (face.first_s - began_s) * 1000


# --- reporting --------------------------------------------------------------------------------------------------


def report(traces: Sequence[Trace]) -> None:
    policies = {f"sensitivity {value:.3f}": policy_from(ListeningSpec(float(value)), True) for value in SENSITIVITIES}
    learned = [point(name, traces, policy, True) for name, policy in policies.items()]
    plain = [point(f"{ms} ms", traces, Policy(silence_ms=float(ms)), False) for ms in SILENCES_MS]
    default = point("default", traces, policy_from(ListeningSpec(), True), True)
    paused = sum(bool(trace.turn.pauses) for trace in traces)
    manners = Counter(pause.manner for trace in traces for pause in trace.turn.pauses)
    told = ", ".join(f"{manners[manner]} {manner}" for manner in MANNERS)
    print(f"{len(traces)} turns, {paused} of them with {manners.total()} pauses: {told}")
    print(f"{'':44} {'cut off':>8} {'delay p50':>10} {'p95':>9}")
    rows = [
        ("the judge of pauses, ", at_delay(learned)),
        ("plain silence, ", at_delay(plain)),
        ("the judge, ", default),
    ]
    for kind, one in rows:
        print(f"{kind + one.name:44} {one.cut_off:8.1%} {one.median_ms:7.0f} ms {one.p95_ms:6.0f} ms")
    same = min(plain, key=lambda one: abs(one.median_ms - default.median_ms))
    print(f"{'plain silence with the default delay':44} {same.cut_off:8.1%} {same.median_ms:7.0f} ms")
    print(f"cut off by default after: {', '.join(f'{count} {manner}' for manner, count in default.cut_in.items())}")
    print(f"goal: at a median delay of {DELAY_MS:.0f} ms, at most 20 % cut off\n")
    print(curve({"plain": plain, "judge": learned}))


async def answers(cases: Sequence[Turn], studio: Studio) -> None:
    whole = [replace(turn, pauses=()) for turn in cases if not turn.pauses][:ANSWERED]
    took_ms = [ms for turn in whole if (ms := await first_sound_ms(turn, studio)) is not None]
    print(f"\nend of speech → first sound, {len(took_ms)} turns: {_spread(took_ms)} (goal: p50 ≤ 400 ms)")


def _spread(values: Sequence[float]) -> str:
    return f"p50 {np.percentile(values, 50):.0f}, p95 {np.percentile(values, 95):.0f} ms" if values else "-"


async def main() -> None:
    parser = argparse.ArgumentParser(description="How often people are cut off, and how long they wait.")
    parser.add_argument("--short", action="store_true", help="a few turns")
    parser.add_argument("--half", choices=VOICES, default="reported")
    arguments = parser.parse_args()
    studio = Studio()
    cases = turns(arguments.half, TURNS_SHORT if arguments.short else TURNS)
    report([await heard(turn, studio) for turn in cases])
    await answers(cases, studio)
    await studio.close()
    took_ms = [await overhead_ms() for _ in range(OVERHEADS)]
    print(f"text known → first sound ready, fakes: p50 {statistics.median(took_ms):.2f} ms (goal: ≤ 20 ms)")


if __name__ == "__main__":
    asyncio.run(main())
