"""The built-in voice: CMU flite, called in-process from the distribution's shared library.

About 60 ms for a sentence, with the exact time of every phone and word. flite keeps global state and is not
thread-safe: one instance in one thread of one process, which is what a speech worker is.
"""

import ctypes
from collections.abc import Iterator, Mapping
from ctypes import POINTER, c_char_p, c_float, c_int, c_short, c_void_p
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.flite_speech import (
    VOICES,
    Manner,
    Phone,
    RawSpeech,
    finish,
    manner_of,
    readable,
    silence,
)
from visavis.providers.spoken import PlainText

_LIBRARIES = ("libflite.so.1", "libflite_usenglish.so.1", "libflite_cmulex.so.1")
_WORD_OF_SEGMENT = b"R:SylStructure.parent.parent"

_SIGNATURES: Mapping[str, tuple[Any, list[Any]]] = {
    "flite_init": (c_int, []),
    "flite_synth_text": (c_void_p, [c_char_p, c_void_p]),
    "delete_utterance": (None, [c_void_p]),
    "utt_relation": (c_void_p, [c_void_p, c_char_p]),
    "relation_head": (c_void_p, [c_void_p]),
    "item_next": (c_void_p, [c_void_p]),
    "item_parent": (c_void_p, [c_void_p]),
    "item_as": (c_void_p, [c_void_p, c_char_p]),
    "item_feat_string": (c_char_p, [c_void_p, c_char_p]),
    "item_feat_float": (c_float, [c_void_p, c_char_p]),
    "path_to_item": (c_void_p, [c_void_p, c_char_p]),
    "feat_set_float": (None, [c_void_p, c_char_p, c_float]),
}


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", c_char_p),
        ("rate_hz", c_int),
        ("num_samples", c_int),
        ("num_channels", c_int),
        ("samples", POINTER(c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", c_char_p), ("features", c_void_p))


class Flite:
    """A `BlockingVoice`. Not thread-safe, and one instance per process."""

    traits: ClassVar[Traits] = Traits(
        label="flite (built-in)",
        languages=("en",),
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Small and fast, English, works without a key or a download.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set: the voice comes with each request."""

    @staticmethod
    def missing() -> str:
        try:
            for library in _LIBRARIES:
                ctypes.CDLL(library)
        except OSError:
            return "The built-in voice needs the library flite: apt-get install libflite1."
        return ""

    def __init__(self) -> None:
        if hint := self.missing():
            raise ProviderError(hint, retryable=False)
        self._flite = ctypes.CDLL(_LIBRARIES[0])
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(self._flite, name)
            function.restype, function.argtypes = result, arguments
        self._flite.utt_wave.restype, self._flite.utt_wave.argtypes = POINTER(_Wave), [c_void_p]
        self._seed_noise = ctypes.CDLL(None).srand
        self._flite.flite_init()
        self._voices: dict[str, Any] = {}
        # The first words of a voice take three times as long: better now than in a conversation.
        for base in dict.fromkeys(voice.base for voice in VOICES.values()):
            self.synthesize("Hello.", VoiceSpec("flite", base))

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        plain_text = readable(text)
        if plain_text is None:
            return silence()
        manner = manner_of(voice)
        return finish(self._raw(plain_text, manner), text, plain_text, manner)

    def _raw(self, plain_text: PlainText, manner: Manner) -> RawSpeech:
        voice = self._voice(manner.base)
        self._seed_noise(1)  # breath and fricatives are made of noise; the same text shall sound the same every time
        self._flite.feat_set_float(voice.contents.features, b"duration_stretch", manner.stretch)
        if manner.pitch_hz:
            self._flite.feat_set_float(voice.contents.features, b"int_f0_target_mean", manner.pitch_hz)
        utterance = self._flite.flite_synth_text(plain_text.text.encode("ascii"), voice)
        if not utterance:
            raise ProviderError("flite could not say this text.", retryable=False)
        try:
            return self._read(utterance, plain_text)
        finally:
            self._flite.delete_utterance(utterance)

    def _voice(self, base: str) -> Any:
        if base not in self._voices:
            library = ctypes.CDLL(f"libflite_cmu_us_{base}.so.1")
            register = getattr(library, f"register_cmu_us_{base}")
            register.restype, register.argtypes = POINTER(_Voice), [c_char_p]
            self._voices[base] = register(None)
        return self._voices[base]

    def _read(self, utterance: int, plain_text: PlainText) -> RawSpeech:
        wave = self._flite.utt_wave(utterance).contents
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) * np.float32(1 / 32_768)
        words = self._words(utterance, plain_text)
        indices = {item: index for index, (item, _, _) in enumerate(words)}
        phones = [self._phone(item, indices) for item in self._items(utterance, b"Segment")]
        return RawSpeech(samples, wave.rate_hz, phones, [(name, token) for _, name, token in words])

    def _phone(self, segment: int, word_indices: Mapping[int, int]) -> Phone:
        word = self._flite.path_to_item(segment, _WORD_OF_SEGMENT)
        end_s = self._flite.item_feat_float(segment, b"end")
        return Phone(self._name(segment), end_s, word_indices.get(word or 0, -1))

    def _words(self, utterance: int, plain_text: PlainText) -> list[tuple[int, str, int]]:
        """Of each spoken word: its place in the syllable structure, its text, and the index of its token."""
        tokens = self._token_indices(utterance, plain_text)
        words: list[tuple[int, str, int]] = []
        for word in self._items(utterance, b"Word"):
            token = self._flite.item_parent(self._flite.item_as(word, b"Token"))
            structure = self._flite.item_as(word, b"SylStructure")
            words.append((structure, self._name(word).lstrip("_"), tokens.get(token, 0)))
        return words

    def _token_indices(self, utterance: int, plain_text: PlainText) -> dict[int, int]:
        """flite strips punctuation from its tokens; each one is the next of ours that contains it."""
        tokens = [token for token, _, _ in plain_text.tokens()]
        indices: dict[int, int] = {}
        at = -1
        for item in self._items(utterance, b"Token"):
            name = self._name(item)
            at = next((index for index in range(at + 1, len(tokens)) if name in tokens[index]), max(at, 0))
            indices[item] = at
        return indices

    def _items(self, utterance: int, relation: bytes) -> Iterator[int]:
        related = self._flite.utt_relation(utterance, relation)
        item = self._flite.relation_head(related) if related else None
        while item:
            yield item
            item = self._flite.item_next(item)

    def _name(self, item: int) -> str:
        return (self._flite.item_feat_string(item, b"name") or b"").decode("ascii", "replace")


PROVIDER = Flite
