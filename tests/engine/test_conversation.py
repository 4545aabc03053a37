"""Whole conversations on a clock wound by hand: what people do, and what everybody is told."""

import pytest

from visavis.core.errors import NotFound, ProviderError, SessionLimitReached
from visavis.core.events import (
    AddContext,
    AgentAudio,
    End,
    Interrupt,
    PersonaSaid,
    SessionEnded,
    SessionReady,
    TurnMeasured,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    UserText,
    Warned,
)
from visavis.core.spec import ListeningSpec, PersonaSpec
from visavis.engine.host import Limits
from visavis.testing.rehearsal import Hears, Lines, Rehearsal, Seat

GREETER = PersonaSpec("Cara", "You are Cara.", opening_line="Hello, I am Cara. How can I help?")


async def test_greets_when_the_line_opens_and_not_before() -> None:
    async with Rehearsal(persona=GREETER) as r:
        await r.pass_time(200)
        assert r.is_silent
        await r.connect()
        assert r.all(SessionReady)
        await r.pass_time(2_500)
    assert r.persona_text() == GREETER.opening_line
    assert [e.final for e in r.all(PersonaSaid)][-1]
    assert [e.index for e in r.all(PersonaSaid)] == list(range(len(r.all(PersonaSaid))))


async def test_session_ready_is_told_once_even_when_the_peer_comes_back() -> None:
    async with Rehearsal() as r:
        await r.connect()
        r.line.peer_opened(r.peer)
        await r.pass_time(100)
    assert len(r.all(SessionReady)) == 1


async def test_the_mind_finds_its_own_greeting() -> None:
    mind = Lines("Welcome!")
    async with Rehearsal(mind, persona=PersonaSpec("Cara", "You are Cara.")) as r:
        await r.connect()
        await r.pass_time(1_000)
    assert r.persona_text() == "Welcome!"
    assert all(message.role == "system" for message in mind.asked[0])


async def test_a_typed_message_is_answered_clause_by_clause_in_step_with_the_sound() -> None:
    line = "Sure, I can do that. It takes two minutes, and then it is done."
    async with Rehearsal(Lines(line)) as r:
        await r.connect()
        await r.say_typed("Can you do it?")
        await r.pass_time(300)
        early = r.persona_text()
        assert line.startswith(early)
        assert len(early) < 12
        await r.pass_time(4_000)
    assert r.persona_text() == line
    assert len(r.voice.spoken) > 1
    assert "".join(r.voice.spoken) == line
    assert r.face.spoken[0][0] <= 300  # the face was told when, on the media clock


async def test_a_typed_message_is_not_shown_unless_asked_for() -> None:
    async with Rehearsal(Lines("Yes.")) as r:
        await r.connect()
        await r.say_typed("Hello?")
        await r.pass_time(100)
    assert [e.shown for e in r.all(UserSaid)] == [False]


async def test_a_spoken_sentence_is_heard_and_answered_under_one_id() -> None:
    async with Rehearsal(Lines("It is sunny."), Hears("what is the weather")) as r:
        await r.connect()
        await r.user_speaks(1_000)
        await r.pass_time(2_000)
    started, ended, said = r.all(UserSpeechStarted), r.all(UserSpeechEnded), r.all(UserSaid)
    assert [e.text for e in said] == ["what is the weather"]
    assert r.persona_text() == "It is sunny."
    ids = {e.turn_id for e in [*started, *ended, *said, *r.all(PersonaSaid)]}
    assert len(ids) == 1
    assert r.heard.fed_ms >= 1_000  # from its first sound on, with a little before it


async def test_barge_in_stops_within_the_guard_and_keeps_only_heard_words() -> None:
    mind = Lines("One two three four five six seven eight nine ten.", "Sorry.")
    async with Rehearsal(mind, Hears("stop please")) as r:
        await r.connect()
        await r.say_typed("Count")
        await r.pass_time(1_000)
        assert not r.is_silent
        await r.user_speaks(340)  # 100 ms until voice is believed, 200 ms until it is no cough
        assert r.is_silent
        assert len(r.face.cuts) == 1
        await r.pass_time(2_000)
    first = [e for e in r.all(PersonaSaid) if e.turn_id == r.all(PersonaSaid)[0].turn_id]
    assert first[-1].final
    assert first[-1].interrupted
    heard = "".join(e.text for e in first)
    assert mind.asked[1][-2].text == heard
    assert 0 < len(heard) < len("One two three four five six seven eight nine ten.")


