"""Lips for speech that nobody gave times for: what they fit, and that nothing but the sound matters."""

import numpy as np
import pytest

from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.tts.flite import Flite
from visavis.renderers.lips_from_sound import RATE_HZ, REVISED, STEP_MS, LipsFromSound, heard_at_16_khz
from visavis.renderers.speech import SpeechTrack
from visavis.renderers.visemes import JAW, OPEN, PRESS, ROUND, SHAPE_SIZE, UPPER_TEETH, targets_of_phone

HELD_OUT = "awb"  # the voice that scripts.train_lips keeps out
Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


@pytest.fixture(scope="module")
def spoken() -> SpeechAudio:
    return Flite().synthesize("Four old farmers were walking to the harbour of Lisbon.", VoiceSpec("flite", HELD_OUT))


def really(spoken: SpeechAudio, steps: int) -> np.ndarray:
    shapes = np.zeros((steps, SHAPE_SIZE), np.float32)
    for mark in spoken.marks:
        if mark.kind == "phone":
            parts = targets_of_phone(mark.text)
            first, last = (round(at_ms / STEP_MS) for at_ms in (mark.start_ms, mark.end_ms))
            shapes[first:last] = parts[0].shape
    return shapes


def changed(audio: AudioChunk, gain: float, rate_hz: int = RATE_HZ) -> AudioChunk:
    samples = np.frombuffer(audio.pcm, np.int16).astype(np.float64) * gain
    times = np.arange(int(len(samples) * rate_hz / audio.rate_hz)) * audio.rate_hz / rate_hz
    return AudioChunk(np.interp(times, np.arange(len(samples)), samples).astype(np.int16).tobytes(), rate_hz)


def test_a_voice_it_has_never_heard_is_understood(spoken: SpeechAudio) -> None:
    _, shapes = LipsFromSound().hear(spoken.audio)
    truth = really(spoken, len(shapes))
    for index, at_least in ((OPEN, 0.65), (JAW, 0.65), (ROUND, 0.35), (UPPER_TEETH, 0.5)):
        assert np.corrcoef(shapes[:, index], truth[:, index])[0, 1] > at_least


@pytest.mark.parametrize(("gain", "rate_hz"), [(0.2, 16_000), (1.0, 24_000), (1.0, 44_100), (1.0, 48_000)])
def test_neither_level_nor_rate_matters_much(spoken: SpeechAudio, gain: float, rate_hz: int) -> None:
    _, plain = LipsFromSound().hear(spoken.audio)
    _, other = LipsFromSound().hear(changed(spoken.audio, gain, rate_hz))
    steps = min(len(plain), len(other))
    assert abs(len(plain) - len(other)) <= 1
    assert np.corrcoef(plain[:steps, OPEN], other[:steps, OPEN])[0, 1] > 0.9


def test_pieces_are_understood_like_the_whole(spoken: SpeechAudio) -> None:
    _, whole = LipsFromSound().hear(spoken.audio)
    ear, size = LipsFromSound(), 2 * RATE_HZ * 60 // 1000
    heard = np.zeros((0, SHAPE_SIZE), np.float32)
    for first in range(0, len(spoken.audio.pcm), size):
        revised, shapes = ear.hear(AudioChunk(spoken.audio.pcm[first : first + size], RATE_HZ))
        if len(heard):
            heard[-REVISED:] = revised
        heard = np.concatenate([heard, shapes])
    assert np.abs(heard[: len(whole)] - whole).max() < 0.02


def test_the_track_revises_the_end_of_a_piece_and_nothing_older(spoken: SpeechAudio) -> None:
    size = 2 * RATE_HZ * 200 // 1000
    first, second = (AudioChunk(spoken.audio.pcm[at : at + size], RATE_HZ) for at in (8 * size, 9 * size))
    alone, both = SpeechTrack(), SpeechTrack()
    alone.speak(0.0, first, ())
    both.speak(0.0, first, ())
    both.speak(200.0, second, ())
    apart = [float(np.abs(alone.shape(at_ms) - both.shape(at_ms)).max()) for at_ms in range(0, 200, 10)]
    assert max(apart[:3]) < 0.15 < max(apart[-2:])


def test_lips_that_hear_nothing_stay_shut() -> None:
    noise = (np.random.default_rng(1).standard_normal(RATE_HZ) * 60).astype(np.int16)  # -55 dB
    for pcm in (bytes(2 * RATE_HZ), noise.tobytes()):
        track = SpeechTrack()
        track.speak(0.0, AudioChunk(pcm, RATE_HZ), ())
        assert max(float(track.shape(at_ms)[OPEN]) for at_ms in range(0, 1000, 40)) < 0.12


def test_bilabials_are_seen_shut() -> None:
    spoken = Flite().synthesize("Maybe Bob may bring a big map.", VoiceSpec("flite", "slt"))
    track = SpeechTrack()
    track.speak(0.0, spoken.audio, ())
    shut = 0
    bilabials = [mark for mark in spoken.marks if mark.kind == "phone" and mark.text in ("p", "b", "m")]
    for mark in bilabials:
        near = np.arange(mark.start_ms - 40, mark.end_ms + 40, 10)
        shut += any(track.shape(float(at_ms))[PRESS] > 0.6 for at_ms in near)
    assert shut >= 0.6 * len(bilabials)


@pytest.mark.parametrize("samples", [0, 1, 7, 320, 4799])
def test_pieces_of_any_length_are_taken(samples: int) -> None:
    for rate_hz in (8_000, 16_000, 44_100, 48_000):
        _, shapes = LipsFromSound().hear(AudioChunk(bytes(2 * samples), rate_hz))
        assert len(shapes) == -(-len(heard_at_16_khz(AudioChunk(bytes(2 * samples), rate_hz))) // (RATE_HZ // 50))
