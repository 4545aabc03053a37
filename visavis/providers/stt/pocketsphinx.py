"""Built-in ears: CMU pocketsphinx with the English model its wheel carries. Demo quality, and said so.

A decoder takes about 90 MB and half a second to build, so decoders are kept and reused. Each listens to one utterance
at a time; one that was abandoned in the middle is reset before it listens again.
"""

import weakref
from importlib.util import find_spec
from typing import ClassVar

from pydantic import BaseModel

from visavis.core.errors import NotSupported
from visavis.core.frames import SPEECH_RATE_HZ
from visavis.core.spec import EarsSpec
from visavis.providers.base import Traits

# The means of speech by which a decoder begins to even out a microphone: what it had found at the end of recordings of
# people, of a telephone and of the built-in voices. From those of an empty decoder it takes seconds to get there.
_MEANS = "50.6,13.7,-1.0,19.4,-7.3,2.1,1.1,-8.1,0.4,-3.8,2.0,1.9,-0.8"
_FEED_BYTES = SPEECH_RATE_HZ * 2  # the decoder works through a second at a time, whatever it is handed


class _Recogniser:
    """One decoder and whether it is in the middle of an utterance."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=float(SPEECH_RATE_HZ), loglevel="FATAL")
        self._listening = False

    def begin(self) -> None:
        """Start afresh: what it learnt about the last microphone must not colour this one."""
        self.end()
        self._decoder.set_cmn(_MEANS)
        self._decoder.start_utt()
        self._listening = True

    def hear(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), _FEED_BYTES):
            self._decoder.process_raw(pcm[start : start + _FEED_BYTES])

    def so_far(self) -> str:
        hypothesis = self._decoder.hyp()
        return hypothesis.hypstr.strip() if hypothesis else ""

    def end(self) -> str:
        if not self._listening:
            return ""
        self._listening = False
        self._decoder.end_utt()
        return self.so_far()


class _Utterance:
    """A `BlockingUtterance`; after `finish` it is over and feeding it does nothing."""

    def __init__(self, recogniser: _Recogniser) -> None:
        self._recogniser: _Recogniser | None = recogniser
        recogniser.begin()

    def feed(self, pcm: bytes) -> None:
        if self._recogniser is not None:
            self._recogniser.hear(pcm[: len(pcm) // 2 * 2])

    def so_far(self) -> str:
        return self._recogniser.so_far() if self._recogniser is not None else ""

    def finish(self) -> str:
        recogniser, self._recogniser = self._recogniser, None
        return recogniser.end() if recogniser is not None else ""


class PocketSphinx:
    """`BlockingEars`. Not thread-safe; several utterances may be open at a time, each with its own decoder."""

    traits: ClassVar[Traits] = Traits(
        label="pocketsphinx (built-in)",
        languages=("en",),
        runs_in_worker=True,
        rate_hz=SPEECH_RATE_HZ,
        zero_retention=True,
        note="Demo quality: English, one clear speaker in a quiet room.",
        cost="Free.",
    )

    class Settings(BaseModel):
        """Nothing to set: the model is the one inside the wheel."""

    @staticmethod
    def missing() -> str:
        if find_spec("pocketsphinx") is None:
            return "The built-in recogniser needs the Python package pocketsphinx: pip install pocketsphinx"
        return ""

    def __init__(self) -> None:
        self._idle = [_Recogniser()]

    def open(self, ears: EarsSpec) -> _Utterance:
        if ears.language.split("-")[0].lower() not in ("", "en"):
            raise NotSupported(f'The built-in recogniser understands English only, not "{ears.language}".')
        recogniser = self._idle.pop() if self._idle else _Recogniser()
        utterance = _Utterance(recogniser)
        # Also an utterance that is dropped unfinished gives its recogniser back.
        weakref.finalize(utterance, self._idle.append, recogniser)
        return utterance


PROVIDER = PocketSphinx
