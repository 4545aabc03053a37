"""The child process that speaks and listens: runs blocking voices and recognisers, one request at a time.

Messages in:  load, speak, hear, sound, finish, cancel. All but load carry `request`.
Messages out: spoken, hearing, heard, cancelled, failed.
"""

import logging
import traceback
from dataclasses import astuple
from typing import Any

from visavis.core.errors import VisavisError
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.media.channel import Message, ParentLink
from visavis.media.child import load_class, run

_log = logging.getLogger("visavis.media.speech_child")


_TELL_EVERY_BYTES = 6_400  # 200 ms: asking a recogniser what it has so far costs it a little


class _Heard:
    """One utterance, and what was told of its words."""

    def __init__(self, utterance: Any) -> None:
        self._utterance = utterance
        self._untold_bytes = 0
        self._told = ""

    def feed(self, pcm: bytes) -> str | None:
        """The words so far, if it is time to tell and they are news."""
        self._utterance.feed(pcm)
        self._untold_bytes += len(pcm)
        if self._untold_bytes < _TELL_EVERY_BYTES:
            return None
        self._untold_bytes = 0
        before, self._told = self._told, self._utterance.so_far()
        return self._told if self._told != before else None

    def finish(self) -> str:
        return self._utterance.finish()


class _Desk:
    def __init__(self, parent: ParentLink, options: dict[str, Any]) -> None:
        self._parent = parent
        self._options = options
        self._loaded: dict[str, Any] = {}
        # What is being heard; None in its place once it has failed, so that the rest of its sound is ignored.
        self._utterances: dict[int, _Heard] = {}

    def take(self, message: Message) -> None:
        request = message.fields.get("request", 0)
        try:
            match message.kind:
                case "load":
                    self._provider(message.fields["dotted"])
                case "speak":
                    self._speak(request, message.fields)
                case "hear":
                    ears = EarsSpec(**message.fields["ears"])
                    self._utterances[request] = _Heard(self._provider(message.fields["dotted"]).open(ears))
                case "sound":
                    self._hear(request, message.payload)
                case "finish":
                    self._finish(request)
                case "cancel":
                    self._utterances.pop(request, None)
                    self._parent.send("cancelled", request=request)
        except Exception as error:
            self._utterances.pop(request, None)
            self._fail(request, error)

    def _provider(self, dotted: str) -> Any:
        if dotted not in self._loaded:
            kind = load_class(dotted)
            given = self._options.get(dotted)
            self._loaded[dotted] = kind(kind.Settings(**given)) if given else kind()
        return self._loaded[dotted]

    def _speak(self, request: int, fields: dict[str, Any]) -> None:
        speech = self._provider(fields["dotted"]).synthesize(fields["text"], VoiceSpec(**fields["voice"]))
        marks = [astuple(mark) for mark in speech.marks]
        self._parent.send("spoken", speech.audio.pcm, request=request, rate_hz=speech.audio.rate_hz, marks=marks)

    def _hear(self, request: int, pcm: bytes) -> None:
        utterance = self._utterances.get(request)
        if utterance is not None and (text := utterance.feed(pcm)) is not None:
            self._parent.send("hearing", request=request, text=text)

    def _finish(self, request: int) -> None:
        utterance = self._utterances.pop(request, None)
        if utterance is not None:
            self._parent.send("heard", request=request, text=utterance.finish())

    def _fail(self, request: int, error: Exception) -> None:
        """Only our own errors are passed on in words: another's message may quote what was said."""
        ours = isinstance(error, VisavisError)
        text = error.message if ours else f"A speech provider failed ({type(error).__name__})."
        if not ours:
            places = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s\n%s", text, places)
        self._parent.send("failed", request=request, text=text, retryable=getattr(error, "retryable", True))


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    desk = _Desk(parent, configuration.get("options", {}))
    for dotted in configuration["load"]:
        desk.take(Message("load", {"dotted": dotted}))
    parent.send("ready")
    while True:
        for message in parent.receive():
            desk.take(message)


if __name__ == "__main__":
    run(_work)
