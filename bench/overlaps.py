"""Who speaks over the persona, and does she stop: `python -m bench.overlaps [--short] [--half tuned|reported]`.

Each case is one conversation of the real engine, with the real voice detection, recogniser and codec, on a clock wound
by hand: the persona talks, and after a while something happens at the microphone. Real interruptions must stop her;
coughs, listeners' words and her own echo must not. Where the engine is not sure she is lowered, then silent, and then
carries on or stops; "broke off" counts those who made her silent for a moment and did not stop her.

Times count from the first sample at the microphone to the moment at which the packet leaves that is quieter, or silent;
what a network and a jitter buffer add is not in them. Half of the set is for tuning and the other for reporting, with
other words, voices and recordings (`bench/overlap_cases.py`).

Recordings of people are those of Debian: `apt-get install pocketsphinx-testdata asterisk-core-sounds-en-wav`.
"""

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench import sounds
from bench.overlap_cases import HALVES, PER_KIND, PER_KIND_SHORT, SEED, Case, cases
from bench.stage import BenchStage, Remembered
from visavis.core.frames import AUDIO_TICK_MS
from visavis.testing.script import Script
from visavis.testing.staging import Studio

SPEECH = (
    "The river was very high that spring, and the people of the town had built a wall of sand along both of its banks. "
    "Every evening they walked down to look at the water, and every morning somebody painted a new line on the bridge. "
    "Nobody knew how long it would last, but the old baker said that he had seen worse when he was a boy."
)
SCRIPT = Script.model_validate({"persona": {"greeting": SPEECH}, "steps": [{"wait": "1 s"}]})
STARTS_WITHIN_MS = 2_000.0
AFTER_MS = 1_400.0  # how long an event may take to have its effect
MOUTH_MS = 80.0  # two pictures: tests/renderers/test_conformance.py holds every face to it
GOALS = {"lowered": 100.0, "silent": 450.0}


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds from the first sample of the event; None where it did not happen."""

    case: Case
    lowered_ms: float | None
    silent_ms: float | None
    stopped: bool

    @property
    def wrong(self) -> bool:
        return self.stopped != self.case.must_stop

    @property
    def broke_off(self) -> bool:
        return self.silent_ms is not None and not self.stopped


class Measuring:
    """Plays cases. The persona's undisturbed talk tells which packets were lowered."""

    def __init__(self, studio: Studio, words: bool = True) -> None:
        self._studio, self._words = studio, words
        self._undisturbed: list[bytes] = []

    async def play(self, case: Case) -> Result:
        if not self._undisturbed:
            self._undisturbed = (await self._perform(None)).packets
        stage = await self._perform(case)
        first = self._starts + round(case.before_ms / AUDIO_TICK_MS)
        silent = next((tick for tick in stage.cuts if first <= tick < len(stage.packets)), None)
        spoken = zip(stage.packets[:silent], self._undisturbed, strict=False)
        lowered = (tick for tick, (packet, original) in enumerate(spoken) if tick >= first and packet != original)
        return Result(case, _ms(next(lowered, silent), first), _ms(silent, first), stage.was_stopped)

    async def _perform(self, case: Case | None) -> BenchStage:
        rng = np.random.default_rng(SEED)
        noise_db = -60.0 if case is None else case.noise_db
        stage = BenchStage(SCRIPT, self._studio, None if case is None else case.loudspeaker, self._words)
        await stage.open()
        try:
            await stage.until(
                lambda: bool(stage.packets) and stage.packets[-1] != stage.silence,
                lambda: sounds.room(rng, AUDIO_TICK_MS, noise_db),
                STARTS_WITHIN_MS,
            )
            self._starts = len(stage.packets)
            sound = sounds.silence(8_000) if case is None else _placed(case)
            await stage.hear(sound + sounds.room(rng, sounds.duration_ms(sound), noise_db)[: sound.size], stops=True)
        finally:
            await stage.close()
        return stage


def _placed(case: Case) -> sounds.Sound:
    return np.concatenate((sounds.silence(case.before_ms), case.sound, sounds.silence(AFTER_MS)))


def _ms(tick: int | None, first: int) -> float | None:
    """A packet leaves when the microphone's piece before it has been handed in, whose first sample is 20 ms old."""
    return None if tick is None else (tick - first) * float(AUDIO_TICK_MS)


def report(results: Sequence[Result]) -> None:
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_kind[result.case.kind].append(result)
    print(f"{'':31} {'cases':>5} {'wrong':>12} {'broke off':>10} {'lowered':>15} {'silent':>15}  (p50, p95 after)")
    for kind, those in sorted(by_kind.items(), key=lambda item: (not item[1][0].case.must_stop, item[0])):
        _row(kind, those)
    _row("all that must stop her", [result for result in results if result.case.must_stop])
    _row("all that must not", [result for result in results if not result.case.must_stop])
    print(
        f"\ngoals: lowered p95 ≤ {GOALS['lowered']:.0f} ms, silent p95 ≤ {GOALS['silent']:.0f} ms with the mouth shut"
    )
    print(f"  (which takes {MOUTH_MS:.0f} ms at most, two pictures), missed ≤ 3 %, false stops ≤ 5 %")
    for kind, those in sorted(by_kind.items()):
        wrong = Counter(result.case.label for result in those if result.wrong)
        if wrong:
            print(f"wrong, {kind}: " + ", ".join(f"{label} {times}" for label, times in wrong.most_common()))


def _row(name: str, those: Sequence[Result]) -> None:
    wrong = sum(result.wrong for result in those)
    broke_off = sum(result.broke_off for result in those)
    lowered = _spread([result.lowered_ms for result in those if result.lowered_ms is not None])
    silent = _spread([result.silent_ms for result in those if result.silent_ms is not None])
    print(f"{name:31} {len(those):5} {wrong:4} {wrong / len(those):6.1%}  {broke_off:10} {lowered:>15} {silent:>15}")


def _spread(values_ms: Sequence[float]) -> str:
    if not values_ms:
        return "-"
    return f"{np.percentile(values_ms, 50):.0f}, {np.percentile(values_ms, 95):.0f} ms"


async def main() -> None:
    parser = argparse.ArgumentParser(description="Who speaks over the persona, and does she stop.")
    parser.add_argument("--short", action="store_true", help="a few of each kind, with a line for each")
    parser.add_argument("--half", choices=HALVES, default="reported")
    parser.add_argument("--each", type=int, default=PER_KIND, metavar="N", help="how many of each kind")
    arguments = parser.parse_args()
    studio = Studio()
    studio.voice = Remembered(studio.voice)
    measuring = Measuring(studio)
    results: list[Result] = []
    for case in cases(arguments.half, PER_KIND_SHORT if arguments.short else arguments.each):
        results.append(await measuring.play(case))
        if arguments.short:
            one = results[-1]
            print(case.kind, case.label, one.lowered_ms, one.silent_ms, one.stopped, file=sys.stderr, flush=True)
    await studio.close()
    report(results)


if __name__ == "__main__":
    asyncio.run(main())
