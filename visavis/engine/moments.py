"""When the user spoke, for the measurements and the transcript: as it was, not as late as it was noticed."""

from dataclasses import dataclass, replace

from visavis.engine import turn
from visavis.engine.voice_gate import START_AFTER_MS


@dataclass(frozen=True, slots=True)
class Timings:
    """When the steps before the reply happened, in the engine's milliseconds.

    `user_turn_id` is set where the reply goes under an id of its own.
    """

    user_started_ms: float | None = None
    user_ended_ms: float | None = None
    text_final_ms: float | None = None
    user_turn_id: str = ""
    endpoint_ms: float | None = None


class UserMoments:
    """The user's part of the turn that is theirs now. A pause for thought does not end it."""

    def __init__(self) -> None:
        self._turn_id = ""
        self._timings = Timings()
        self._voice_since_ms = 0.0
        self._quiet_since_ms: float | None = None

    def voice(self, fact: turn.Fact, now_ms: float) -> None:
        """Voice that comes and goes, whoever has the floor."""
        match fact:
            case turn.VoiceStarted():
                self._voice_since_ms, self._quiet_since_ms = now_ms - START_AFTER_MS, None
            case turn.VoiceStopped(quiet_ms):
                self._quiet_since_ms = now_ms - quiet_ms
            case _:
                pass

    def floor_taken(self, turn_id: str) -> None:
        if turn_id != self._turn_id:
            self._turn_id, self._timings = turn_id, Timings(self._voice_since_ms)

    def floor_left(self, now_ms: float) -> None:
        ended_ms = now_ms if self._quiet_since_ms is None else self._quiet_since_ms
        self._timings = replace(self._timings, user_ended_ms=ended_ms, endpoint_ms=now_ms)

    def text_final(self, typed: bool, now_ms: float) -> Timings:
        """The words are known. A typed message was not spoken."""
        spoken = Timings() if typed else self._timings
        return replace(spoken, text_final_ms=now_ms)
