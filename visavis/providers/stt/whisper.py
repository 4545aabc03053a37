"""Ears of the Whisper kind, on this machine: CTranslate2 models of the operator's, by faster-whisper.

Whisper hears a piece of sound as a whole. So an utterance is heard again and again while it grows, and what two
hearings agree on is told. Sound whose words are settled is forgotten before the piece grows longer than the network's
window of 30 s.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, field_validator

from visavis.core.errors import NotFound, NotSupported, ProviderError
from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec
from visavis.providers.agreement import Agreement
from visavis.providers.base import HubFiles, ModelFiles, Traits

LANGUAGES = (
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el", "en",
    "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi", "hr", "ht", "hu", "hy", "id", "is",
    "it", "ja", "jw", "ka", "kk", "km", "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn",
    "mr", "ms", "mt", "my", "ne", "nl", "nn", "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk",
    "sl", "sn", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr", "tt", "uk", "ur", "uz",
    "vi", "yi", "yo", "yue", "zh",
)  # fmt: skip
_FILES = ("config.json", "model.bin", "tokenizer.json")
_MODELS = {
    "tiny": ("Systran/faster-whisper-tiny", "75 MB, quick and often wrong"),
    "base": ("Systran/faster-whisper-base", "145 MB"),
    "small": ("Systran/faster-whisper-small", "485 MB, the least for a conversation"),
    "small.en": ("Systran/faster-whisper-small.en", "485 MB, English only"),
    "medium": ("Systran/faster-whisper-medium", "1.5 GB"),
    "distil-large-v3": ("Systran/faster-distil-whisper-large-v3", "1.5 GB, English"),
    "large-v3-turbo": ("mobiuslabsgmbh/faster-whisper-large-v3-turbo", "1.6 GB, wants a GPU"),
    "large-v3": ("Systran/faster-whisper-large-v3", "3.1 GB, wants a GPU"),
}
_BYTES_PER_S = SPEECH_RATE_HZ * 2
_STEP_S = 0.8  # of new sound before it is heard again
_REST = 1.5  # and as many times as long as the last hearing took, or it would fall behind
_NEWS_S = 0.1  # less new sound than this at the end changes nothing
_FORGET_AFTER_S, _WINDOW_S = 18.0, 28.0
_PROMPT_CHARS = 200
_SILENCE = 0.003  # the loudest point of what nobody said
_SURE = 0.8  # of the language
_QUICK, _THOROUGH = 1, 5  # how many readings are followed at a time

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Pieces of text with the time at which each ends, in seconds; and a language, "" where nobody can be sure."""

    pieces: Sequence[tuple[str, float]]
    language: str

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


