"""How long a pause may last before it ends a turn: pure, and without a cliff anywhere.

A pause that lasts is ever less likely one for thought: of those inside people's turns half are over after
`PAUSE_MEDIAN_MS`, and their lengths spread like the logarithm of a normal distribution. So quiet itself speaks for an
end. The wait is the time after which that, on top of what the judge of pauses says, comes to the odds that the policy
asks for, between `hurried_ms` and `patient_ms`. Where nobody judges, or nothing is known of a pause yet, it is
`silence_ms`.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from visavis.core.spec import ListeningSpec

QUIET_MIN_MS = 200.0  # shorter gaps are inside words, where nobody judges
LIKELY = 0.5  # from here on it is worth beginning to think
PAUSE_MEDIAN_MS, PAUSE_SPREAD = 800.0, 0.8  # as tuned; people's are nearer to half a second, the rest is caution
_NORMAL = NormalDist()
_NEVER = 1e-6


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the persona is; 0 switches the last two off. `answers` is false where nobody thinks here."""

    silence_ms: float = 500.0
    hurried_ms: float = 200.0
    patient_ms: float = 1_600.0
    sure_odds: float = 4.5
    nudge_after_ms: float = 0.0
    hang_up_after_ms: float = 0.0
    answers: bool = True

    def wait_ms(self, done: float | None, slowness: float = 1.0) -> float:
        """How much quiet ends a turn that has ended with probability `done`; None where nobody judges."""
        if done is None:
            return self.silence_ms
        wait_ms = _outlasts_ms(done / max(1 - done, _NEVER) / self.sure_odds)
        return min(self.patient_ms, max(self.hurried_ms, wait_ms) * slowness)


def _outlasts_ms(share: float) -> float:
    """How long a pause has to be so that at most this share of those for thought are as long."""
    if share >= 1:
        return 0.0
    return PAUSE_MEDIAN_MS * math.exp(PAUSE_SPREAD * _NORMAL.inv_cdf(1 - max(share, _NEVER)))


def policy_from(listening: ListeningSpec, answers: bool) -> Policy:
    """Sensitivity 0 waits until it is sure, 1 answers eagerly; no pause is longer than the operator allows."""
    eager = listening.end_of_speech_sensitivity
    longest_ms = listening.auto_end_turn_after_ms or float("inf")
    patient_ms = min(longest_ms, 3_000.0 * 0.3**eager)
    return Policy(
        silence_ms=min(longest_ms, max(QUIET_MIN_MS, 900.0 - 800.0 * eager)),
        hurried_ms=min(patient_ms, 200.0 * 0.5**eager),
        patient_ms=patient_ms,
        sure_odds=math.exp(3.0 - 3.0 * eager),
        nudge_after_ms=listening.skip_turn_after_ms if answers else 0.0,
        hang_up_after_ms=listening.end_session_after_ms,
        answers=answers,
    )


class Slowness:
    """What this user has taught us: whoever was cut off gets longer pauses, and loses them again little by little."""

    MOST = 2.0

    def __init__(self) -> None:
        self.factor = 1.0

    def was_cut_off(self) -> None:
        self.factor = min(self.MOST, self.factor * 1.4)

    def was_right(self) -> None:
        self.factor = max(1.0, self.factor * 0.93)
