"""Tools and the user: interruptions, replies that may be thrown away, and the wait for a slow one."""

import asyncio
from typing import Any

from tests.engine.tooled import (
    ASK,
    GET,
    ORDER,
    WEATHER,
    assert_every_call_has_its_answer,
    call,
    results,
    scripted,
    talk,
)
from visavis.core.events import (
    Interrupt,
    ToolCallCompleted,
    ToolCallFailed,
)
from visavis.core.spec import ToolSpec
from visavis.providers.base import WAIT_REQUEST, ChatMessage
from visavis.testing.rehearsal import Hears, Rehearsal

# --- interruptions ----------------------------------------------------------------------------------------------------


async def test_reading_is_given_up_when_the_user_interrupts() -> None:
    mind = scripted(["One moment. ", call("weather")], ["What now?"])
    async with Rehearsal(mind, tools=[WEATHER], outcomes={"weather": "Rain"}) as r:
        r.errands.delays_ms = {"weather": 10_000}
        await talk(r, for_ms=1_000)
        await r.say_typed("Never mind")
        await r.pass_time(1_000)
        assert r.errands.given_up == ["weather"]
        assert [e.shown for e in r.all(ToolCallFailed)] == [True]
    assert_every_call_has_its_answer(mind.heard[1])
    assert results(mind.heard[1])[0].startswith("The user interrupted")
    assert [m.text for m in mind.heard[1] if m.role == "assistant"] == ["One moment."]


async def test_what_changes_something_goes_on_and_the_mind_learns_later_what_came_of_it() -> None:
    mind = scripted([call("order")], ["Fine."], ["It was ordered."])
    async with Rehearsal(mind, tools=[ORDER], outcomes={"order": "Number 7"}) as r:
        r.errands.delays_ms = {"order": 1_200}
        await talk(r, for_ms=500)
        await r.say_typed("Wait")
        await r.pass_time(200)
        assert results(mind.heard[1])[0].startswith("The user interrupted")
        await r.pass_time(2_000)
        assert len(r.all(ToolCallCompleted)) == 1
        await r.say_typed("Did it work?")
        await r.pass_time(1_000)
    assert results(mind.heard[2]) == ["Number 7"]
    assert_every_call_has_its_answer(mind.heard[2])


async def test_a_page_is_told_that_nobody_waits_for_it_any_more() -> None:
    mind = scripted([call("ask_user", page="help")], ["Yes?"])
    async with Rehearsal(mind, tools=[ASK]) as r:
        await talk(r, for_ms=500)
        await r.do(Interrupt())
        assert [e.shown for e in r.all(ToolCallFailed)] == [True]


async def test_a_tool_may_forbid_interruptions_while_it_works() -> None:
    shielded = ToolSpec("pay", "Pays.", "webhook", {"type": "object"}, True, 60_000, True, webhook=ORDER.webhook)
    mind = scripted([call("pay")], ["It is paid, thank you very much indeed."], ["Of course."])
    async with Rehearsal(mind, Hears("stop"), tools=[shielded], outcomes={"pay": "Paid"}) as r:
        r.errands.delays_ms = {"pay": 1_200}
        await talk(r, for_ms=300)
        await r.user_speaks(600)
        await r.do(Interrupt())
        assert len(mind.heard) == 1
        await r.pass_time(600)
        assert results(mind.heard[1]) == ["Paid"]
        spoken_ms = r.speech_ms
        assert spoken_ms
        await r.user_speaks(600)  # now it may be interrupted
        assert r.is_silent


async def test_a_reply_that_may_be_thrown_away_calls_nothing() -> None:
    mind = scripted([call("weather")], ["Rain."])
    async with Rehearsal(mind, tools=[WEATHER], outcomes={"weather": "Rain"}) as r:
        sure = asyncio.Event()
        start = r.line._sayings._new_reply  # pyright: ignore

        def guessed(*arguments: Any) -> Any:
            reply = start(*arguments)
            reply.committed = sure
            return reply

        r.line._sayings._new_reply = guessed  # pyright: ignore
        await talk(r, for_ms=500)
        assert not r.errands.run_with
        sure.set()
        await r.pass_time(500)
        assert len(r.errands.run_with) == 1


# --- the wait ---------------------------------------------------------------------------------------------------------


async def test_a_slow_tool_is_bridged_with_words_and_a_fast_one_is_not() -> None:
    filled = ToolSpec(
        "weather",
        "Tells it.",
        "webhook",
        {"type": "object"},
        True,
        60_000,
        webhook=GET,
        fillers=("One moment, please.",),
    )
    for delay_ms, said in ((800, "Rain."), (3_500, "One moment, please. Rain.")):
        mind = scripted([call("weather")], ["Rain."])
        async with Rehearsal(mind, tools=[filled], outcomes={"weather": "Rain"}) as r:
            r.errands.delays_ms = {"weather": delay_ms}
            await talk(r, for_ms=6_000)
            assert r.persona_text() == said
        assert [m.role for m in mind.heard[1]][-2:] == ["assistant", "tool"]


async def test_a_mind_finds_words_of_its_own_for_a_wait() -> None:
    mind = scripted([call("weather")], ["Let me see. And more."], ["Rain."])
    async with Rehearsal(mind, tools=[WEATHER], outcomes={"weather": "Rain"}) as r:
        r.errands.delays_ms = {"weather": 4_000}
        await talk(r, for_ms=7_000)
        assert r.persona_text() == "Let me see. Rain."
    assert mind.heard[1][-1] == ChatMessage("system", WAIT_REQUEST)
    assert not mind.offered[1]
    assert_every_call_has_its_answer(mind.heard[1])


async def test_what_was_said_before_the_call_is_heard_first() -> None:
    mind = scripted(["Let me look that up for you right away", call("weather")], ["It rains."])
    async with Rehearsal(mind, tools=[WEATHER], outcomes={"weather": "Rain"}) as r:
        r.errands.delays_ms = {"weather": 2_500}
        await talk(r, for_ms=1_000)
        assert r.speech_ms  # although no sentence had ended
        await r.pass_time(4_000)
        assert r.persona_text() == "Let me look that up for you right away It rains."