async def test_a_cough_does_not_stop_the_persona() -> None:
    async with Rehearsal(Lines("One two three four five six seven.")) as r:
        await r.connect()
        await r.say_typed("Count")
        await r.pass_time(500)
        await r.user_speaks(160)
        await r.pass_time(3_000)
    assert r.persona_text() == "One two three four five six seven."
    assert not r.all(UserSpeechStarted)


async def test_interrupt_is_silent_with_the_next_packet() -> None:
    async with Rehearsal(Lines("A very long story about nothing at all.")) as r:
        await r.connect()
        await r.say_typed("Tell me")
        await r.pass_time(600)
        spoken_ms = r.speech_ms
        await r.do(Interrupt())
        await r.pass_time(500)
        assert r.speech_ms == spoken_ms
    assert r.all(PersonaSaid)[-1].interrupted


async def test_interrupt_is_harmless_when_idle() -> None:
    async with Rehearsal(Lines("Yes.")) as r:
        await r.connect()
        await r.do(Interrupt())
        await r.say_typed("Are you there?")
        await r.pass_time(500)
    assert r.persona_text() == "Yes."


async def test_a_protected_greeting_is_said_to_its_end() -> None:
    persona = PersonaSpec("Cara", "", opening_line="Please listen to this.", uninterruptible_greeting=True)
    async with Rehearsal(persona=persona) as r:
        await r.connect()
        await r.pass_time(100)
        await r.do(Interrupt())
        await r.user_speaks(600)
        await r.pass_time(1_000)
    assert r.persona_text() == "Please listen to this."
    assert not r.all(PersonaSaid)[-1].interrupted


async def test_context_is_known_to_the_next_turn_and_answered_by_nobody() -> None:
    mind = Lines("You like tea.")
    async with Rehearsal(mind) as r:
        await r.connect()
        await r.do(AddContext("The user likes tea."))
        await r.pass_time(300)
        assert not mind.asked
        await r.say_typed("What do I like?")
        await r.pass_time(200)
    assert any("likes tea" in message.text for message in mind.asked[0])


async def test_a_failing_mind_is_a_warning_and_the_next_turn_works() -> None:
    async with Rehearsal(Lines(ProviderError("the key is wrong"), "Back again.")) as r:
        await r.connect()
        await r.say_typed("One")
        await r.pass_time(200)
        assert "the key is wrong" in r.all(Warned)[0].text
        await r.say_typed("Two")
        await r.pass_time(1_000)
    assert r.persona_text() == "Back again."


async def test_a_mind_that_breaks_does_not_take_the_conversation_with_it() -> None:
    async with Rehearsal(Lines(ValueError("private words"), "Back again.")) as r:
        await r.connect()
        await r.say_typed("One")
        await r.pass_time(200)
        assert "private words" not in r.all(Warned)[0].text
        await r.say_typed("Two")
        await r.pass_time(1_000)
    assert r.persona_text() == "Back again."


async def test_a_failing_recogniser_is_a_warning() -> None:
    async with Rehearsal(Lines(), Hears(ProviderError("out of memory"))) as r:
        await r.connect()
        await r.user_speaks(500)
        await r.pass_time(1_500)
    assert "out of memory" in r.all(Warned)[0].text
    assert not r.all(UserSaid)


async def test_without_a_mind_speech_is_transcribed_and_not_answered() -> None:
    async with Rehearsal(None, Hears("hello")) as r:
        await r.connect()
        await r.user_speaks(500)
        await r.pass_time(1_500)
    assert [e.text for e in r.all(UserSaid)] == ["hello"]
    assert r.speech_ms == 0


async def test_ready_made_speech_without_passthrough_is_refused_in_words() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(AgentAudio(b"\0\0", 16_000, 1, 0))
    assert "enableAudioPassthrough" in r.all(Warned)[0].text


