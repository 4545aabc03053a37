"""Two keys for barge-in, likely ends of turns, and epochs: real conversations on a clock wound by hand."""

import pytest

from visavis.core.events import PersonaSaid, TurnMeasured, UserSaid, UserSpeechEnded, UserSpeechStarted
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import ListeningSpec, PersonaSpec
from visavis.engine.overlap import OverlapJudge
from visavis.engine.turn_terms import Verdict
from visavis.testing.rehearsal import Hears, Lines, Rehearsal, Thinks

LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
PATIENT = ListeningSpec(end_of_speech_sensitivity=0.0, skip_turn_after_ms=0, end_session_after_ms=0)
TALKER = PersonaSpec("Cara", "You are Cara.", opening_line=LONG)


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """What the next voices are taken for, whatever they sound like; "unsure" when nothing is left."""
    given: list[Verdict] = []

    async def judge(self: OverlapJudge) -> Verdict | None:
        return given.pop(0) if given else None

    monkeypatch.setattr(OverlapJudge, "judge", judge)
    return given


async def test_voice_makes_the_persona_quieter_before_it_stops_her() -> None:
    async with Rehearsal(persona=TALKER) as r:
        await r.connect()
        await r.pass_time(500)
        await r.user_speaks(80)
        assert r.is_quiet
        assert not r.face.cuts
        await r.user_speaks(300)
        assert r.is_silent
        assert len(r.face.cuts) == 1
        assert not r.all(UserSpeechStarted)
        await r.user_speaks(600)
        assert r.is_silent
        assert len(r.all(UserSpeechStarted)) == 1
        assert [said.interrupted for said in r.all(PersonaSaid) if said.final] == [True]


async def test_after_a_listeners_word_she_carries_on_where_she_fell_silent() -> None:
    async with Rehearsal(persona=TALKER, heard=Hears("okay")) as r:
        await r.connect()
        await r.pass_time(1_000)
        await r.user_speaks(440)
        assert r.is_silent
        await r.pass_time(140)
        assert not r.is_silent
        assert not r.is_quiet
        await r.pass_time(6_000)
    assert r.persona_text() == LONG
    assert [said.interrupted for said in r.all(PersonaSaid) if said.final] == [False]
    assert not r.all(UserSaid)
    # the word that was broken off was said again, and the face was told of what was left at its new place
    length_ms = len(LONG) * 50.0
    assert length_ms < r.speech_ms <= length_ms + 400
    (again_ms, rest_ms), last = r.face.spoken[-1], max(i for i, packet in enumerate(r.packets) if packet == b"speech")
    assert again_ms > r.face.cuts[0]
    assert 0 <= (last + 1) * 20 - (again_ms + rest_ms) < 20


async def test_a_click_makes_her_quieter_for_a_moment() -> None:
    async with Rehearsal(persona=TALKER) as r:
        await r.connect()
        await r.pass_time(500)
        await r.user_speaks(20)
        await r.pass_time(40)
        assert r.is_quiet
        await r.pass_time(200)
        assert not r.is_quiet
        await r.pass_time(6_000)
    assert r.persona_text() == LONG


@pytest.mark.parametrize("verdict", ["echo", "noise"])
async def test_what_is_no_voice_of_the_user_never_stops_her(verdict: Verdict, verdicts: list[Verdict]) -> None:
    async with Rehearsal(persona=TALKER) as r:
        await r.connect()
        await r.pass_time(500)
        verdicts.append(verdict)
        await r.user_speaks(1_000)
        assert not r.is_silent
        assert not r.is_quiet
        await r.pass_time(6_000)
    assert r.persona_text() == LONG
    assert not r.all(UserSpeechStarted)


async def test_an_mm_hm_is_heard_and_not_answered(verdicts: list[Verdict]) -> None:
    async with Rehearsal(Lines(LONG), Hears("mm-hm")) as r:
        await r.connect()
        await r.say_typed("Count")
        await r.pass_time(500)
        verdicts.append("backchannel")
        await r.user_speaks(400)
        await r.pass_time(6_000)
    assert r.persona_text() == LONG
    assert [said.text for said in r.all(UserSaid) if not said.typed] == []


async def test_a_short_stop_stops_her_once_it_is_understood() -> None:
    async with Rehearsal(Lines(LONG, "As you wish."), Hears("stop")) as r:
        await r.connect()
        await r.say_typed("Count")
        await r.pass_time(500)
        await r.user_speaks(160)
        await r.pass_time(120)
        assert r.face.cuts
        await r.pass_time(2_000)
    assert [said.text for said in r.all(UserSaid)] == ["Count", "stop"]
    assert r.persona_text().endswith("As you wish.")
    assert len(r.all(UserSpeechStarted)) == len(r.all(UserSpeechEnded)) == 1


async def test_a_greeting_that_cannot_be_interrupted_is_not_made_quieter_either() -> None:
    persona = PersonaSpec("Cara", "You are Cara.", opening_line=LONG, uninterruptible_greeting=True)
    async with Rehearsal(persona=persona) as r:
        await r.connect()
        await r.pass_time(500)
        await r.user_speaks(1_000)
        assert not r.is_quiet
        assert not r.is_silent
        await r.pass_time(4_000)
    assert r.persona_text() == LONG


