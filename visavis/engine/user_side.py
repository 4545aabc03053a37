"""The user's side of a conversation: what everybody is told of their speech and of what they said."""

from collections.abc import Callable
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.events import Event, UserSaid, UserSpeechEnded, UserSpeechStarted
from visavis.engine.moments import Timings, UserMoments
from visavis.engine.turn_terms import AcceptTurn, Fact


class UserSide:
    """Whether the user has the floor, and since when they speak. `shows_typed` tells clients what they typed, too."""

    def __init__(self, clock: Clock, shows_typed: bool, deliver: Callable[[Event], None]) -> None:
        self._clock, self._shows_typed, self._deliver = clock, shows_typed, deliver
        self._speaking_turn: str | None = None
        self._moments = UserMoments()

    def voice(self, fact: Fact) -> None:
        self._moments.voice(fact, self._clock.now_ms())

    def started(self, turn_id: str) -> None:
        self._speaking_turn = turn_id
        self._moments.floor_taken(turn_id)
        self._deliver(UserSpeechStarted(self._clock.now_ms(), turn_id))

    def stopped(self) -> None:
        """Said once for each start, however often it is called."""
        if self._speaking_turn is None:
            return
        now_ms = self._clock.now_ms()
        self._moments.floor_left(now_ms)
        self._deliver(UserSpeechEnded(now_ms, self._speaking_turn))
        self._speaking_turn = None

    def words_known(self) -> Timings:
        """The words of what may be a whole turn are there."""
        return self._moments.text_final(False, self._clock.now_ms())

    def said(self, turn: AcceptTurn) -> Timings:
        """A whole turn, and when its steps happened."""
        now_ms = self._clock.now_ms()
        timings = self._moments.text_final(turn.typed, now_ms)
        said = UserSaid(
            now_ms, turn.turn_id, str(uuid4()), turn.text, turn.typed, self._shows_typed or not turn.typed,
            timings.user_started_ms, timings.user_ended_ms,
        )  # fmt: skip
        self._deliver(said)
        return timings
