"""Talk streams: text that an application writes while the persona speaks it, on a clock wound by hand."""

from visavis.core.events import Interrupt, PersonaSaid, Talk, TalkChunk, TalkInterrupted, Warned
from visavis.engine.host import Limits
from visavis.testing.rehearsal import Hears, Lines, Rehearsal


async def test_talk_is_said_word_for_word_without_thinking() -> None:
    mind = Lines()
    async with Rehearsal(mind) as r:
        await r.connect()
        await r.do(Talk("Say exactly this."))
        await r.pass_time(1_500)
    assert r.persona_text() == "Say exactly this."
    assert not mind.asked


async def test_two_talks_are_said_one_after_the_other() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(Talk("First."), Talk("Second."))
        await r.pass_time(2_000)
    assert r.persona_text() == "First.Second."
    assert sum(e.final for e in r.all(PersonaSaid)) == 2


def chunk(text: str, *, start: bool = False, end: bool = False, stream: str = "s1", utterance: str = "") -> TalkChunk:
    return TalkChunk(text, stream, start, end, utterance)


async def test_t1_a_talk_stream_is_one_turn_spoken_once() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("Hel", start=True), chunk("lo the"), chunk("re. And"), chunk(" more."), chunk("", end=True))
        await r.pass_time(3_000)
    assert r.persona_text() == "Hello there. And more."
    assert sum(e.final for e in r.all(PersonaSaid)) == 1
    assert {e.turn_id for e in r.all(PersonaSaid)} == {"s1"}


async def test_a_talk_stream_is_heard_before_it_ends() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("This is the first sentence. And", start=True))
        await r.pass_time(1_500)
        assert "first" in r.persona_text()
        await r.do(chunk(" this the second.", end=True))
        await r.pass_time(3_000)
    assert r.persona_text() == "This is the first sentence. And this the second."


async def test_t2_t3_an_idle_talk_stream_is_closed_with_a_warning_and_empty_chunks_do_not_help() -> None:
    async with Rehearsal(limits=Limits(1, talk_idle_ms=15_000)) as r:
        await r.connect()
        await r.do(chunk("Hello there.", start=True))
        await r.pass_time(10_000)
        await r.do(chunk(""))
        await r.pass_time(5_100)
        assert len(r.all(Warned)) == 1
        await r.do(chunk("Too late."))
        await r.pass_time(1_000)
    assert r.persona_text() == "Hello there."
    assert len(r.all(Warned)) == 2


async def test_closing_a_stream_that_is_over_is_no_mistake() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("Hello there.", start=True))
        await r.pass_time(300)
        await r.do(Interrupt(), chunk("", end=True))
        await r.pass_time(300)
    assert not r.all(Warned)


async def test_t4_user_speech_interrupts_a_talk_stream_once_and_a_new_one_works_at_once() -> None:
    async with Rehearsal(heard=Hears("wait")) as r:
        await r.connect()
        await r.do(chunk("A long sentence that goes on and on.", start=True))
        await r.pass_time(500)
        await r.user_speaks(1_000)
        assert [e.correlation_id for e in r.all(TalkInterrupted)] == ["s1"]
        await r.do(chunk("Too late.", stream="s1"))
        await r.pass_time(1_500)
        before = r.persona_text()
        await r.do(chunk("New words.", start=True, end=True, stream="s2"))
        await r.pass_time(1_500)
    assert r.persona_text() == before + "New words."
    assert len(r.all(TalkInterrupted)) == 1
    assert r.socket.events.count(r.all(TalkInterrupted)[0]) == 1


async def test_t5_interrupt_then_a_new_stream_at_once() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("Old words that are being spoken.", start=True))
        await r.pass_time(300)
        await r.do(Interrupt(), chunk("Entirely new words.", start=True, end=True, stream="s2"))
        await r.pass_time(2_000)
    new = "".join(e.text for e in r.all(PersonaSaid) if e.turn_id == "s2")
    assert new == "Entirely new words."
    assert [e.correlation_id for e in r.all(TalkInterrupted)] == ["s1"]


async def test_t5_a_new_stream_that_overtakes_the_interrupt_is_spoken_too() -> None:
    """The interrupt comes over the data channel and the stream over the socket, so either may be first."""
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("Old words that are being spoken. And", start=True))
        await r.pass_time(300)
        await r.do(chunk("Entirely new words.", start=True, end=True, stream="s2"), Interrupt())
        await r.pass_time(2_000)
    new = "".join(e.text for e in r.all(PersonaSaid) if e.turn_id == "s2")
    assert new == "Entirely new words."
    assert [e.correlation_id for e in r.all(TalkInterrupted)] == ["s1"]


async def test_what_waited_before_an_interrupt_is_dropped() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(Talk("First."), Talk("Second."), Interrupt())
        await r.pass_time(300)
        await r.do(Talk("Third words, being heard."))
        await r.pass_time(300)
        await r.do(Talk("Fourth."))
        await r.pass_time(400)
        await r.do(Interrupt())
        await r.pass_time(2_000)
    assert "Second." not in r.persona_text()
    assert "Fourth." not in r.persona_text()


async def test_t6_utterances_come_back_with_their_ids_and_a_space_between() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(chunk("One.", start=True, utterance="u1"), chunk("Two.", utterance="u2"), chunk("", end=True))
        await r.pass_time(2_000)
    by_id = {u: "".join(e.text for e in r.all(PersonaSaid) if e.utterance_id == u) for u in ("u1", "u2")}
    assert by_id == {"u1": "One.", "u2": " Two."}