async def test_a_pause_that_sounds_like_the_end_is_answered_sooner() -> None:
    async def answered_after_ms(thinks: Thinks | None) -> float:
        async with Rehearsal(Lines("Hello there."), Hears("hello"), thinks=thinks) as r:
            await r.connect()
            await r.user_speaks(800)
            await r.pass_time(3_000)
        (measured,) = r.all(TurnMeasured)
        assert measured.first_audio_ms is not None
        assert measured.user_ended_ms is not None
        return measured.first_audio_ms - measured.user_ended_ms

    sure, plain, unsure = [await answered_after_ms(thinks) for thinks in (Thinks(1.0), None, Thinks(0.1, 0.1))]
    assert sure < 350 < plain < 600 < unsure


async def test_words_that_become_known_in_a_pause_change_how_long_it_may_be() -> None:
    ears = Hears("I would like to go home")
    async with Rehearsal(Lines("Yes."), ears, thinks=Thinks(0.5, over={"to": 0.01, "home": 0.5})) as r:
        await r.connect()
        ears.so_far = "I would like to"
        await r.user_speaks(800)
        await r.pass_time(700)
        assert not r.all(UserSaid)
        ears.so_far = "I would like to go home"
        await r.pass_time(60)
        assert [said.text for said in r.all(UserSaid)] == ["I would like to go home"]


async def test_the_last_words_change_it_once_more() -> None:
    """Those that the recogniser gives when it is asked for all of them."""
    ears = Hears("I would like to", "go home")
    async with Rehearsal(Lines("Yes."), ears, thinks=Thinks(over={"like": 0.5, "to": 0.01, "home": 0.5})) as r:
        await r.connect()
        ears.so_far = "I would like"
        await r.user_speaks(800)
        await r.pass_time(700)
        assert not r.all(UserSaid)
        await r.user_speaks(600)
        await r.pass_time(700)
        assert [said.text for said in r.all(UserSaid)] == ["I would like to go home"]


async def test_what_was_begun_on_a_guess_is_neither_heard_nor_kept() -> None:
    mind = Lines("Too early.", "Right on time.")
    async with Rehearsal(mind, Hears("I would like", "a cup of tea"), thinks=Thinks(0.7, 1.0)) as r:
        await r.connect()
        await r.user_speaks(800)
        await r.pass_time(200)
        assert [messages[-1].text for messages in mind.asked] == ["I would like"]
        assert r.voice.spoken == ["Too early."]
        await r.user_speaks(800)
        await r.pass_time(3_000)
    assert r.persona_text() == "Right on time."
    assert [said.text for said in r.all(UserSaid)] == ["I would like a cup of tea"]
    assert [message.text for message in mind.asked[1]][-1] == "I would like a cup of tea"
    assert len(r.all(TurnMeasured)) == 1
    assert len({said.turn_id for said in r.all(PersonaSaid)}) == 1


async def test_a_guess_that_was_right_has_everything_ready() -> None:
    mind = Lines("Here you are.")
    async with Rehearsal(mind, Hears("tea please"), thinks=Thinks(0.9)) as r:
        await r.connect()
        await r.user_speaks(800)
        await r.pass_time(130)
        assert r.voice.spoken == ["Here you are."]
        assert not r.all(UserSaid)
        assert r.is_silent
        await r.pass_time(3_000)
    assert len(mind.asked) == 1
    assert r.persona_text() == "Here you are."
    (measured,) = r.all(TurnMeasured)
    assert measured.first_token_ms is not None
    assert measured.text_final_ms is not None
    assert measured.text_final_ms <= measured.first_token_ms


async def test_switching_the_microphone_off_ends_a_turn_promptly() -> None:
    async with Rehearsal(Lines("Yes."), Hears("can you"), listening=PATIENT, thinks=Thinks(0.0)) as r:
        await r.connect()
        await r.pass_time(400)
        await r.user_speaks(800)
        await r.muted(700)
        assert [said.text for said in r.all(UserSaid)] == ["can you"]


async def test_a_microphone_that_is_silent_between_words_is_not_switched_off() -> None:
    async with Rehearsal(Lines("Yes."), Hears("can you"), listening=PATIENT, thinks=Thinks(0.0, 0.0)) as r:
        await r.connect()
        await r.muted(400)
        await r.user_speaks(800)
        await r.muted(1_500)
        assert not r.all(UserSaid)


async def test_nothing_of_an_old_epoch_is_queued() -> None:
    async with Rehearsal() as r:
        await r.connect()
        show = r.line._show  # what a provider that is slow to notice would still hold in its hand
        old = show.epoch
        show.cut()
        await show.put(old, "late", SpeechAudio(AudioChunk(b"\1\0" * 3_200, 16_000)), (), last=True)
        show.close_reply(old, "late")
        assert show.playout.ahead_ms == 0
        await show.put(show.epoch, "new", SpeechAudio(AudioChunk(b"\1\0" * 3_200, 16_000)), (), last=True)
        assert show.playout.ahead_ms == 200
