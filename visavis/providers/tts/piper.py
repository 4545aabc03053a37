"""Voices of the Piper kind: ONNX models with a JSON file beside each, in a folder of the operator's.

The loader is this project's own; what Piper itself needs besides is only the sounds of the text, by espeak-ng.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

_RATE_HZ = 22_050
_HOP_SAMPLES = 256
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_PAD, _BEGIN, _END = "_", "^", "$"
_REPOSITORY = "rhasspy/piper-voices"
_HUB_NAME = re.compile(
    r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<speaker>\w+)-(?P<quality>x_low|low|medium|high)"
)


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    ids: Mapping[str, Sequence[int]]
    espeak_voice: str
    rate_hz: int
    hop_samples: int
    scales: tuple[float, float, float]
    speakers: int

    def utter(self, sounds: Sequence[Sound], speed: float) -> Uttered:
        ids, owners = self._inputs(sounds)
        noise, length, width = self.scales
        inputs: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise, length / speed, width], np.float32),
        }
        if self.speakers > 1:
            inputs["sid"] = np.zeros(1, np.int64)
        audio, *more = self.session.run(None, inputs)
        samples = np.asarray(audio, np.float32).reshape(-1)
        lasts_s = spread(more[0], owners, len(sounds), self.hop_samples / self.rate_hz) if more else []
        return Uttered(samples, self.rate_hz, lasts_s)

    def _inputs(self, sounds: Sequence[Sound]) -> tuple[list[int], list[int]]:
        """The model's numbers, each sign between paddings, and of which sound each is."""
        pad = list(self.ids.get(_PAD, ()))
        ids = [*self.ids.get(_BEGIN, ()), *pad]
        owners = [-1] * len(ids)
        for index, sound in enumerate(sounds):
            for sign in unicodedata.normalize("NFD", sound.ipa):
                known = [*self.ids.get(sign, ()), *pad] if sign in self.ids else []
                ids += known
                owners += [index] * len(known)
        ending = list(self.ids.get(_END, ()))
        return [*ids, *ending], [*owners, *[-1] * len(ending)]


class Piper:
    """A `BlockingVoice`. A voice is the name of its model's file without the ending."""

    traits: ClassVar[Traits] = Traits(
        label="Piper voices",
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=_RATE_HZ,
        zero_retention=True,
        note="Neural voices on this machine. Models that give durations move the lips exactly.",
        cost="Free; takes a core of this machine while it speaks.",
    )

    model_names: ClassVar[tuple[str, ...]] = (
        "en_US-lessac-medium", "en_GB-alba-medium", "de_DE-thorsten-medium", "es_ES-davefx-medium",
        "fr_FR-siwis-medium", "it_IT-paola-medium", "nl_NL-mls-medium", "pl_PL-darkman-medium", "pt_BR-faber-medium",
    )  # fmt: skip

    class Settings(BaseModel):
        folder: Path = Field(description="Where the models lie: NAME.onnx beside NAME.onnx.json.")

    @staticmethod
    def missing() -> str:
        return espeak_process.missing()

    @staticmethod
    def model_files(name: str) -> ModelFiles:
        """Of any voice of the hub, also of those that are not in `model_names`."""
        parts = _HUB_NAME.fullmatch(name)
        if parts is None:
            raise NotFound(f'"{name}" is no name of a Piper voice, such as en_US-lessac-medium.')
        language, region, speaker, quality = parts.groups()
        files = HubFiles(
            _REPOSITORY, (f"{name}.onnx", f"{name}.onnx.json"), f"{language}/{language}_{region}/{speaker}/{quality}"
        )
        return ModelFiles("about 60 MB", (files,), folder="", options={"folder": ""})

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.folder
        self._reader = Reader()
        self._models: dict[str, _Model] = {}

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        model = self._model(voice.voice)
        return speech_of(text, voice, self._reader, model.espeak_voice, _RATE_HZ, model.utter)

    def _model(self, name: str) -> _Model:
        if name not in self._models:
            if not _NAME.fullmatch(name):
                raise ProviderError(
                    "A Piper voice is the name of a file, such as en_US-lessac-medium.", retryable=False
                )
            path = self._folder / f"{name}.onnx"
            self._models[name] = _described(load_model(path), path.with_name(f"{path.name}.json"))
        return self._models[name]


def _described(session: Any, path: Path) -> _Model:
    try:
        config: dict[str, Any] = json.loads(path.read_bytes())
        inference = config.get("inference", {})
        scales = (
            inference.get("noise_scale", 0.667),
            inference.get("length_scale", 1.0),
            inference.get("noise_w", 0.8),
        )
        return _Model(
            session=session,
            ids=config["phoneme_id_map"],
            espeak_voice=config["espeak"]["voice"],
            rate_hz=int(config["audio"]["sample_rate"]),
            hop_samples=int(config.get("hop_length", _HOP_SAMPLES)),
            scales=scales,
            speakers=int(config.get("num_speakers", 1)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(
            f'"{path.name}" does not describe a voice ({type(error).__name__}).', retryable=False
        ) from None


PROVIDER = Piper
