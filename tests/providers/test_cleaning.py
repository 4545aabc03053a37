"""Every cleaner of microphones that the catalog lists: echoes go, voices stay, and two versions of one sound fit."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.providers.test_conformance import installed
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog
from visavis.providers.base import BlockingVoice, Cleaner, Cleaning

Sound = NDArray[np.float32]

TICK = SPEECH_RATE_HZ // 50
DELAYS_MS = (20, 140, 480)


@pytest.fixture(params=installed("cleaning"))
def cleaning(request: pytest.FixtureRequest) -> Cleaning:
    return catalog.load("cleaning", request.param)()


@pytest.fixture(scope="module")
def hers(flite: BlockingVoice) -> Sound:
    text = "The river was very high that spring, and the people of the town had built a wall of sand along its banks."
    return said(flite, text, "slt")


@pytest.fixture(scope="module")
def theirs(flite: BlockingVoice) -> Sound:
    return said(flite, "Wait a moment, can I ask something?", "rms")


def said(voice: BlockingVoice, text: str, name: str) -> Sound:
    pcm = voice.synthesize(text, VoiceSpec("flite", name)).audio.pcm
    return np.frombuffer(pcm, "<i2").astype(np.float32)


def room(size: int, level: float = 20.0) -> Sound:
    return (np.random.default_rng(5).standard_normal(size) * level).astype(np.float32)


def chunk(sound: Sound) -> AudioChunk:
    return AudioChunk(np.rint(sound).clip(-32_768, 32_767).astype("<i2").tobytes(), SPEECH_RATE_HZ)


def cleaned(
    clean: Callable[[AudioChunk, AudioChunk], AudioChunk], heard: Sound, played: Sound, tick: int = TICK
) -> Sound:
    played = np.pad(played, (0, max(0, heard.size - played.size)))
    ticks = range(0, heard.size, tick)
    pcm = b"".join(clean(chunk(heard[at : at + tick]), chunk(played[at : at + tick])).pcm for at in ticks)
    return np.frombuffer(pcm, "<i2").astype(np.float32)


def quieted(cleaner: Cleaner, level: float, sound: Sound) -> Sound:
    return cleaned(lambda heard, _: cleaner.suppress_noise(heard, level), sound, sound[:0])


def power(sound: Sound) -> float:
    return float(np.mean(sound**2))


def delay_of(late: Sound, sound: Sound) -> int:
    """By how many samples one sound is later than the other."""
    size = 1 << (late.size + sound.size).bit_length()
    return int(np.argmax(np.fft.irfft(np.fft.rfft(late, size) * np.conj(np.fft.rfft(sound, size)), size)))


def part(sound: Sound, from_s: float, to_s: float) -> Sound:
    return sound[round(from_s * SPEECH_RATE_HZ) : round(to_s * SPEECH_RATE_HZ)]


@pytest.mark.parametrize("delay_ms", DELAYS_MS)
def test_an_echo_goes(cleaning: Cleaning, hers: Sound, delay_ms: int) -> None:
    echo = 0.25 * np.concatenate((np.zeros(delay_ms * SPEECH_RATE_HZ // 1000, np.float32), hers))
    heard = echo + room(echo.size)
    left = cleaned(cleaning.open().cancel_echo, heard, hers)
    assert power(part(left, 1.5, 4.0)) < power(part(heard, 1.5, 4.0)) / 100


def test_who_speaks_over_an_echo_stays(cleaning: Cleaning, hers: Sound, theirs: Sound) -> None:
    echo = 0.1 * np.concatenate((np.zeros(140 * SPEECH_RATE_HZ // 1000, np.float32), hers))
    voice = np.pad(theirs, (2 * SPEECH_RATE_HZ, 0))[: echo.size]
    voice = np.pad(voice, (0, echo.size - voice.size))
    left = cleaned(cleaning.open().cancel_echo, echo + voice + room(echo.size), hers)
    assert power(part(left, 2.0, 4.0)) > power(part(voice, 2.0, 4.0)) / 4


def test_a_voice_stays_as_it_is_while_nothing_is_played(cleaning: Cleaning, theirs: Sound) -> None:
    heard = theirs + room(theirs.size)
    left = cleaned(cleaning.open().cancel_echo, heard, heard[:0])
    late = delay_of(left, heard)
    assert 0 <= late <= SPEECH_RATE_HZ // 50
    one = left[late:]
    assert np.corrcoef(one, heard[: one.size])[0, 1] > 0.95


def test_noise_goes_and_voices_stay(cleaning: Cleaning, theirs: Sound) -> None:
    sound = np.pad(theirs, (2 * SPEECH_RATE_HZ, SPEECH_RATE_HZ // 2))
    noisy = sound + room(sound.size, 150.0)
    left = quieted(cleaning.open(), 1.0, noisy)
    assert power(part(left, 1.0, 1.8)) < power(part(noisy, 1.0, 1.8)) / 10
    assert power(part(left, 2.0, 3.5)) > power(part(sound, 2.0, 3.5)) / 2


def test_no_enhancement_changes_nothing_but_the_time(cleaning: Cleaning, theirs: Sound) -> None:
    noisy = np.rint(theirs + room(theirs.size, 150.0))
    left = quieted(cleaning.open(), 0.0, noisy)
    late = delay_of(left, noisy)
    assert late <= SPEECH_RATE_HZ // 50
    assert np.array_equal(left[late:], noisy[: left.size - late])


def test_what_is_mixed_is_of_the_same_time(cleaning: Cleaning, theirs: Sound) -> None:
    """Sound and clean sound that are apart by milliseconds would cancel each other at some frequencies, like a comb."""
    noisy = theirs + room(theirs.size, 30.0)
    raw, half, clean = (quieted(cleaning.open(), level, noisy) for level in (0.0, 0.5, 1.0))
    assert delay_of(clean, raw) == 0
    assert np.abs(half - (raw + clean) / 2).max() <= 1.0
    spectra = [np.abs(np.fft.rfft(sound)) ** 2 for sound in (raw, half)]
    bands = [np.add.reduceat(spectrum, np.arange(100, spectrum.size - 100, 100)) for spectrum in spectra]
    voiced = bands[0] > np.median(bands[0])
    assert (bands[1][voiced] > bands[0][voiced] / 3).all(), "at no frequency of the voice is much lost"


def test_pieces_may_have_any_size(cleaning: Cleaning, hers: Sound) -> None:
    heard = 0.2 * np.pad(hers, (TICK, 0))[: 2 * SPEECH_RATE_HZ] + room(2 * SPEECH_RATE_HZ)
    at_once, bit_by_bit = (cleaned(cleaning.open().cancel_echo, heard, hers, tick) for tick in (TICK, TICK // 8))
    assert at_once.size - bit_by_bit.size < TICK
    assert power(part(bit_by_bit, 1.0, 1.9)) < power(part(heard, 1.0, 1.9)) / 30


def test_another_rate_is_refused(cleaning: Cleaning) -> None:
    sound = AudioChunk(bytes(1920), 48_000)
    with pytest.raises(ValueError, match="48000"):
        cleaning.open().cancel_echo(sound, sound)
