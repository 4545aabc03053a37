"""What was played is paired with what is heard, and an echo is taken out from the moment that one was found."""

import numpy as np
import pytest

from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk
from visavis.engine.cleaning import GONE_AFTER_MS, WAITING_MAX_MS, CleanMicrophone, Played, beside
from visavis.testing.rehearsal import SILENCE, SPEECH, CountedPackets

SAMPLES = SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000
TICKS_PER_S = 1000 // AUDIO_TICK_MS


def tick(value: int) -> AudioChunk:
    return AudioChunk(np.full(SAMPLES, value, "<i2").tobytes(), SPEECH_RATE_HZ)


def value_of(audio: AudioChunk) -> int:
    return int(np.frombuffer(audio.pcm, "<i2")[0])


HEARD = tick(500)


def test_what_was_played_is_paired_in_its_order() -> None:
    played = Played()
    for value in (1, 2, 3):
        played.add(tick(value))
    assert [value_of(played.take(HEARD)) for _ in range(4)] == [1, 2, 3, 0]


def test_a_microphone_that_comes_in_bursts_stays_in_step() -> None:
    played, pairs = Played(), list[tuple[int, int]]()
    for number in range(1, 5 * TICKS_PER_S + 1):
        played.add(tick(number))
        if number % 5 == 0:  # the network held five packets back
            pairs += [(number - back, value_of(played.take(HEARD))) for back in (4, 3, 2, 1, 0)]
    assert all(sent == taken for sent, taken in pairs)


def test_what_a_gap_left_waiting_is_dropped() -> None:
    played, late = Played(), list[int]()
    for number in range(1, 4 * TICKS_PER_S + 1):
        played.add(tick(number))
        if not 50 < number <= 65:  # 300 ms of the microphone were lost
            late.append((number - value_of(played.take(HEARD))) * AUDIO_TICK_MS)
    assert max(late) == 300
    assert late[-1] == AUDIO_TICK_MS, "the echo of what is taken away has not been heard before"


def test_without_a_microphone_little_is_kept() -> None:
    played = Played()
    for _ in range(10 * TICKS_PER_S):
        played.add(tick(1))
    left = sum(value_of(played.take(HEARD)) for _ in range(10 * TICKS_PER_S))
    assert left * AUDIO_TICK_MS <= WAITING_MAX_MS


class Halving:
    """`Cleaning` that leaves a part of what is heard, and says what it was told."""

    def __init__(self, left: float) -> None:
        self.left = left
        self.played: list[int] = []
        self.levels: list[float] = []

    def open(self) -> "Halving":
        return self

    def cancel_echo(self, heard: AudioChunk, played: AudioChunk) -> AudioChunk:
        self.played.append(value_of(played))
        return tick(round(value_of(heard) * self.left))

    def suppress_noise(self, sound: AudioChunk, level: float) -> AudioChunk:
        self.levels.append(level)
        return tick(value_of(sound) - 1)


def talk(microphone: CleanMicrophone, duration_ms: float, packet: bytes = SPEECH) -> int:
    """The persona says something meanwhile; what is heard of the last 20 ms."""
    heard = HEARD
    for _ in range(round(duration_ms / AUDIO_TICK_MS)):
        microphone.played(packet)
        heard = microphone.without_echo(HEARD)
    return value_of(heard)


def test_until_an_echo_is_found_the_sound_goes_on_as_it_came() -> None:
    cleaning = Halving(0.1)
    microphone = CleanMicrophone(cleaning, CountedPackets(), lambda: 0.0)
    assert talk(microphone, 2_000) == 500
    assert not microphone.cancels
    assert any(cleaning.played), "the canceller knows the echo before it is wanted"
    assert microphone.echo_found()
    assert not microphone.echo_found()
    assert talk(microphone, 20) == 50
    assert microphone.cancels


@pytest.mark.parametrize(("left", "stays"), [(0.1, True), (1.0, False)])
def test_an_echo_that_is_gone_is_no_longer_taken_out(left: float, stays: bool) -> None:
    microphone = CleanMicrophone(Halving(left), CountedPackets(), lambda: 0.0)
    microphone.echo_found()
    talk(microphone, 2 * GONE_AFTER_MS)
    assert microphone.cancels is stays


def test_while_she_is_silent_nothing_is_learned_of_her_echo() -> None:
    microphone = CleanMicrophone(Halving(1.0), CountedPackets(), lambda: 0.0)
    microphone.echo_found()
    talk(microphone, 2 * GONE_AFTER_MS, SILENCE)
    assert not microphone.cancels
    talk(microphone, 20)
    assert microphone.cancels


def test_noise_is_taken_out_as_far_as_there_is_some() -> None:
    cleaning = Halving(1.0)
    level = 0.0
    microphone = CleanMicrophone(cleaning, CountedPackets(), lambda: level)
    assert microphone.without_noise(HEARD, 1e-3) is HEARD
    level = 0.4
    for room in (10**-4.6, 1e-3):
        assert value_of(microphone.without_noise(HEARD, room)) == 499
    assert microphone.without_noise(HEARD, 1e-7) is HEARD
    assert cleaning.levels == pytest.approx([0.2, 0.4, 0.0]), "it knows the noise when there is some again"


def test_where_nobody_cleans_the_sound_goes_on_as_it_came() -> None:
    microphone = CleanMicrophone(None, CountedPackets(), lambda: 1.0)
    microphone.played(SPEECH)
    assert not microphone.echo_found()
    assert microphone.without_noise(microphone.without_echo(HEARD), 1e-3) is HEARD


@pytest.mark.parametrize(("left", "somebody"), [(100, False), (400, True)])
def test_where_little_is_left_it_is_the_rest_of_the_echo(left: int, somebody: bool) -> None:
    assert value_of(beside(HEARD, tick(left))) == (left if somebody else 0)
