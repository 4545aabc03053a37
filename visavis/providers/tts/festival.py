"""The richer built-in voice: festival with its statistical voice of an American woman, 32 kHz instead of flite's 16.

festival runs as a child that reads expressions and answers with lines and a file of sound. The same voice, pitched
and with a longer or shorter vocal tract, is several people.
"""

import shutil
import subprocess
import tempfile
import wave
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import BaseModel

from visavis.core.errors import ProviderError
from visavis.core.frames import SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.providers.base import Traits
from visavis.providers.flite_speech import (
    SPEED_RANGE,
    VOLUME_RANGE,
    Manner,
    Phone,
    RawSpeech,
    finish,
    number_of,
    readable,
)
from visavis.providers.spoken import PlainText

_RATE_HZ = 32_000
_GAIN = 0.8
_SPEAKER = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/festvox/cmu_us_slt_arctic_hts.scm")
_DONE = "--visavis--"
_PROGRAM = f"""
(voice_cmu_us_slt_arctic_hts)
(set! own_params hts_engine_params)
(define (say text file rate tone)
  (set! hts_engine_params (append own_params (list (list "-r" rate) (list "-fm" tone))))
  (set! utt (SynthText text))
  (utt.save.wave utt file 'riff)
  (set! token (utt.relation.first utt 'Token))
  (while token
    (format t "token %s\\n" (item.name token))
    (mapcar (lambda (word) (format t "word %s\\n" (item.name word))) (item.daughters token))
    (set! token (item.next token)))
  (mapcar (lambda (segment)
    (format t "phone %s %f %f\\n" (item.name segment) (item.feat segment "end")
      (item.feat segment "R:SylStructure.parent.parent.word_start")))
    (utt.relation.items utt 'Segment))
  (format t "{_DONE}\\n")
  (fflush nil))
"""


@dataclass(frozen=True, slots=True)
class _Person:
    """`tone` is in semitones of the original, `tract` as for flite."""

    tone: float = 0.0
    tract: float = 1.0


VOICES = {
    "slt-hts": _Person(),
    "slt-hts-warm": _Person(tone=-1.5, tract=0.96),
    "slt-hts-bright": _Person(tone=1.0, tract=1.04),
}
DEFAULT_VOICE = "slt-hts"
_SILENCES = ("pau", "ssil")
_ANSWER_LINES_MAX = 20_000


class Festival:
    """A `BlockingVoice`."""

    traits: ClassVar[Traits] = Traits(
        label="festival (built-in)",
        languages=("en",),
        runs_in_worker=True,
        gives_word_times=True,
        gives_phone_times=True,
        rate_hz=_RATE_HZ,
        zero_retention=True,
        note="English with a wider band than flite, without a key or a download.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set: the voice comes with each request."""

    @staticmethod
    def missing() -> str:
        if shutil.which("festival") is None or not _SPEAKER.exists():
            return "festival is not installed: apt-get install festival festvox-us-slt-hts."
        return ""

    def __init__(self) -> None:
        if hint := self.missing():
            raise ProviderError(hint, retryable=False)
        self._folder = Path(tempfile.mkdtemp(prefix="visavis-festival-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._process: subprocess.Popen[str] | None = None
        self.synthesize("Hello.", VoiceSpec("festival", DEFAULT_VOICE))  # loading the voice takes a third of a second

    def synthesize(self, text: str, voice: VoiceSpec) -> SpeechAudio:
        plain_text = readable(text)
        person = VOICES.get(voice.voice, VOICES[DEFAULT_VOICE])
        speed = float(np.clip(voice.speed, *SPEED_RANGE))
        gain = _GAIN * float(np.clip(voice.volume, *VOLUME_RANGE))
        tract = person.tract * number_of(voice, "tract", (0.85, 1.15))
        tone = person.tone + 12 * float(np.log2(number_of(voice, "pitch", (0.7, 1.4)) / tract))
        manner = Manner("", stretch=1.0, pitch_hz=tone, tract=tract, gain=gain, speed=speed)
        said = plain_text or PlainText("", ())
        raw = self._raw(said, manner) if said.text else RawSpeech(np.zeros(0, np.float32), _RATE_HZ, [], [])
        return finish(raw, text, said, manner, _RATE_HZ)

    def _raw(self, plain_text: PlainText, manner: Manner) -> RawSpeech:
        file = self._folder / "speech.wav"
        quoted = plain_text.text.replace("\\", " ").replace('"', " ")
        rate = manner.speed / manner.tract  # a shorter tract plays faster afterwards
        lines = self._ask(f'(say "{quoted}" "{file}" {rate:.4f} {manner.pitch_hz:.3f})')
        with wave.open(str(file)) as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32)
            return RawSpeech(samples * np.float32(1 / 32_768), sound.getframerate(), *_read(lines, plain_text))

    def _ask(self, expression: str) -> list[str]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(expression + "\n")
            process.stdin.flush()
            lines: list[str] = []
            while (line := process.stdout.readline().strip()) != _DONE:
                if not line and process.poll() is not None or len(lines) > _ANSWER_LINES_MAX:
                    raise OSError
                lines.append(line)
        except OSError:
            process.kill()
            raise ProviderError("festival stopped working; please ask again.") from None
        return lines

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._process = process = subprocess.Popen(
                ["festival", "--pipe"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                errors="replace",
            )
            weakref.finalize(self, _end, process)
            assert process.stdin is not None
            process.stdin.write(_PROGRAM)
        return self._process


def _end(process: "subprocess.Popen[str]") -> None:
    """festival ends when its input does."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


def _read(lines: list[str], plain_text: PlainText) -> tuple[list[Phone], list[tuple[str, int]]]:
    """Words with the index of their token, and sounds with the index of their word."""
    tokens = [token for token, _, _ in plain_text.tokens()]
    words: list[tuple[str, int]] = []
    phones: list[Phone] = []
    token = word = -1
    begun = ""
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "token":
            token = next((at for at in range(token + 1, len(tokens)) if rest in tokens[at]), max(token, 0))
        elif kind == "word" and any(map(str.isalnum, rest)):
            words.append((rest, token))
        elif kind == "phone":
            name, end_s, start = rest.split()
            if name in _SILENCES:
                phones.append(Phone("pau", float(end_s), -1))
                continue
            word, begun = (word, begun) if start == begun else (word + 1, start)
            phones.append(Phone(name, float(end_s), min(word, len(words) - 1)))
    return phones, words


PROVIDER = Festival
