"""A host that is told to end: nobody new, a warning for those who talk, and an end to waiting."""

import asyncio

import pytest

from visavis.core.errors import Unavailable
from visavis.core.events import Warned
from visavis.engine.host import Limits
from visavis.testing.rehearsal import Lines, Rehearsal


async def test_those_who_talk_are_warned_and_may_finish() -> None:
    async with Rehearsal(mind=Lines("Goodbye then.")) as rehearsal:
        await rehearsal.connect()
        draining = asyncio.create_task(rehearsal.host.drain(20_000))
        await rehearsal.clock.settle()
        assert ["20 seconds" in warning.text for warning in rehearsal.all(Warned)] == [True]
        await rehearsal.say_typed("I have to go")
        await rehearsal.pass_time(3_000)
        assert rehearsal.persona_text() == "Goodbye then."
        assert not draining.done()
        rehearsal.line.end("client")
        await asyncio.wait_for(draining, 5)
        assert [report.reason for report in rehearsal.reports] == ["client"]


async def test_nobody_is_admitted_while_draining() -> None:
    async with Rehearsal(limits=Limits(sessions_max=5)) as rehearsal:
        await rehearsal.connect()
        draining = asyncio.create_task(rehearsal.host.drain(20_000))
        await rehearsal.clock.settle()
        with pytest.raises(Unavailable) as refused:
            rehearsal.host.open(rehearsal.spec)
        assert refused.value.headers == {"Retry-After": "5"}
        assert rehearsal.host.draining
        draining.cancel()


async def test_who_does_not_leave_is_waited_for_no_longer_than_that() -> None:
    async with Rehearsal() as rehearsal:
        await rehearsal.connect()
        draining = asyncio.create_task(rehearsal.host.drain(20_000))
        await rehearsal.pass_time(19_900)
        assert not draining.done()
        await rehearsal.pass_time(200)
        await asyncio.wait_for(draining, 5)
        assert rehearsal.host.live == 1
        await rehearsal.host.close()
        assert [report.reason for report in rehearsal.reports] == ["stopped"]


async def test_who_never_came_is_not_waited_for() -> None:
    async with Rehearsal() as rehearsal:
        await asyncio.wait_for(rehearsal.host.drain(20_000), 5)
        assert rehearsal.host.live == 0
