"""What the two ways of running flite share: its voices, and the way from raw output to finished speech.

That way is also festival's and espeak's, which come at other rates.

Raw voices differ in loudness by 12 dB and begin with up to a quarter of a second of silence. Finished speech is of one
loudness, starts at once and ends with the pause its punctuation asks for; marks move along.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import soxr
from numpy.typing import NDArray

from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk, Mark, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.spoken import PlainText, SpokenWord, plain, word_marks

Samples = NDArray[np.float32]

SILENCE = "pau"
SPEED_RANGE = (0.5, 2.0)
VOLUME_RANGE = (0.0, 4.0)
LEAD_MS = 20.0  # silence kept before the first sound, so that no onset is cut
PAUSE_AFTER_SENTENCE_MS = 260.0
PAUSE_AFTER_CLAUSE_MS = 130.0
PAUSE_ELSEWHERE_MS = 50.0
_KNEE = 0.7  # of full scale: louder samples are bent, none wraps around


@dataclass(frozen=True, slots=True)
class FliteVoice:
    """One of flite's voices, perhaps turned into somebody else.

    `base` is flite's own name. `pitch_hz` is its mean pitch, 0 where its pitch cannot be set. `tract` shortens (> 1) or
    lengthens the vocal tract, which moves formants and pitch together. `stretch` and `gain` even out the originals.
    """

    base: str
    gain: float
    pitch_hz: float = 0.0
    pitch: float = 1.0
    tract: float = 1.0
    stretch: float = 1.0


_SLT = FliteVoice("slt", gain=0.70, pitch_hz=168.0)  # an American woman
_RMS = FliteVoice("rms", gain=1.30)  # an American man
_AWB = FliteVoice("awb", gain=1.15, pitch_hz=129.0)  # a Scottish man
_KAL = FliteVoice("kal16", gain=2.60, pitch_hz=95.0, stretch=1.1)  # the robotic classic

VOICES: dict[str, FliteVoice] = {
    "slt": _SLT,
    "slt-warm": replace(_SLT, pitch=0.90, tract=0.96),
    "slt-bright": replace(_SLT, pitch=1.10, tract=1.05),
    "rms": _RMS,
    "rms-deep": replace(_RMS, tract=0.93),
    "rms-light": replace(_RMS, tract=1.06),
    "awb": _AWB,
    "awb-deep": replace(_AWB, pitch=0.88, tract=0.95),
    "kal16": _KAL,
}
DEFAULT_VOICE = "rms"


@dataclass(frozen=True, slots=True)
class Phone:
    """One segment as flite made it; `word` counts the raw words, -1 for silence."""

    name: str
    end_s: float
    word: int


@dataclass(frozen=True, slots=True)
class RawSpeech:
    """flite's own output. `words` are pairs of the spoken word and the index of its token."""

    samples: Samples
    rate_hz: int
    phones: Sequence[Phone]
    words: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How one clause is to be said: flite's features and what is done to the sound afterwards."""

    base: str
    stretch: float
    pitch_hz: float
    tract: float
    gain: float
    speed: float


def manner_of(spec: VoiceSpec) -> Manner:
    """What a request asks for; an unknown voice is the default one, so that a conversation never falls silent."""
    voice = VOICES.get(spec.voice, VOICES[DEFAULT_VOICE])
    speed = float(np.clip(spec.speed, *SPEED_RANGE))
    pitch = voice.pitch * number_of(spec, "pitch", (0.7, 1.4))
    tract = voice.tract * number_of(spec, "tract", (0.85, 1.15))
    return Manner(
        base=voice.base,
        stretch=voice.stretch * tract / speed,
        pitch_hz=voice.pitch_hz * pitch / tract,
        tract=tract,
        gain=voice.gain * float(np.clip(spec.volume, *VOLUME_RANGE)),
        speed=speed,
    )


def number_of(spec: VoiceSpec, option: str, limits: tuple[float, float]) -> float:
    """An option that is a number, within limits; 1.0 where nobody set it."""
    value = spec.options.get(option)
    return float(np.clip(value, *limits)) if isinstance(value, int | float) else 1.0


def silence() -> SpeechAudio:
    """What a text is worth in which nothing can be pronounced."""
    return SpeechAudio(AudioChunk(b"", SPEECH_RATE_HZ))


def finish(
    raw: RawSpeech, source: str, plain_text: PlainText, manner: Manner, rate_hz: int = SPEECH_RATE_HZ
) -> SpeechAudio:
    """Finished speech of `source`: resampled, trimmed, levelled, marked."""
    samples = _resampled(raw, manner, rate_hz)
    start, stop = _sounding(samples)
    start = max(0, start - round(LEAD_MS / manner.speed * rate_hz / 1000))
    pause = round(_pause_ms(plain_text.text) / manner.speed * rate_hz / 1000)
    body = samples[start : stop + pause]
    body = np.pad(body, (0, stop + pause - start - len(body)))
    audio = AudioChunk(_limited(body * manner.gain).tobytes(), rate_hz)
    phones, words = _times(raw, manner, start * 1000 / rate_hz, audio.duration_ms)
    return SpeechAudio(audio, (*phones, *word_marks(source, plain_text, words)))


def _resampled(raw: RawSpeech, manner: Manner, rate_hz: int) -> Samples:
    """Played faster by `tract` and brought to the rate that is wanted."""
    if raw.rate_hz * manner.tract == rate_hz:
        return raw.samples
    return soxr.resample(raw.samples, raw.rate_hz * manner.tract, rate_hz)


def _sounding(samples: Samples) -> tuple[int, int]:
    """First and last-plus-one sample that can be heard."""
    level = np.abs(samples)
    audible = np.flatnonzero(level > max(0.003, 0.012 * float(level.max(initial=0.0))))
    return (int(audible[0]), int(audible[-1]) + 1) if len(audible) else (0, len(samples))


def _pause_ms(text: str) -> float:
    ending = text.rstrip(" \"')]")[-1:]
    if ending in ".!?":
        return PAUSE_AFTER_SENTENCE_MS
    return PAUSE_AFTER_CLAUSE_MS if ending in ",;:-" else PAUSE_ELSEWHERE_MS


def _limited(samples: Samples) -> NDArray[np.int16]:
    over = np.maximum(np.abs(samples) - _KNEE, 0.0) / (1.0 - _KNEE)
    bent = np.where(over > 0.0, np.copysign(_KNEE + (1.0 - _KNEE) * np.tanh(over), samples), samples)
    return np.round(bent * 32_767).astype("<i2")


def _times(raw: RawSpeech, manner: Manner, cut_ms: float, length_ms: float) -> tuple[list[Mark], list[SpokenWord]]:
    """Phone marks and words on the clock of the finished sound; silences at both ends reach to its ends."""
    phones: list[Mark] = []
    spans: dict[int, tuple[float, float]] = {}
    start_ms = 0.0
    for index, phone in enumerate(raw.phones):
        end_ms = min(max(phone.end_s * 1000 / manner.tract - cut_ms, start_ms), length_ms)
        if index == len(raw.phones) - 1:
            end_ms = length_ms
        if end_ms > start_ms:
            phones.append(Mark("phone", start_ms, end_ms, phone.name))
        if phone.word >= 0:
            spans[phone.word] = (spans.get(phone.word, (start_ms, 0.0))[0], end_ms)
        start_ms = end_ms
    words = [SpokenWord(*raw.words[index], *spans[index]) for index in sorted(spans)]
    return phones, words


def readable(source: str) -> PlainText | None:
    """The text flite may be given, or None where it would find nothing to say."""
    text = plain(source)
    return text if text.speakable else None
