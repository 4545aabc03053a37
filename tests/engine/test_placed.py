"""Speech on the media clock that falls silent in the middle of a word and carries on: arithmetic on milliseconds."""

import numpy as np
import pytest

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk, Mark, SpeechAudio
from visavis.engine.placed import PlacedSpeech
from visavis.engine.playout import Playout, TimedText

WORDS = (Mark("word", 0, 200, "one", 0, 3), Mark("word", 250, 500, "two", 4, 7), Mark("word", 600, 1_000, "three"))


def speech(duration_ms: float = 1_000) -> SpeechAudio:
    samples = np.arange(round(duration_ms * SPEECH_RATE_HZ / 1000), dtype=np.int16)
    return SpeechAudio(AudioChunk(samples.tobytes(), SPEECH_RATE_HZ), WORDS)


def first_sample(audio: AudioChunk) -> int:
    return int(np.frombuffer(audio.pcm, np.int16)[0])


def test_what_was_not_played_comes_later_and_what_was_stays() -> None:
    placed = PlacedSpeech()
    assert placed.add(5_000, speech(), 5_000)
    assert placed.add(6_000, speech(), 5_000)
    assert placed.word_began_ms(5_400) == 5_250
    placed.hold(5_400, 5_250)
    heard = placed.heard_until(5_900)
    assert heard is not None
    assert [(start_ms, audio.duration_ms) for start_ms, audio in heard.pieces] == [(5_000, 400)]
    rest, following = placed.carry_on(6_000)
    assert (rest.start_ms, rest.speech.audio.duration_ms) == (6_000, 750)
    assert first_sample(rest.speech.audio) == 250 * SPEECH_RATE_HZ // 1000
    assert [(mark.text, mark.start_ms, mark.end_ms) for mark in rest.speech.marks] == [
        ("two", 0, 250),
        ("three", 350, 750),
    ]
    assert following.start_ms == 6_750
    assert not placed.held


def test_what_is_made_meanwhile_is_placed_when_she_carries_on() -> None:
    placed = PlacedSpeech()
    placed.add(0, speech(), 0)
    placed.hold(400, 400)
    # 300 ms later the queue has moved on by as much
    assert not placed.add(1_300, speech(), 700)
    _, following = placed.carry_on(900)
    assert following.start_ms == 1_500


def test_a_cut_forgets_what_was_held() -> None:
    placed = PlacedSpeech()
    placed.add(0, speech(), 0)
    placed.hold(400, 400)
    placed.cut(500)
    assert not placed.held
    assert placed.carry_on(600) == []


@pytest.mark.parametrize(("at_ms", "began_ms"), [(220, 220), (100, 0), (990, 600), (1_500, 1_500)])
def test_the_word_that_is_being_said(at_ms: float, began_ms: float) -> None:
    placed = PlacedSpeech()
    placed.add(0, speech(), 0)
    assert placed.word_began_ms(at_ms) == began_ms


def test_the_queue_waits_and_goes_a_little_back() -> None:
    playout = Playout(b"silence")
    playout.add("reply", [b"%d" % number for number in range(10)], [TimedText("word ", 100)], closes=True)
    assert [playout.pull().packet for _ in range(4)] == [b"0", b"1", b"2", b"3"]
    assert playout.hold(45) == 40
    assert [playout.pull().packet for _ in range(3)] == [b"silence"] * 3
    assert playout.ahead_ms == 160
    assert playout.add("reply", [b"more"], []) == (4 + 3 + 8) * 20
    playout.carry_on()
    pulled = [playout.pull() for _ in range(9)]
    assert [one.packet for one in pulled] == [b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9", b"more"]
    assert [text.text for one in pulled for text in one.heard] == ["word "]


def test_the_queue_does_not_go_back_behind_a_piece() -> None:
    playout = Playout(b"silence")
    playout.add("reply", [b"0", b"1"], [])
    playout.add("reply", [b"2", b"3"], [])
    for _ in range(3):
        playout.pull()
    assert playout.hold(400) == 20
    playout.carry_on()
    assert playout.pull().packet == b"2"


def test_nothing_goes_on_after_a_cut() -> None:
    playout = Playout(b"silence")
    playout.add("reply", [b"0", b"1"], [])
    playout.hold(0)
    playout.cut()
    playout.add("other", [b"2"], [])
    assert playout.pull().packet == b"2"
