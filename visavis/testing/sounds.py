"""What a microphone hears: lines spoken by the built-in voices, coughs, files, noise, and the persona itself.

All sound is mono float32 at `SPEECH_RATE_HZ`, full scale 1. What is made up is made from a seed, so that the same file
is the same sound every time.
"""

import wave
from collections import deque
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from visavis.core.frames import AUDIO_TICK_MS, SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog
from visavis.providers.base import BlockingVoice

Sound = NDArray[np.float32]

TICK_SAMPLES = SPEECH_RATE_HZ * AUDIO_TICK_MS // 1000
FILE_LENGTH_MAX_S = 600
VOICES = ("flite", "flite_wasm")  # the second stands in for the first
NO_SOUND: Sound = np.zeros(0, np.float32)


def gain(level_db: float) -> np.float32:
    return np.float32(10 ** (level_db / 20))


def from_pcm(pcm: bytes, rate_hz: int = SPEECH_RATE_HZ) -> Sound:
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
    return samples if rate_hz == SPEECH_RATE_HZ else soxr.resample(samples, rate_hz, SPEECH_RATE_HZ)


def to_chunk(sound: Sound) -> AudioChunk:
    return AudioChunk((sound.clip(-1, 1) * 32_767).astype("<i2").tobytes(), SPEECH_RATE_HZ)


def from_file(path: Path) -> Sound:
    """A WAV file of 16 bits; of several channels the first is taken. Raises `ValueError`."""
    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != 2 or file.getnframes() > FILE_LENGTH_MAX_S * file.getframerate():
                raise ValueError(f"{path} has to be a WAV file of 16 bits and {FILE_LENGTH_MAX_S} s at most")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            return from_pcm(samples[:: file.getnchannels()].tobytes(), file.getframerate())
    except (OSError, EOFError, wave.Error) as error:
        raise ValueError(f"{path} cannot be read as a WAV file: {error}") from None


class Speaker:
    """Says the user's lines. A line that was said before is remembered."""

    def __init__(self) -> None:
        provider: BlockingVoice = catalog.load("tts", catalog.first_usable("tts", VOICES))()
        self._provider = provider
        self._said: dict[tuple[str, str, float], Sound] = {}

    def say(self, text: str, voice: str, speed: float) -> Sound:
        """Raises `VisavisError` for a voice that is not there."""
        line = (text, voice, speed)
        if line not in self._said:
            spoken = self._provider.synthesize(text, VoiceSpec("flite", voice, speed=speed)).audio
            self._said[line] = from_pcm(spoken.pcm, spoken.rate_hz)
        return self._said[line]


def made_up(name: str) -> Sound | None:
    """A sound by its name; None where it has none."""
    makers = {"cough": cough, "hum": hum, "knock": knock, "mm-hm": mm_hm}
    return makers[name]() if name in makers else None


def cough() -> Sound:
    """Two bursts of breath, as a synthetic cough: shaped noise, loud at once and gone in a fifth of a second."""
    noise = np.random.default_rng(7)
    bursts = [_burst(noise, 0.19, 0.8, 900), np.zeros(SPEECH_RATE_HZ // 10, np.float32), _burst(noise, 0.14, 0.5, 700)]
    return np.concatenate(bursts)


def hum() -> Sound:
    """Half a second of a low tone, as of a machine."""
    at_s = np.arange(SPEECH_RATE_HZ // 2) / SPEECH_RATE_HZ
    return (0.2 * np.sin(2 * np.pi * 120 * at_s)).astype(np.float32)


def knock() -> Sound:
    """A cup put down on a table."""
    return _burst(np.random.default_rng(11), 0.06, 0.9, 250)


def mm_hm() -> Sound:
    """A synthetic murmur through closed lips, in two parts, as somebody makes who listens."""
    gap = np.zeros(SPEECH_RATE_HZ * 7 // 100, np.float32)
    return np.concatenate((_murmur(0.14, 118, 112), gap, _murmur(0.22, 112, 135)))


def _murmur(length_s: float, from_hz: float, to_hz: float) -> Sound:
    pitch_hz = np.linspace(from_hz, to_hz, round(length_s * SPEECH_RATE_HZ))
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SPEECH_RATE_HZ
    overtones = (np.cos(n * phase) / (1 + (n * pitch_hz / 300) ** 4) for n in range(1, 20))
    shape = np.minimum(1, np.sin(np.linspace(0, np.pi, phase.size)) * 4)
    sound = sum(overtones, np.zeros(phase.size)) * shape
    return (0.25 * sound / np.abs(sound).max()).astype(np.float32)


def _burst(noise: np.random.Generator, length_s: float, peak: float, centre_hz: float) -> Sound:
    at_s = np.arange(round(length_s * SPEECH_RATE_HZ)) / SPEECH_RATE_HZ
    ringing = np.exp(-np.arange(96) / 24) * np.cos(2 * np.pi * centre_hz * np.arange(96) / SPEECH_RATE_HZ)
    coloured = np.convolve(noise.standard_normal(at_s.size), ringing, "same")
    shape = np.minimum(at_s / 0.008, 1) * np.exp(-at_s / (length_s / 3.5))
    shaped = coloured * shape
    return (peak * shaped / np.abs(shaped).max()).astype(np.float32)


class Microphone:
    """Mixes what is near it, 20 ms at a time."""

    def __init__(self, noise_db: float | None, echo_db: float | None, echo_delay_ms: float) -> None:
        self._noise = np.random.default_rng(3)
        self._noise_gain = 0.0 if noise_db is None else gain(noise_db)
        self._echo_gain = None if echo_db is None else gain(echo_db)
        silence = np.zeros(round(echo_delay_ms * SPEECH_RATE_HZ / 1000), np.float32)
        self._echo: deque[Sound] = deque([silence])
        self._user: Sound = NO_SOUND

    @property
    def busy(self) -> bool:
        """Whether the user still makes a sound."""
        return self._user.size > 0

    def user(self, sound: Sound) -> None:
        self._user = np.concatenate((self._user, sound))

    def loudspeaker(self, sound: Sound) -> None:
        """What the persona was heard to say just now; it comes back after a while."""
        if self._echo_gain is not None:
            self._echo.append(sound)

    def tick(self) -> AudioChunk:
        """The next 20 ms."""
        mixed = np.zeros(TICK_SAMPLES, np.float32)
        if self._noise_gain:
            mixed += self._noise_gain * self._noise.standard_normal(TICK_SAMPLES, np.float32)
        now, self._user = self._user[:TICK_SAMPLES], self._user[TICK_SAMPLES:]
        mixed[: now.size] += now
        if self._echo_gain is not None:
            mixed += self._echo_gain * self._take_echo()
        return to_chunk(mixed)

    def _take_echo(self) -> Sound:
        waiting = np.concatenate((*self._echo, NO_SOUND))
        self._echo = deque([waiting[TICK_SAMPLES:]])
        piece = waiting[:TICK_SAMPLES]
        return np.pad(piece, (0, TICK_SAMPLES - piece.size))
