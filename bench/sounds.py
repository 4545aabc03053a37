"""What a microphone may hear, made by seeded scripts: voices, coughs, knocks, rooms, noise; and recordings of people.

Coughs and the like are synthetic and are called so wherever they are counted. Recordings of people come from the
Debian packages pocketsphinx-testdata and asterisk-core-sounds-en-wav, where these are installed.
"""

import wave
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ, Mark
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog

Sound: TypeAlias = NDArray[np.float32]
Rng: TypeAlias = np.random.Generator

VOICES = ("slt", "slt-warm", "slt-bright", "rms", "rms-deep", "rms-light", "awb", "awb-deep", "kal16")
AUDIBLE_DB = 26.0
HUMAN = (
    Path("/usr/share/pocketsphinx/test/data/librivox"),
    Path("/usr/share/pocketsphinx/test/data/cards"),
    Path("/usr/share/asterisk/sounds/en_US_f_Allison"),
)


def samples(duration_ms: float) -> int:
    return round(duration_ms * SPEECH_RATE_HZ / 1000)


def duration_ms(sound: Sound) -> float:
    return sound.size * 1000 / SPEECH_RATE_HZ


def silence(duration_ms: float) -> Sound:
    return np.zeros(samples(duration_ms), np.float32)


def level_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def at_level(sound: Sound, db: float) -> Sound:
    return sound * np.float32(10 ** ((db - level_db(sound)) / 20))


# --- voices -----------------------------------------------------------------------------------------------------


@cache
def _flite() -> Any:
    return catalog.load("tts", "flite")()


def a_voice(rng: Rng, voices: tuple[str, ...] = VOICES) -> VoiceSpec:
    """One of many people: pitch, vocal tract and pace vary."""
    options = {"pitch": float(rng.uniform(0.85, 1.2)), "tract": float(rng.uniform(0.92, 1.08))}
    return VoiceSpec("flite", str(rng.choice(voices)), speed=float(rng.uniform(0.9, 1.2)), options=options)


def say(text: str, voice: VoiceSpec) -> tuple[Sound, list[Mark]]:
    """Speech that begins and ends with its first and last audible sample, and its marks."""
    speech = _flite().synthesize(text, voice)
    sound = np.frombuffer(speech.audio.pcm, "<i2").astype(np.float32) / np.float32(32_768)
    first, last = audible(sound)
    shift_ms = first * 1000 / SPEECH_RATE_HZ
    marks = [Mark(m.kind, m.start_ms - shift_ms, m.end_ms - shift_ms, m.text, m.start_char, m.end_char)
             for m in speech.marks]  # fmt: skip
    return sound[first:last], marks


def audible(sound: Sound) -> tuple[int, int]:
    """Where a sound begins and ends: with what is at most `AUDIBLE_DB` below its loudest 10 ms."""
    size = samples(10)
    pieces = sound[: sound.size - sound.size % size].reshape(-1, size)
    power = np.mean(pieces**2, axis=1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-AUDIBLE_DB / 10))
    return int(loud[0]) * size, (int(loud[-1]) + 1) * size


def mm_hm(rng: Rng, voice: VoiceSpec) -> Sound:
    """Spliced from the sounds of "hum", because the voice spells the word."""
    sound, marks = say("hum", voice)
    phones = {m.text: sound[samples(max(0.0, m.start_ms)) : samples(m.end_ms)] for m in marks if m.kind == "phone"}
    m, breath = phones["m"], phones["hh"]
    first = m[: samples(rng.uniform(90, 160))]
    second = m[: samples(rng.uniform(150, 240))]
    return joined(first, breath[: samples(70)] * np.float32(0.5), second, overlap_ms=12)


def joined(*parts: Sound, overlap_ms: float) -> Sound:
    """One after the other, each faded into the next."""
    whole = parts[0]
    for part in parts[1:]:
        size = min(samples(overlap_ms), whole.size, part.size)
        fade = np.linspace(0, 1, size, dtype=np.float32)
        middle = whole[whole.size - size :] * (1 - fade) + part[:size] * fade
        whole = np.concatenate((whole[: whole.size - size], middle, part[size:]))
    return whole.astype(np.float32)


def recordings(folder: Path, lasts_s: tuple[float, float]) -> list[tuple[str, Sound]]:
    """The recordings of people in a folder, by name, trimmed; those that are too short or too long are left out."""
    found: list[tuple[str, Sound]] = []
    for file in sorted(folder.glob("*.wav")):
        with wave.open(str(file)) as opened:
            rate_hz, raw = opened.getframerate(), opened.readframes(opened.getnframes())
        sound = np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32_768)
        sound = soxr.resample(sound, rate_hz, SPEECH_RATE_HZ)
        first, last = audible(sound)
        sound = sound[first:last]
        if lasts_s[0] <= sound.size / SPEECH_RATE_HZ <= lasts_s[1]:
            found.append((file.stem, sound))
    return found


