"""What local neural voices share: from text to sounds by espeak-ng, and from a model's durations to finished speech.

A model gets the sounds of a whole text as numbers, and gives samples and, if it was exported so, how long each of its
inputs lasts. Without that, words are placed by how many sounds they have and the face listens to the sound instead.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from visavis.core.errors import ProviderError
from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.espeak_process import EspeakProcess
from visavis.providers.flite_speech import SPEED_RANGE, VOLUME_RANGE, Manner, Phone, RawSpeech, Samples, finish
from visavis.providers.normalise import readable_text
from visavis.providers.phones import SILENCE, phone_of_ipa
from visavis.providers.spoken import PlainText

_INPUTS_MAX = 2_000  # sounds of one clause; more would be minutes


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound of a text as espeak-ng writes it; `token` counts the tokens it stands in, -1 for punctuation."""

    ipa: str
    token: int


@dataclass(frozen=True, slots=True)
class Uttered:
    """What a model made of sounds. `lasts_s` says how long each of them is heard, and is empty where nobody knows."""

    samples: Samples
    rate_hz: int
    lasts_s: Sequence[float]


class Reader:
    """Text to sounds, with the help of the espeak-ng process. Blocking."""

    def __init__(self) -> None:
        self._process = EspeakProcess()
        self._counts: dict[tuple[str, str], int] = {}

    def sounds(self, text: PlainText, voice: str) -> list[Sound]:
        """Raises `ProviderError`, also for a text that would take minutes to say."""
        tokens = [token for token, _, _ in text.tokens()]
        sounds: list[Sound] = []
        token = 0
        for spoken, ending in self._clauses(text.text, voice):
            for word in spoken.split():
                while token + 1 < len(tokens) and not any(map(str.isalnum, tokens[token])):
                    token += 1
                sounds += [Sound(ipa, token) for ipa in word.split("_") if ipa]
                if self._is_whole(sounds, token, tokens[token], voice):
                    token = min(token + 1, len(tokens) - 1)
                sounds.append(Sound(" ", -1))
            if ending:
                sounds[-1:] = [Sound(ending, -1), Sound(" ", -1)]
        if len(sounds) > _INPUTS_MAX:
            raise ProviderError("This text is too long for a local voice.", retryable=False)
        return sounds[:-1] if sounds and sounds[-1].ipa == " " else sounds

    def _clauses(self, text: str, voice: str) -> list[tuple[str, str]]:
        head, _ = self._process.ask({"text": text, "voice": voice, "phonemes": True})
        return [(str(spoken), str(ending)) for spoken, ending in head["clauses"]]

    def _is_whole(self, sounds: Sequence[Sound], token: int, name: str, voice: str) -> bool:
        """Whether a token has as many sounds by now as it has alone: "29" is two words, and one token."""
        if (voice, name) not in self._counts:
            alone = [ipa for spoken, _ in self._clauses(name, voice) for ipa in spoken.replace(" ", "_").split("_")]
            self._counts[voice, name] = len([ipa for ipa in alone if ipa])
        # connected speech drops a sound here and there
        return sum(sound.token == token for sound in sounds) >= self._counts[voice, name] - 1


def speech_of(
    text: str,
    spec: VoiceSpec,
    reader: Reader,
    espeak_voice: str,
    rate_hz: int,
    utter: Callable[[Sequence[Sound], float], Uttered],
) -> SpeechAudio:
    """Finished speech; `utter(sounds, speed)` asks the model."""
    plain_text = readable_text(text, espeak_voice[:2])
    speed = float(np.clip(spec.speed, *SPEED_RANGE))
    gain = float(np.clip(spec.volume, *VOLUME_RANGE))
    manner = Manner("", stretch=1.0, pitch_hz=0.0, tract=1.0, gain=gain, speed=speed)
    if not plain_text.speakable:
        return finish(RawSpeech(np.zeros(0, np.float32), rate_hz, [], []), text, PlainText("", ()), manner, rate_hz)
    sounds = reader.sounds(plain_text, espeak_voice)
    uttered = utter(sounds, speed)
    speech = finish(_raw(sounds, uttered, plain_text), text, plain_text, manner, rate_hz)
    if len(uttered.lasts_s):
        return speech
    return SpeechAudio(speech.audio, [mark for mark in speech.marks if mark.kind == "word"])


def _raw(sounds: Sequence[Sound], uttered: Uttered, plain_text: PlainText) -> RawSpeech:
    lasts_s = np.asarray(uttered.lasts_s, np.float64)
    if not len(lasts_s):
        lasts_s = np.array([float(sound.token >= 0) for sound in sounds])
    lasts_s = lasts_s * (len(uttered.samples) / uttered.rate_hz / max(float(lasts_s.sum()), 1e-9))
    tokens = [token for token, _, _ in plain_text.tokens()]
    spoken = sorted({sound.token for sound in sounds if sound.token >= 0})
    indices = {token: index for index, token in enumerate(spoken)}
    ends_s = np.cumsum(lasts_s)
    phones = [
        Phone(phone_of_ipa(sound.ipa) if sound.token >= 0 else SILENCE, float(end_s), indices.get(sound.token, -1))
        for sound, end_s in zip(sounds, ends_s, strict=True)
    ]
    return RawSpeech(uttered.samples, uttered.rate_hz, phones, [(tokens[token], token) for token in spoken])


def load_model(path: Path) -> ort.InferenceSession:
    """Raises `ProviderError` where there is no model that this library can run."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = max(1, (os.cpu_count() or 1) // 2)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not path.is_file():
        raise ProviderError(f'There is no voice model "{path.name}" in the folder of voices.', retryable=False)
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common parent
        raise ProviderError(f'"{path.name}" is not a model this server can run ({type(error).__name__}).') from None


def spread(durations: Any, owners: Sequence[int], count: int, unit_s: float) -> list[float]:
    """How long each of `count` sounds lasts, given the durations of the model's inputs and which sound each is of.

    Inputs of nobody (-1), such as padding, belong to the sound before them.
    """
    lengths = np.asarray(durations, np.float64).reshape(-1)
    lasts_s = [0.0] * count
    owner = 0
    for index, length in enumerate(lengths[: len(owners)]):
        owner = owners[index] if owners[index] >= 0 else owner
        lasts_s[owner] += float(length) * unit_s
    return lasts_s