async def test_every_turn_is_measured_in_order() -> None:
    async with Rehearsal(Lines("It is sunny."), Hears("weather")) as r:
        await r.connect()
        await r.user_speaks(600)
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    times = [
        measured.user_started_ms, measured.user_ended_ms, measured.text_final_ms, measured.first_token_ms,
        measured.voice_started_ms, measured.first_audio_ms, measured.last_audio_ms,
    ]  # fmt: skip
    assert all(time is not None for time in times)
    assert times == sorted(times)  # type: ignore[type-var]


async def test_user_silence_ends_the_session_with_its_reason() -> None:
    listening = ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=60_000)
    async with Rehearsal(listening=listening) as r:
        await r.connect()
        await r.pass_time(59_000)
        assert not r.reports
        await r.pass_time(1_100)
        assert r.reports[0].reason == "user_silence"
    assert r.all(SessionEnded)[0].reason == "user_silence"
    assert r.peer.closed


async def test_a_session_that_never_connects_expires_and_frees_its_place() -> None:
    async with Rehearsal(limits=Limits(1, connect_within_ms=60_000)) as r:
        with pytest.raises(SessionLimitReached):
            r.host.open(r.spec)
        await r.pass_time(60_100)
        assert r.reports[0].reason == "never_connected"
        assert not r.reports[0].connected
        assert r.host.live == 0
        with pytest.raises(NotFound):
            r.host.get(r.spec.session_id)


async def test_a_lost_socket_is_waited_for_and_the_newest_hears_what_was_missed() -> None:
    async with Rehearsal(limits=Limits(1, regain_within_ms=30_000)) as r:
        await r.connect()
        r.line.signalling_lost(r.socket)
        await r.do(UserText("hi"), AgentAudio(b"\0\0", 16_000, 1, 0))
        await r.pass_time(20_000)
        newest = Seat()
        r.line.attach_signalling(newest)
        assert [type(e) for e in newest.events] == [Warned]
        await r.pass_time(20_000)
        assert not r.reports


@pytest.mark.parametrize("lost", ["socket", "peer"])
async def test_half_a_line_lost_for_good_ends_the_session(lost: str) -> None:
    async with Rehearsal(limits=Limits(1, regain_within_ms=30_000)) as r:
        await r.connect()
        if lost == "socket":
            r.line.signalling_lost(r.socket)
        else:
            r.line.peer_lost(r.peer)
        await r.pass_time(29_000)
        assert not r.reports
        await r.pass_time(1_200)
        assert r.reports[0].reason == "connection_lost"


async def test_both_gone_ends_at_once() -> None:
    async with Rehearsal() as r:
        await r.connect()
        r.line.signalling_lost(r.socket)
        r.line.peer_lost(r.peer)
        await r.pass_time(40)
        assert r.reports[0].reason == "client"


async def test_the_client_can_end_it() -> None:
    async with Rehearsal() as r:
        await r.connect()
        await r.do(End())
        assert r.reports[0].reason == "client"


async def test_maximum_length_counts_from_the_connection() -> None:
    async with Rehearsal(max_length_ms=10_000) as r:
        await r.pass_time(5_000)
        await r.connect()
        await r.pass_time(9_900)
        assert not r.reports
        await r.pass_time(200)
        assert r.reports[0].reason == "max_length"


async def test_the_report_holds_the_transcript_with_what_was_heard() -> None:
    async with Rehearsal(Lines("Yes of course.")) as r:
        await r.connect()
        await r.say_typed("Can you?")
        await r.pass_time(2_000)
        await r.host.stop(r.spec.session_id, "stopped")
        messages = [(m.role, m.text, m.interrupted) for m in r.reports[0].messages]
    assert messages == [("user", "Can you?", False), ("persona", "Yes of course.", False)]


async def test_stopping_mid_sentence_closes_the_turn_before_the_session() -> None:
    async with Rehearsal(Lines("A very long story about nothing at all.")) as r:
        await r.connect()
        await r.say_typed("Tell me")
        await r.pass_time(500)
        await r.host.stop(r.spec.session_id, "stopped")
    kinds = [type(e) for e in r.peer.events if isinstance(e, PersonaSaid | SessionEnded)]
    assert kinds[-2:] == [PersonaSaid, SessionEnded]
    assert r.all(PersonaSaid)[-1].interrupted
