"""What a developer is told beside the conversation: pure, time is an argument."""

from collections import deque
from dataclasses import dataclass

from visavis.engine.turn import Quiet, TurnMachine

SAME_EVERY_MS = 5_000.0
WARNINGS_MAX = 10  # in that time; a client that is told more reads none of it
SESSION_LEFT_MS = (60_000.0, 10_000.0)
SILENCE_LEFT_MS = (10_000.0,)


class Restraint:
    """Lets a warning through, unless it was given a moment ago or there are too many."""

    def __init__(self) -> None:
        self._given: deque[tuple[float, str]] = deque()

    def allows(self, text: str, now_ms: float) -> bool:
        while self._given and self._given[0][0] <= now_ms - SAME_EVERY_MS:
            self._given.popleft()
        if len(self._given) >= WARNINGS_MAX or any(text == given for _, given in self._given):
            return False
        self._given.append((now_ms, text))
        return True


@dataclass(slots=True)
class Countdown:
    """Says once for each of `left_ms` that so much time is left. An end that moves starts it anew.

    An end that was never further away than one of them is not announced by it.
    """

    left_ms: tuple[float, ...]
    _ends_ms: float | None = None
    _said_ms: float = 0.0

    def due(self, ends_ms: float | None, now_ms: float) -> float | None:
        """How much time is left, when it is time to say so."""
        if ends_ms != self._ends_ms:
            self._ends_ms, self._said_ms = ends_ms, float("inf") if ends_ms is None else ends_ms - now_ms
        if ends_ms is None:
            return None
        reached = [left for left in self.left_ms if now_ms >= ends_ms - left and left < self._said_ms]
        if not reached:
            return None
        self._said_ms = min(reached)
        return self._said_ms

    def wake_ms(self, ends_ms: float | None) -> float:
        """When to ask again."""
        if ends_ms is None:
            return float("inf")
        said_ms = self._said_ms if ends_ms == self._ends_ms else float("inf")
        return min((ends_ms - left for left in self.left_ms if left < said_ms), default=float("inf"))


class TimeLeft:
    """Warns before a session ends by itself: at its maximum length, or because nobody says anything."""

    def __init__(self) -> None:
        self._session, self._silence = Countdown(SESSION_LEFT_MS), Countdown(SILENCE_LEFT_MS)

    def notice(self, session_ends_ms: float | None, machine: TurnMachine, now_ms: float) -> str | None:
        if (left_ms := self._session.due(session_ends_ms, now_ms)) is not None:
            return f"The session ends in {left_ms / 1000:.0f} seconds: it reaches its maximum length."
        if (left_ms := self._silence.due(hang_up_ms(machine), now_ms)) is not None:
            return f"The session ends in {left_ms / 1000:.0f} seconds if nobody says anything."
        return None

    def wake_ms(self, session_ends_ms: float | None, machine: TurnMachine) -> float:
        return min(self._session.wake_ms(session_ends_ms), self._silence.wake_ms(hang_up_ms(machine)))


def hang_up_ms(machine: TurnMachine) -> float | None:
    """When the session will end if nobody says anything from now on."""
    if isinstance(machine.state, Quiet) and machine.policy.hang_up_after_ms:
        return machine.state.silent_since_ms + machine.policy.hang_up_after_ms
    return None
