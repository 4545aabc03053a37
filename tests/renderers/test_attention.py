"""When a face that listens nods, and when it must not."""

import numpy as np

from tests.renderers.conftest import hum
from visavis.core.frames import AudioChunk
from visavis.renderers.attention import Attention, Heed

PIECE_MS = 80.0


def told(attention: Attention, *parts: tuple[str, float], start_ms: float = 0.0) -> float:
    """Let it hear "voice" or "pause" for so many milliseconds each, in small pieces."""
    at_ms = start_ms
    for what, long_ms in parts:
        for _ in range(round(long_ms / PIECE_MS)):
            attention.listen(at_ms, hum(PIECE_MS, amplitude=0.3 if what == "voice" else 0.0))
            at_ms += PIECE_MS
    return at_ms


def nods(attention: Attention, from_ms: float, until_ms: float) -> list[float]:
    return [attention.at(at_ms).nod for at_ms in np.arange(from_ms, until_ms, 40)]


def test_it_nods_in_the_pause_after_something_was_said() -> None:
    attention = Attention(1)
    told(attention, ("voice", 2400), ("pause", 1600))
    assert max(nods(attention, 0, 2500)) == 0.0
    assert max(nods(attention, 2500, 4500)) > 0.03


def test_a_cough_is_no_reason_to_nod() -> None:
    attention = Attention(1)
    told(attention, ("pause", 2400), ("voice", 240), ("pause", 2400))
    assert max(nods(attention, 0, 5000)) == 0.0


def test_it_never_nods_while_it_speaks_itself() -> None:
    attention = Attention(1)
    attention.speak(0.0, 8000.0)
    told(attention, ("voice", 2400), ("pause", 1600))
    assert max(nods(attention, 0, 5000)) == 0.0


def test_after_being_cut_it_listens_again() -> None:
    attention = Attention(1)
    attention.speak(0.0, 60_000.0)
    attention.cut(1000.0)
    told(attention, ("voice", 2400), ("pause", 1600))
    assert max(nods(attention, 2500, 4500)) > 0.03


def test_who_talks_on_and_on_gets_nods_too() -> None:
    attention = Attention(2)
    told(attention, ("voice", 9600))
    assert max(nods(attention, 5500, 9600)) > 0.03


def test_nods_are_rare_and_unlike_each_other() -> None:
    attention = Attention(3)
    depths: list[float] = []
    at_ms = 0.0
    for _ in range(8):
        start_ms = at_ms
        at_ms = told(attention, ("voice", 2400), ("pause", 1600), start_ms=at_ms)
        depths.append(round(max(nods(attention, start_ms + 2400, at_ms)), 4))
    seen = [depth for depth in depths if depth]
    assert len(seen) >= 5
    assert len(set(seen)) == len(seen)


def test_attention_comes_with_the_voice_and_goes_with_silence() -> None:
    attention = Attention(4)
    end_ms = told(attention, ("voice", 1600))
    assert attention.at(end_ms).attention > 0.9
    assert attention.at(end_ms + 6000).attention == 0.0  # also when nothing more arrives at all
    levels = [attention.at(at_ms).attention for at_ms in np.arange(0, end_ms + 6000, 40)]
    assert np.abs(np.diff(levels)).max() < 0.2


def test_nothing_heard_is_nothing_shown() -> None:
    attention = Attention(5)
    attention.listen(0.0, AudioChunk(b"", 16_000))
    told(attention, ("pause", 4000))
    assert attention.at(3000.0) == Heed()