class Whisper:
    """`BlockingEars`. One model for all utterances of its process, which are heard one after the other."""

    traits: ClassVar[Traits] = Traits(
        label="Whisper",
        languages=LANGUAGES,
        runs_in_worker=True,
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="On this machine, as well as the model that it is given; small ones are wrong often.",
        cost="Free; takes half the cores of this machine while somebody speaks.",
    )
    model_names: ClassVar[tuple[str, ...]] = tuple(_MODELS)

    class Settings(BaseModel):
        model: Path = Field(
            description="The folder of a model in CTranslate2's format; `visavis models get whisper small` makes one."
        )
        device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="Where the network computes.")
        precision: Literal["auto", "int8", "int8_float16", "float16", "float32"] = Field(
            default="auto", description="The type of its numbers; `auto` is the quickest that the device has."
        )

        @field_validator("model")
        @classmethod
        def _is_a_model(cls, folder: Path) -> Path:
            if lacking := [name for name in _FILES if not (folder / name).is_file()]:
                raise ValueError(f"{folder} has no {', '.join(lacking)}; `visavis models get whisper small` gets all")
            return folder

    @staticmethod
    def missing() -> str:
        if find_spec("faster_whisper") is None:
            return "Whisper needs the Python package faster-whisper: `make whisper`, or pip install 'visavis[whisper]'"
        return ""

    @staticmethod
    def model_files(name: str) -> ModelFiles:
        if name not in _MODELS:
            raise NotFound(f'There is no Whisper "{name}"; there are {", ".join(_MODELS)}.')
        repository, note = _MODELS[name]
        files = HubFiles(repository, _FILES, optional=("vocabulary.*", "preprocessor_config.json"))
        return ModelFiles(note, (files,), folder=name, options={"model": ""})

    def __init__(self, settings: Settings, now_s: Callable[[], float] = time.perf_counter) -> None:
        """Takes a second and more. Raises `ProviderError` for a model that the library cannot read."""
        from faster_whisper import WhisperModel  # pyright: ignore[reportMissingImports] - an extra

        self.now_s = now_s
        try:
            self._model: Any = WhisperModel(
                str(settings.model),
                device=settings.device,
                compute_type=settings.precision,
                cpu_threads=max(1, (os.cpu_count() or 1) // 2),
            )
        except Exception as error:  # the library's errors have no common parent
            message = f'"{settings.model.name}" is not a Whisper model this machine can run ({type(error).__name__}).'
            raise ProviderError(message, retryable=False) from error

    def open(self, ears: EarsSpec) -> "_Utterance":
        language = ears.language.split("-")[0].lower()
        if language and language not in LANGUAGES:
            raise NotSupported(f'Whisper does not understand "{ears.language}".')
        if language not in ("", "en") and not self._model.model.is_multilingual:
            raise NotSupported(f'This model of Whisper understands English only, not "{ears.language}".')
        return _Utterance(self, language)

    def hear(self, sound: Samples, language: str, before: str, beam: int) -> _Hearing:
        """`before` are the words that came before this sound."""
        if not len(sound) or np.abs(sound).max() < _SILENCE:
            return _Hearing((), "")
        segments, told = self._model.transcribe(
            sound,
            language=language or None,
            beam_size=beam,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=before or None,
        )
        pieces = tuple((segment.text, segment.end) for segment in segments)
        return _Hearing(pieces, told.language if told.language_probability >= _SURE else "")


class _Utterance:
    """A `BlockingUtterance`."""

    def __init__(self, ears: Whisper, language: str) -> None:
        self._ears, self._language = ears, language
        self._words = Agreement()
        self._pcm = bytearray()
        self._unheard_bytes = 0
        self._wait_s = _STEP_S

    def feed(self, pcm: bytes) -> None:
        self._pcm += pcm
        self._unheard_bytes += len(pcm)

    def so_far(self) -> str:
        if self._unheard_bytes >= self._wait_s * _BYTES_PER_S:
            began_s = self._ears.now_s()
            self._forget(self._hear(_QUICK))
            self._wait_s = max(_STEP_S, _REST * (self._ears.now_s() - began_s))
        return self._words.so_far

    def finish(self) -> str:
        if self._unheard_bytes >= _NEWS_S * _BYTES_PER_S:
            self._hear(_THOROUGH)
        self._pcm.clear()
        return self._words.whole

    def _hear(self, beam: int) -> _Hearing:
        self._unheard_bytes = 0
        whole = bytes(self._pcm[: len(self._pcm) // 2 * 2])
        sound = np.frombuffer(whole, "<i2").astype(np.float32) * np.float32(1 / 32_768)
        hearing = self._ears.hear(sound, self._language, self._words.kept[-_PROMPT_CHARS:], beam)
        self._language = self._language or hearing.language
        self._words.hear(hearing.text)
        return hearing

    def _forget(self, hearing: _Hearing) -> None:
        """Sound up to the end of a piece that is agreed on; or all, where there is more than the network hears."""
        length_s = len(self._pcm) / _BYTES_PER_S
        if length_s < _FORGET_AFTER_S:
            return
        for count in range(len(hearing.pieces) - 1, 0, -1):
            beginning = "".join(text for text, _ in hearing.pieces[:count])
            if self._words.covers(beginning):
                self._words.keep(beginning)
                del self._pcm[: min(len(self._pcm), int(hearing.pieces[count - 1][1] * SPEECH_RATE_HZ) * 2)]
                return
        if length_s >= _WINDOW_S:
            self._words.keep(hearing.text)
            self._pcm.clear()


PROVIDER = Whisper
