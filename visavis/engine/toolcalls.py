"""What calls of tools leave in the conversation: pure bookkeeping of one reply.

A reply may come in several rounds: words, calls, and more words once the tools have answered. Models refuse a
conversation in which a call has no answer, so a call has one from the moment it is made, and it changes when the tool
answers. What the persona said before a call stays before it, as far as it was heard.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from visavis.providers.base import ChatMessage, ToolCall

UNANSWERED = "The user interrupted before the tool answered. It may or may not have done its work."


@dataclass(slots=True)
class _Round:
    """`said_chars` is how much of the reply's text was there before these calls."""

    said_chars: int
    calls: tuple[ToolCall, ...]
    answers: list[ChatMessage]


@dataclass(slots=True)
class Exchange:
    """The rounds of one reply so far, and all the text that was given to be said."""

    rounds: list[_Round] = field(default_factory=list[_Round])
    text: str = field(default="", repr=False)

    def say(self, text: str) -> None:
        self.text += text

    def call(self, calls: Sequence[ToolCall]) -> int:
        """A new round. Returns its number."""
        answers = [ChatMessage("tool", UNANSWERED, tool_call_id=call.call_id) for call in calls]
        self.rounds.append(_Round(len(self.text), tuple(map(_well_formed, calls)), answers))
        return len(self.rounds) - 1

    def answer(self, round_number: int, index: int, text: str) -> tuple[ChatMessage, ChatMessage]:
        """The tool has answered. Returns the message that stood in its place, and the one that stands there now."""
        answers = self.rounds[round_number].answers
        before = answers[index]
        answers[index] = replace(before, text=text)
        return before, answers[index]

    @property
    def calls(self) -> int:
        return sum(len(one.calls) for one in self.rounds)

    @property
    def said_since_calls(self) -> str:
        """What was said after the last calls, or from the beginning."""
        return self.text[self.rounds[-1].said_chars if self.rounds else 0 :]

    def so_far(self) -> list[ChatMessage]:
        """The rounds as the mind is told of them before it goes on, with everything it said."""
        return self._told(self.text)

    def messages(self, heard: str) -> list[ChatMessage]:
        """The whole reply as it is remembered: only what was heard was said."""
        begin = self.rounds[-1].said_chars if self.rounds else 0
        rest = heard[begin:].lstrip() if self.rounds else heard
        return [*self._told(heard), *([ChatMessage("assistant", rest)] if rest else [])]

    def _told(self, text: str) -> list[ChatMessage]:
        messages: list[ChatMessage] = []
        begin = 0
        for one in self.rounds:
            messages.append(ChatMessage("assistant", text[begin : one.said_chars].strip(), one.calls))
            messages += one.answers
            begin = one.said_chars
        return messages


def _well_formed(call: ToolCall) -> ToolCall:
    """Minds refuse to be reminded of arguments that are no JSON object, even of their own."""
    try:
        is_object = isinstance(json.loads(call.arguments or "{}"), dict)
    except (ValueError, RecursionError):
        is_object = False
    return call if is_object else replace(call, arguments="{}")