# --- noises -----------------------------------------------------------------------------------------------------


def shaped(rng: Rng, duration_ms: float, low_hz: float, high_hz: float, slope: float = 0.0) -> Sound:
    """Noise in a band; the higher the slope, the duller."""
    size = max(2, samples(duration_ms))
    spectrum = np.fft.rfft(rng.normal(size=size))
    hz = np.fft.rfftfreq(size, 1 / SPEECH_RATE_HZ)
    weight = ((hz >= low_hz) & (hz <= high_hz)) / np.maximum(hz, 50.0) ** slope
    sound = np.fft.irfft(spectrum * weight, size)
    return (sound / (np.abs(sound).max() + 1e-9)).astype(np.float32)


def room(rng: Rng, duration_ms: float, db: float) -> Sound:
    return at_level(shaped(rng, duration_ms, 40, 7_500, float(rng.uniform(0.3, 1.0))), db)


def cough(rng: Rng) -> Sound:
    """Synthetic: a burst, air, and sometimes a hoarse end; once or twice."""
    once: list[Sound] = []
    for _ in range(int(rng.integers(1, 3))):
        burst = shaped(rng, rng.uniform(40, 80), 300, 6_000, 0.3)
        burst *= np.exp(-np.linspace(0, 2, burst.size)).astype(np.float32)
        air = shaped(rng, rng.uniform(80, 180), 400, 5_000, 0.6) * np.float32(0.4)
        parts = [burst, air * np.linspace(1, 0.3, air.size, dtype=np.float32)]
        if rng.random() < 0.5:
            parts.append(_hoarse(rng, rng.uniform(60, 140)))
        once += [joined(*parts, overlap_ms=8), silence(rng.uniform(60, 220))]
    return np.concatenate(once[:-1])


def _hoarse(rng: Rng, duration_ms: float) -> Sound:
    pitch_hz = rng.uniform(140, 320)
    at = np.arange(samples(duration_ms)) / SPEECH_RATE_HZ
    wobble = np.cumsum(1 + 0.15 * rng.normal(size=at.size)) / SPEECH_RATE_HZ
    pulses = np.maximum(0, np.sin(2 * np.pi * pitch_hz * wobble)) ** 6
    noisy = pulses * (1 + 0.6 * rng.normal(size=at.size))
    return (0.35 * noisy * np.exp(-3 * at * 1000 / duration_ms)).astype(np.float32)


def knock(rng: Rng) -> Sound:
    """Synthetic: something put down on a table, one to three times."""
    knocks: list[Sound] = []
    for _ in range(int(rng.integers(1, 4))):
        at = np.arange(samples(90)) / SPEECH_RATE_HZ
        tone = np.sin(2 * np.pi * rng.uniform(120, 500) * at) + 0.5 * rng.normal(size=at.size)
        knocks += [(tone * np.exp(-at * rng.uniform(40, 90))).astype(np.float32), silence(rng.uniform(80, 300))]
    return np.concatenate(knocks[:-1])


def typing(rng: Rng) -> Sound:
    """Synthetic: half a second of keys."""
    keys = silence(500)
    for at in rng.integers(0, keys.size - 400, size=int(rng.integers(3, 8))):
        click = shaped(rng, 20, 1_500, 7_500) * np.exp(-np.linspace(0, 5, samples(20))).astype(np.float32)
        keys[at : at + click.size] += click * np.float32(rng.uniform(0.4, 1))
    return keys


def breath(rng: Rng) -> Sound:
    """Synthetic: a sigh into the microphone."""
    air = shaped(rng, rng.uniform(300, 700), 300, 6_000, 0.8)
    return air * np.sin(np.linspace(0, np.pi, air.size)).astype(np.float32)


NOISES: dict[str, Callable[[Rng], Sound]] = {
    "synthetic cough": cough,
    "synthetic knock": knock,
    "synthetic typing": typing,
    "synthetic breath": breath,
}


# --- rooms ------------------------------------------------------------------------------------------------------


def room_response(rng: Rng, direct: float = 1.0) -> Sound:
    """A small room between a loudspeaker or a mouth and the microphone: a direct path and a tail that dies away."""
    decay_s = rng.uniform(0.15, 0.45)
    at = np.arange(samples(decay_s * 800)) / SPEECH_RATE_HZ
    tail = rng.normal(size=at.size) * np.exp(-6.9 * at / decay_s)
    tail *= rng.uniform(0.3, 0.8) / np.sqrt(np.sum(tail**2))
    tail[: samples(2)] = 0.0
    tail[0] = direct
    return tail.astype(np.float32)


def in_room(rng: Rng, sound: Sound) -> Sound:
    return np.convolve(sound, room_response(rng)).astype(np.float32)
