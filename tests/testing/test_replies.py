"""A scripted mind gives its replies in order, also to questions that were asked too early and again."""

from collections.abc import Sequence

import pytest

from visavis.providers.base import ChatMessage, MindDelta, TextDelta, ToolCall
from visavis.testing.replies import Replies
from visavis.testing.script import Call

PROMPT = ChatMessage("system", "You are Cara.")
REQUEST = ChatMessage("system", "The user is silent.")


async def said(mind: Replies, *messages: ChatMessage) -> MindDelta | None:
    return await anext(aiter(mind.reply([PROMPT, *messages])), None)


def talk(*texts: str) -> Sequence[ChatMessage]:
    """User and persona in turn."""
    return [ChatMessage("assistant" if index % 2 else "user", text) for index, text in enumerate(texts)]


async def test_each_question_gets_the_next_reply_and_then_there_is_none() -> None:
    mind = Replies(["One.", "Two."])
    assert await said(mind, *talk("a")) == TextDelta("One.")
    assert await said(mind, *talk("a", "One.", "b")) == TextDelta("Two.")
    assert await said(mind, *talk("a", "One.", "b", "Two.", "c")) is None


async def test_an_answer_that_was_thrown_away_is_given_again() -> None:
    mind = Replies(["One.", "Two."])
    assert await said(mind, *talk("I would")) == TextDelta("One.")
    assert await said(mind, *talk("I would like roses")) == TextDelta("One.")
    assert await said(mind, *talk("I would like roses")) == TextDelta("One.")
    assert await said(mind, *talk("I would like roses", "One.", "b")) == TextDelta("Two.")


async def test_an_answer_that_nobody_heard_was_given() -> None:
    mind = Replies(["One.", "Two."])
    assert await said(mind, *talk("a")) == TextDelta("One.")
    assert await said(mind, *talk("a"), ChatMessage("user", "no, b")) == TextDelta("Two.")


async def test_a_request_of_the_engine_is_a_question_of_its_own() -> None:
    mind = Replies(["Are you there?", "Hello."])
    assert await said(mind, REQUEST) == TextDelta("Are you there?")
    assert await said(mind, ChatMessage("assistant", "Are you there?"), *talk("Yes")) == TextDelta("Hello.")


async def test_a_reply_may_use_a_tool() -> None:
    mind = Replies([Call(calls="look_up", arguments={"word": "rose"}), "It is a flower."])
    call = await said(mind, *talk("a"))
    assert isinstance(call, ToolCall)
    assert (call.name, call.arguments) == ("look_up", '{"word": "rose"}')
    answered = [*talk("a"), ChatMessage("assistant", "", (call,)), ChatMessage("tool", "A flower", (), call.call_id)]
    assert await said(mind, *answered) == TextDelta("It is a flower.")


@pytest.mark.parametrize("replies", [[], ["One."]])
async def test_it_can_be_closed(replies: list[str]) -> None:
    mind = Replies(replies)
    await mind.close()
    assert await said(mind, *talk("a")) == (TextDelta("One.") if replies else None)
