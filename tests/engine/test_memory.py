"""A conversation that goes on in another process: what it still knows, and what it does not do twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from visavis.core.events import SessionReady
from visavis.core.spec import PersonaSpec
from visavis.engine.host import Limits
from visavis.engine.memory import Memory
from visavis.providers.base import ChatMessage
from visavis.testing.rehearsal import Lines, Rehearsal

GREETS = PersonaSpec("Cara", "You are Cara.", "Hello there.")


@asynccontextmanager
async def resumed(rehearsal: Rehearsal, memory: Memory) -> AsyncIterator[Rehearsal]:
    """The same session at a host that knows nothing but the memory."""
    async with rehearsal:
        await rehearsal.host.stop(rehearsal.spec.session_id, "failed")
        rehearsal.reports.clear()
        rehearsal.line = rehearsal.host.resume(rehearsal.spec, memory)
        await rehearsal.clock.settle()
        yield rehearsal


async def test_what_is_remembered_is_what_was_said_and_heard() -> None:
    changes = 0
    async with Rehearsal(mind=Lines("I am fine."), persona=GREETS) as rehearsal:
        assert rehearsal.line.remember() == Memory()
        await rehearsal.connect()
        await rehearsal.pass_time(2_000)
        await rehearsal.say_typed("How are you?")
        await rehearsal.pass_time(2_000)
        memory = rehearsal.line.remember()
        changes = len(rehearsal.changes)
    assert [(message.role, message.text) for message in memory.said] == [
        ("assistant", "Hello there."),
        ("user", "How are you?"),
        ("assistant", "I am fine."),
    ]
    assert (memory.created_ms, memory.joined_ms, memory.ready) == (4_000.0, 4_000.0, True)
    assert changes == 4  # ready, and three messages: never a token


async def test_nobody_is_greeted_or_told_to_be_ready_twice() -> None:
    said = (ChatMessage("user", "My name is Ada."), ChatMessage("assistant", "Hello Ada."))
    mind = Lines("Ada.")
    memory = Memory(60_000.0, 59_000.0, True, said)
    async with resumed(Rehearsal(mind=mind, persona=GREETS), memory) as rehearsal:
        await rehearsal.connect()
        await rehearsal.pass_time(2_000)
        assert rehearsal.persona_text() == ""
        assert rehearsal.all(SessionReady) == []
        await rehearsal.say_typed("What is my name?")
        await rehearsal.pass_time(2_000)
        assert rehearsal.persona_text() == "Ada."
        assert [message.text for message in mind.asked[-1]][-3:] == [
            "My name is Ada.",
            "Hello Ada.",
            "What is my name?",
        ]


async def test_a_question_that_nobody_answered_is_answered() -> None:
    memory = Memory(60_000.0, 59_000.0, True, (ChatMessage("user", "Are you there?"),))
    async with resumed(Rehearsal(mind=Lines("Yes, I am.")), memory) as rehearsal:
        await rehearsal.connect()
        await rehearsal.pass_time(2_000)
        assert rehearsal.persona_text() == "Yes, I am."


async def test_who_asks_again_is_answered_once() -> None:
    memory = Memory(60_000.0, 59_000.0, True, (ChatMessage("user", "Are you there?"),))
    mind = Lines("Yes, I am.")
    async with resumed(Rehearsal(mind=mind), memory) as rehearsal:
        await rehearsal.say_typed("Hello?")
        await rehearsal.connect()
        await rehearsal.pass_time(4_000)
        assert rehearsal.persona_text() == "Yes, I am."
        assert len(mind.asked) == 1


async def test_one_that_had_not_begun_begins() -> None:
    async with resumed(Rehearsal(mind=Lines(), persona=GREETS), Memory(5_000.0)) as rehearsal:
        await rehearsal.connect()
        await rehearsal.pass_time(2_000)
        assert rehearsal.persona_text() == "Hello there."
        assert len(rehearsal.all(SessionReady)) == 1


async def test_time_that_went_by_counts() -> None:
    memory = Memory(9_500.0, 9_000.0, True)
    async with resumed(Rehearsal(max_length_ms=10_000), memory) as rehearsal:
        await rehearsal.connect()
        await rehearsal.pass_time(1_100)
        assert [report.reason for report in rehearsal.reports] == ["max_length"]
        (report,) = rehearsal.reports
        assert report.ended_ms - report.started_ms == 10_500.0  # a session is as long as it was, in both processes


async def test_nobody_who_comes_back_is_the_end() -> None:
    limits = Limits(sessions_max=1, regain_within_ms=30_000)
    async with resumed(Rehearsal(limits=limits), Memory(60_000.0, 59_000.0, True, warnings=1, failures=2)) as rehearsal:
        await rehearsal.pass_time(29_900)
        assert rehearsal.reports == []
        await rehearsal.pass_time(200)
        (report,) = rehearsal.reports
        assert (report.reason, report.connected, report.warnings, report.failures) == ("failed", True, 1, 2)


async def test_a_socket_that_comes_and_goes_before_its_peer_is_not_the_end() -> None:
    async with resumed(Rehearsal(), Memory(60_000.0, 59_000.0, True)) as rehearsal:
        rehearsal.line.attach_signalling(rehearsal.socket)
        rehearsal.line.signalling_lost(rehearsal.socket)
        await rehearsal.pass_time(2_000)
        assert rehearsal.reports == []
        await rehearsal.connect()
        await rehearsal.pass_time(40_000)
        assert rehearsal.host.live == 1
