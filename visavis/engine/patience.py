"""How long a pause may last before it ends a turn: pure, and without a cliff anywhere.

Where nobody judges pauses, or nothing is known of one yet, `silence_ms` is the wait. A judge makes it longer or shorter
by the odds that the user goes on: twice as likely, twice as long, between `hurried_ms` and `patient_ms`.
"""

from dataclasses import dataclass

from visavis.core.spec import ListeningSpec

QUIET_MIN_MS = 200.0  # shorter gaps are inside words, where nobody judges
LIKELY = 0.5  # from here on it is worth beginning to think


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the persona is; 0 switches the last two off. `answers` is false where nobody thinks here."""

    silence_ms: float = 500.0
    hurried_ms: float = 200.0
    patient_ms: float = 1_600.0
    nudge_after_ms: float = 0.0
    hang_up_after_ms: float = 0.0
    answers: bool = True

    def wait_ms(self, done: float | None, slowness: float = 1.0) -> float:
        """How much quiet ends a turn that has ended with probability `done`; None where nobody judges."""
        if done is None:
            return self.silence_ms
        wait_ms = self.silence_ms * (1 - done) / max(done, 1e-3)
        return min(self.patient_ms, max(self.hurried_ms, wait_ms) * slowness)


def policy_from(listening: ListeningSpec, answers: bool) -> Policy:
    """Sensitivity 0 waits until it is sure, 1 answers eagerly; no pause is longer than the operator allows."""
    eager = listening.end_of_speech_sensitivity
    longest_ms = listening.auto_end_turn_after_ms or float("inf")
    patient_ms = min(longest_ms, 4_000.0 * 0.15**eager)
    return Policy(
        silence_ms=min(longest_ms, max(QUIET_MIN_MS, 900.0 - 800.0 * eager)),
        hurried_ms=min(patient_ms, 300.0 * 0.5**eager),
        patient_ms=patient_ms,
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
