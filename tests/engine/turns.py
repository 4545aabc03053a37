"""A turn machine of which every id is known, and the beginning of most of its scripts."""

import itertools

from visavis.engine.patience import Policy
from visavis.engine.turn import TurnMachine
from visavis.engine.turn_terms import (
    AcceptTurn,
    CloseUtterance,
    EndSpeech,
    Heard,
    OpenTurn,
    Tick,
    VoiceStarted,
    VoiceStopped,
)

PATIENT = Policy(silence_ms=500, hurried_ms=250, patient_ms=1_600)


def machine(policy: Policy = PATIENT) -> TurnMachine:
    ids = itertools.count(1)
    return TurnMachine(policy, 0, lambda: f"t{next(ids)}")


ANSWERED = [
    (0, VoiceStarted(), [OpenTurn("t1")]),
    (900, VoiceStopped(), []),
    (1399, Tick(), []),
    (1400, Tick(), [EndSpeech(), CloseUtterance("t1")]),
    (1500, Heard("t1", "hello"), [AcceptTurn("t1", "hello", typed=False, answer=True)]),
]
