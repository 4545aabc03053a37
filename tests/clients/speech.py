"""Sentences to say to a server, and ears for what it says; both are the built-in ones."""

import wave
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.providers import catalog

MICROPHONE_RATE_HZ = 48_000
LOUD = 200  # of 32768


@cache
def _voice() -> Any:
    return catalog.load("tts", "flite")()


@cache
def _ears() -> Any:
    return catalog.load("stt", "pocketsphinx")()


def record(text: str, path: Path, before_s: float = 0.5, after_s: float = 2.0) -> Path:
    """A WAV of somebody saying `text`, with quiet around it."""
    spoken = _voice().synthesize(text, VoiceSpec(provider="flite", voice="rms")).audio
    samples = np.frombuffer(spoken.pcm, "<i2").astype(np.float32) / 32_768
    samples = soxr.resample(samples, spoken.rate_hz, MICROPHONE_RATE_HZ)
    before, after = (np.zeros(round(span_s * MICROPHONE_RATE_HZ), np.float32) for span_s in (before_s, after_s))
    pcm = (np.concatenate([before, samples, after]).clip(-1, 1) * 32_767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(MICROPHONE_RATE_HZ)
        recording.writeframes(pcm)
    return path


def heard_in(path: Path) -> str:
    """What the built-in recogniser makes of a recording."""
    with wave.open(str(path)) as recording:
        rate_hz = recording.getframerate()
        samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").astype(np.float32) / 32_768
    samples = soxr.resample(samples, rate_hz, SPEECH_RATE_HZ)
    utterance = _ears().open(EarsSpec(provider="pocketsphinx", language="en"))
    utterance.feed((samples.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return str(utterance.finish())


def words_shared(expected: str, heard: str) -> float:
    """Which part of the expected words was heard; the recogniser is of demo quality, so 1.0 is not to be asked for."""
    wanted = [word.strip(".,!?'").lower() for word in expected.split()]
    found = set(heard.lower().split())
    return sum(word in found for word in wanted) / len(wanted)


def loud_part(path: Path) -> tuple[float, float]:
    """How long a recording is from its first loud sample to its last, in milliseconds, and its strongest pitch."""
    with wave.open(str(path)) as recording:
        rate_hz = recording.getframerate()
        samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").astype(np.float64)
    loud = np.flatnonzero(np.abs(samples) > LOUD)
    if not len(loud):
        return 0.0, 0.0
    part = samples[loud[0] : loud[-1] + 1]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return len(part) * 1000 / rate_hz, float(np.fft.rfftfreq(len(part), 1 / rate_hz)[int(power.argmax())])
