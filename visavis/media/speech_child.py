"""The child process that speaks and listens: runs blocking voices and recognisers, one request at a time.

Messages in:  load, speak, hear, sound, finish, cancel. All but load carry `request`.
Messages out: spoken, heard, cancelled, failed.
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


class _Desk:
    def __init__(self, parent: ParentLink, options: dict[str, Any]) -> None:
        self._parent = parent
        self._options = options
        self._loaded: dict[str, Any] = {}
        # What is being heard; None in its place once it has failed, so that the rest of its sound is ignored.
        self._utterances: dict[int, Any] = {}

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
                    self._utterances[request] = self._provider(message.fields["dotted"]).open(ears)
                case "sound":
                    if (utterance := self._utterances.get(request)) is not None:
                        utterance.feed(message.payload)
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
