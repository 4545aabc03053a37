"""Voices of the Kokoro kind: one ONNX model, a file with the style of each voice, and the numbers of the signs.

The loader is this project's own. Which style a voice has depends on how much it is given to say.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, Field

from visavis.core.errors import NotFound, ProviderError
from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers import espeak_process
from visavis.providers.base import HubFiles, ModelFiles, Traits
from visavis.providers.neural_speech import Reader, Sound, Uttered, load_model, speech_of, spread

_RATE_HZ = 24_000
_SAMPLES_PER_FRAME = 600
_SIGNS_MAX = 510
# the first letter of a voice says what it speaks; what espeak-ng calls "en" is British
_LANGUAGES = {
    "a": "en-us", "b": "en", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br", "z": "cmn",
}  # fmt: skip
# English sounds of espeak-ng that the model writes otherwise
_WRITTEN_AS = {
    "r": "ɹ", "x": "k", "ɬ": "l", "ɐ": "ə", "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q",
}  # fmt: skip
_STRESS = "ˈˌ"
_EXPORTED, _ORIGINAL = "onnx-community/Kokoro-82M-v1.0-ONNX", "hexgrad/Kokoro-82M"
_MODELS = {"v1.0": ("model.onnx", "340 MB, all voices"), "v1.0-q8": ("model_quantized.onnx", "120 MB, all voices")}
_STYLE_NUMBERS = 256


class Kokoro:
    """A `BlockingVoice`."""

    traits: ClassVar[Traits] = Traits(
        label="Kokoro voices",
        languages=("en", "es", "fr", "hi", "it", "pt"),
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=_RATE_HZ,
        zero_retention=True,
        note="Neural voices on this machine. Models that give durations move the lips exactly.",
        cost="Free; takes a core of this machine while it speaks.",
    )

    model_names: ClassVar[tuple[str, ...]] = ("v1.0", "v1.0-q8")

    class Settings(BaseModel):
        model: Path = Field(description="The model, an ONNX file.")
        voices: Path = Field(
            description="The styles of the voices: a file of numpy arrays (`.npz`, `.bin`), or a folder of NAME.bin."
        )
        config: Path = Field(description="The model's `config.json`, which numbers its signs.")

    @staticmethod
    def missing() -> str:
        return espeak_process.missing()

    @staticmethod
    def model_files(name: str) -> ModelFiles:
        if name not in _MODELS:
            raise NotFound(f'There is no Kokoro "{name}"; there are {", ".join(_MODELS)}.')
        file, note = _MODELS[name]
        parts = (
            HubFiles(_EXPORTED, (file,), "onnx"),
            HubFiles(_EXPORTED, ("*.bin",), "voices", to="voices"),
            HubFiles(_ORIGINAL, ("config.json",)),
        )
        return ModelFiles(note, parts, "", {"model": file, "voices": "voices", "config": "config.json"})

    def __init__(self, settings: Settings) -> None:
        self._session = load_model(settings.model)
        self._inputs = [it.name for it in self._session.get_inputs()]
        self._speed_type = next(it.type for it in self._session.get_inputs() if it.name == "speed")
        self._numbers = _numbers(settings.config)
        self._styles = _styles(settings.voices)
        self._reader = Reader()

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        name = voice.voice or next(iter(self._styles))
        if name not in self._styles:
            known = ", ".join(sorted(self._styles)[:20])
            raise ProviderError(f'Kokoro has no voice "{name}"; it has {known}.', retryable=False)
        language = _LANGUAGES.get(name[:1], "en-us")
        utter = partial(self._utter, self._styles[name], language)
        return speech_of(text, voice, self._reader, language, _RATE_HZ, utter)

    def _utter(self, style: Any, language: str, sounds: Sequence[Sound], speed: float) -> Uttered:
        ids: list[int] = []
        owners: list[int] = []
        for index, sound in enumerate(sounds):
            for sign in _written(sound.ipa, language):
                if sign in self._numbers and len(ids) < _SIGNS_MAX:
                    ids.append(self._numbers[sign])
                    owners.append(index)
        chosen = np.asarray(style[min(len(ids), len(style) - 1)], np.float32).reshape(1, -1)
        kind = np.float32 if "float" in self._speed_type else np.int32
        values = {"speed": np.array([speed]).astype(kind), "style": chosen}
        signs = np.array([[0, *ids, 0]], np.int64)
        asked = {name: values.get(name, signs) for name in self._inputs}
        audio, *more = self._session.run(None, asked)
        unit_s = _SAMPLES_PER_FRAME / _RATE_HZ
        lasts_s = spread(more[0], [-1, *owners, -1], len(sounds), unit_s) if more else []
        return Uttered(np.asarray(audio, np.float32).reshape(-1), _RATE_HZ, lasts_s)


def _written(ipa: str, language: str) -> str:
    """The signs of one sound as the model was taught them, its stress first."""
    stress = "".join(char for char in ipa if char in _STRESS)
    bare = "".join(char for char in ipa if char not in _STRESS)
    return stress + (_WRITTEN_AS.get(bare, bare) if language.startswith("en") else bare)


def _numbers(path: Path) -> Mapping[str, int]:
    try:
        return {str(sign): int(number) for sign, number in json.loads(path.read_bytes())["vocab"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f'"{path.name}" does not number the signs of a Kokoro model ({type(error).__name__}).'
        raise ProviderError(message, retryable=False) from None


def _styles(path: Path) -> Mapping[str, Any]:
    """By voice, the styles for each number of signs."""
    try:
        if path.is_dir():
            return {file.stem: _raw_styles(file) for file in sorted(path.glob("*.bin"))}
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, AttributeError) as error:
        raise ProviderError(
            f'"{path.name}" has no styles of voices ({type(error).__name__}).', retryable=False
        ) from None


def _raw_styles(path: Path) -> Any:
    return np.fromfile(path, "<f4").reshape(-1, 1, _STYLE_NUMBERS)


PROVIDER = Kokoro
