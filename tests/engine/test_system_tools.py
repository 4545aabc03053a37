"""What a persona does to its own conversation."""

from tests.engine.tooled import call, scripted, system, talk
from visavis.core.events import (
    SessionEnded,
)
from visavis.core.spec import ListeningSpec
from visavis.testing.rehearsal import Hears, Rehearsal


async def test_hanging_up_says_goodbye_first() -> None:
    mind = scripted([call("end_call")], ["Goodbye and thank you."])
    async with Rehearsal(mind, tools=[system("end_call")]) as r:
        await talk(r, for_ms=800)
        assert not r.all(SessionEnded)
        await r.pass_time(1_500)
        assert [e.reason for e in r.all(SessionEnded)] == ["hung_up"]
    assert r.persona_text() == "Goodbye and thank you."


async def test_hanging_up_after_a_goodbye_says_nothing_more_and_without_one_a_closing_line() -> None:
    for turns, said in (([["Bye now. ", call("end_call")]], "Bye now."), ([[call("end_call")], []], "Goodbye!")):
        async with Rehearsal(scripted(*turns), tools=[system("end_call")]) as r:
            await talk(r)
            assert r.persona_text().strip() == said
            assert r.all(SessionEnded)


async def test_who_interrupts_the_goodbye_goes_on_talking() -> None:
    mind = scripted([call("end_call")], ["Goodbye and thank you very much."], ["Yes?"])
    async with Rehearsal(mind, tools=[system("end_call")]) as r:
        await talk(r, for_ms=800)
        await r.say_typed("One more thing")
        await r.pass_time(3_000)
        assert not r.all(SessionEnded)


async def test_a_persona_that_waits_is_silent_for_as_long_as_it_was_asked() -> None:
    listening = ListeningSpec(skip_turn_after_ms=5_000, end_session_after_ms=0)
    mind = scripted([call("skip_turn", timeout_seconds=20)], ["Are you there?"])
    async with Rehearsal(mind, tools=[system("skip_turn")], listening=listening) as r:
        await talk(r, for_ms=19_000)
        assert r.persona_text() == ""
        assert len(mind.heard) == 1
        await r.pass_time(3_000)
        assert r.persona_text() == "Are you there?"


async def test_a_pause_lasts_until_somebody_speaks() -> None:
    listening = ListeningSpec(skip_turn_after_ms=5_000, end_session_after_ms=60_000)
    mind = scripted([call("pause_conversation")], ["Welcome back."])
    async with Rehearsal(mind, tools=[system("pause_conversation")], listening=listening) as r:
        await talk(r, for_ms=120_000)
        assert not r.all(SessionEnded)
        await r.say_typed("I am back")
        await r.pass_time(1_000)
        assert r.persona_text() == "Welcome back."


async def test_a_persona_may_be_quiet_at_once() -> None:
    mind = scripted(["And another thing, which is very long indeed. ", call("interrupt")], ["never"])
    async with Rehearsal(mind, tools=[system("interrupt")]) as r:
        await talk(r)
        assert r.is_silent
        assert len(mind.heard) == 1


async def test_it_listens_in_another_language() -> None:
    mind = scripted([call("change_language", language_code="fr")], ["Bien sûr."], ["Oui."])
    async with Rehearsal(mind, Hears("bonjour"), tools=[system("change_language")]) as r:
        await talk(r)
        await r.user_speaks(600)
        await r.pass_time(1_500)
        assert r.heard.languages == ["fr"]
        assert r.persona_text() == "Bien sûr.Oui."
