"""espeak-ng in a process of its own: lines of JSON in, a line of JSON and raw sound out.

espeak-ng is under the GPL, so it is neither linked into this program nor needed by it: this process loads the library
that the machine has, and ends with whoever started it. Run as `python -m visavis.providers.espeak_child`.

In:  {"text", "voice", "rate_wpm", "pitch", "volume"} to speak, or {"text", "voice", "phonemes": true} for its sounds.
Out: {"rate_hz", "bytes", "events": [[kind, ms, text_position, name]]}, then that many bytes of s16le; or {"error"}.
"""

import ctypes
import json
import sys
from ctypes import POINTER, Structure, Union, byref, c_char, c_char_p, c_int, c_short, c_uint, c_void_p
from typing import Any, BinaryIO

LIBRARY = "libespeak-ng.so.1"
_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x0003
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_CHARACTERS = 1
_RATE, _VOLUME, _PITCH = 1, 2, 3
_WORD, _PHONEME = 1, 7
_IPA = 0x02
_SEPARATED = ord("_") << 8
_ENDINGS = frozenset(".,;:!?")


class _Id(Union):
    _fields_ = (("number", c_int), ("name", c_char_p), ("string", c_char * 8))


class _Event(Structure):
    _fields_ = (
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_position_ms", c_int),
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))


class Engine:
    """The library, speaking one text at a time."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(LIBRARY)
        self._library.espeak_TextToPhonemes.restype = c_char_p
        self._pcm = bytearray()
        self._events: list[tuple[str, int, int, str]] = []
        self._callback = _CALLBACK(self._take)
        self.rate_hz: int = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, None, _PHONEME_EVENTS_IN_IPA | _DO_NOT_EXIT
        )
        if self.rate_hz <= 0:
            raise OSError("espeak-ng has no voice data: apt-get install espeak-ng-data")
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        self._voice(asked["voice"])
        for parameter, name in ((_RATE, "rate_wpm"), (_VOLUME, "volume"), (_PITCH, "pitch")):
            self._library.espeak_SetParameter(parameter, int(asked[name]), 0)
        self._pcm.clear()
        self._events.clear()
        text = asked["text"].encode()
        self._library.espeak_Synth(text, len(text) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
        return {"rate_hz": self.rate_hz, "bytes": len(self._pcm), "events": self._events}, bytes(self._pcm)

    def phonemes(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Each clause of the text as sounds in IPA, "_" between sounds and " " between words, and what it ends with."""
        self._voice(asked["voice"])
        text = asked["text"].encode()
        clauses: list[tuple[str, str]] = []
        rest = c_char_p(text)
        left = len(text)
        while rest.value:
            found = self._library.espeak_TextToPhonemes(byref(rest), _UTF8, _IPA | _SEPARATED)
            still = len(rest.value or b"")
            read = text[len(text) - left : len(text) - still].decode("utf-8", "replace").rstrip()
            left = still
            clauses.append(((found or b"").decode("utf-8", "replace"), read[-1:] if read[-1:] in _ENDINGS else ""))
        return {"clauses": clauses, "bytes": 0}, b""

    def _voice(self, name: str) -> None:
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise ValueError(f'espeak-ng has no voice "{name}"')

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count:
            self._pcm += ctypes.string_at(samples, count * 2)
        at = 0
        while events[at].type:
            event = events[at]
            if event.type == _WORD:
                self._events.append(("word", event.audio_position_ms, event.text_position, ""))
            elif event.type == _PHONEME:
                name = event.id.string.decode("utf-8", "replace")
                self._events.append(("phone", event.audio_position_ms, event.text_position, name))
            at += 1
        return 0


def serve(engine: Engine, asked: BinaryIO, answers: BinaryIO) -> None:
    for line in asked:
        request = json.loads(line)
        try:
            head, pcm = engine.phonemes(request) if request.get("phonemes") else engine.speak(request)
        except (ValueError, OSError) as error:
            head, pcm = {"error": str(error)}, b""
        answers.write(json.dumps(head).encode() + b"\n" + pcm)
        answers.flush()


if __name__ == "__main__":
    serve(Engine(), sys.stdin.buffer, sys.stdout.buffer)
