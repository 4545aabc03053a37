"""Where the time of a turn went, and what a session leaves behind: real conversations, times wound by hand."""

from itertools import pairwise

import pytest

from visavis.core.errors import ProviderError
from visavis.core.events import Interrupt, LineMeasured, Talk, TurnMeasured, UserSpeechStarted
from visavis.core.frames import AUDIO_TICK_MS
from visavis.core.spec import PersonaSpec
from visavis.engine.records import ReportedMessage
from visavis.testing.rehearsal import Hears, Lines, Rehearsal

GREETER = PersonaSpec("Cara", "You are Cara.", opening_line="Hello, I am Cara.")


async def test_a_spoken_turn_has_every_moment_in_order() -> None:
    async with Rehearsal(Lines("It is sunny."), Hears("weather")) as r:
        await r.connect()
        began_ms = r.clock.now_ms()
        await r.user_speaks(600)
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    moments = [
        measured.user_started_ms, measured.user_ended_ms, measured.text_final_ms, measured.first_token_ms,
        measured.last_token_ms, measured.voice_ended_ms, measured.last_audio_ms,
    ]  # fmt: skip
    times = [moment for moment in moments if moment is not None]
    assert len(times) == len(moments)
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert measured.user_started_ms == pytest.approx(began_ms, abs=25)
    assert measured.user_ended_ms == pytest.approx(began_ms + 600, abs=25)  # not when it was noticed


async def test_the_waterfall_of_a_turn_has_every_step_in_order() -> None:
    async with Rehearsal(Lines("It is sunny."), Hears("weather")) as r:
        await r.connect()
        await r.user_speaks(600)
        await r.pass_time(700)
        assert r.speech_ms > 0
        r.face.pts_ms = len(r.packets) * AUDIO_TICK_MS
        await r.line.next_video()
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    steps = [
        measured.user_ended_ms, measured.endpoint_ms, measured.text_final_ms, measured.first_token_ms,
        measured.first_sound_ms, measured.first_audio_ms, measured.first_frame_ms,
    ]  # fmt: skip
    times = [step for step in steps if step is not None]
    assert len(times) == len(steps)
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert measured.endpoint_ms == pytest.approx((measured.user_ended_ms or 0) + 500, abs=40)


@pytest.mark.parametrize("late_ms", [-40, 0, 60])
async def test_how_much_later_than_its_sound_a_picture_leaves(late_ms: int) -> None:
    async with Rehearsal(persona=GREETER) as r:
        await r.connect()
        await r.pass_time(200)
        for _ in range(3):
            r.face.pts_ms = len(r.packets) * AUDIO_TICK_MS - AUDIO_TICK_MS - late_ms
            await r.line.next_video()
            await r.pass_time(100)
        r.face.pts_ms = len(r.packets) * AUDIO_TICK_MS - AUDIO_TICK_MS - 3 * abs(late_ms)
        await r.line.next_video()
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    assert measured.av_skew_ms == pytest.approx(late_ms, abs=AUDIO_TICK_MS)
    assert measured.av_skew_worst_ms == pytest.approx(3 * abs(late_ms), abs=AUDIO_TICK_MS)


async def test_how_good_the_line_was_is_kept() -> None:
    figures = LineMeasured(9.0, 2_000.0, 20.0, 1.5, 150, 2, 90_000)
    async with Rehearsal() as r:
        await r.connect()
        r.line.measured(figures)
        await r.pass_time(20)
        assert r.all(LineMeasured) == [figures]
        assert figures in r.entries


async def test_a_picture_from_before_the_speech_does_not_show_it() -> None:
    async with Rehearsal(persona=GREETER) as r:
        await r.connect()
        await r.pass_time(100)
        r.face.pts_ms = -40
        await r.line.next_video()
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    assert measured.first_sound_ms is not None
    assert measured.first_frame_ms is None


async def test_a_pause_for_thought_belongs_to_the_turn() -> None:
    async with Rehearsal(Lines("Yes."), Hears("well", "is it sunny")) as r:
        await r.connect()
        began_ms = r.clock.now_ms()
        await r.user_speaks(400)
        await r.pass_time(300)
        await r.user_speaks(400)
        await r.pass_time(1_500)
    (measured,) = r.all(TurnMeasured)
    assert measured.user_started_ms == pytest.approx(began_ms, abs=25)
    assert measured.user_ended_ms == pytest.approx(began_ms + 1_100, abs=25)


async def test_a_ready_made_greeting_was_not_thought_of() -> None:
    async with Rehearsal(persona=GREETER) as r:
        await r.connect()
        await r.pass_time(2_000)
    (measured,) = r.all(TurnMeasured)
    assert (measured.user_started_ms, measured.text_final_ms) == (None, None)
    assert (measured.first_token_ms, measured.last_token_ms) == (None, None)
    assert measured.first_audio_ms is not None


async def test_a_reply_that_is_cut_was_heard_until_then() -> None:
    async with Rehearsal(Lines("One two three four five six seven eight nine ten.")) as r:
        await r.connect()
        await r.say_typed("Count.")
        await r.pass_time(800)
        await r.do(Interrupt())
        cut_ms = r.clock.now_ms()
    (measured,) = r.all(TurnMeasured)
    assert (measured.interrupted, measured.last_audio_ms, measured.user_started_ms) == (True, cut_ms, None)


async def test_a_reply_that_is_cut_before_its_first_word_was_never_heard() -> None:
    mind = Lines("Too late.")
    mind.pause.clear()
    async with Rehearsal(mind) as r:
        await r.connect()
        await r.say_typed("Hello?")
        await r.pass_time(100)
        await r.do(Interrupt())
    (measured,) = r.all(TurnMeasured)
    assert measured.interrupted
    assert (measured.first_token_ms, measured.first_audio_ms, measured.last_audio_ms) == (None, None, None)


async def test_a_reply_that_fails_is_not_one_that_was_interrupted() -> None:
    async with Rehearsal(Lines(ProviderError("The mind is tired"))) as r:
        await r.connect()
        await r.say_typed("Hello?")
        await r.pass_time(100)
    (measured,) = r.all(TurnMeasured)
    assert (measured.interrupted, measured.failed) == (False, True)
    assert (r.reports[0].warnings, r.reports[0].failures) == (0, 1)


async def test_what_the_application_says_next_answers_the_user() -> None:
    async with Rehearsal(heard=Hears("what now")) as r:
        await r.connect()
        await r.user_speaks(600)
        await r.pass_time(1_000)
        await r.do(Talk("We wait.", "stream"))
        await r.pass_time(1_000)
    (measured,) = r.all(TurnMeasured)
    assert measured.turn_id == "stream"
    assert measured.user_turn_id == r.all(UserSpeechStarted)[0].turn_id
    assert None not in (measured.user_ended_ms, measured.first_token_ms, measured.first_audio_ms)


async def test_a_user_turn_that_nobody_answers_is_measured_alone() -> None:
    async with Rehearsal(heard=Hears("hello", "anybody there")) as r:
        await r.connect()
        for _ in range(2):
            await r.user_speaks(600)
            await r.pass_time(1_000)
        assert len(r.all(TurnMeasured)) == 1
    turns = r.all(TurnMeasured)
    assert len(turns) == 2
    assert not any(turn.answered for turn in turns)
    assert all(turn.text_final_ms and turn.first_audio_ms is None for turn in turns)


async def test_the_transcript_says_when_and_for_how_long() -> None:
    async with Rehearsal(Lines("It is sunny."), Hears("weather")) as r:
        await r.connect()
        began_ms = r.clock.now_ms()
        await r.user_speaks(600)
        await r.pass_time(2_000)
        await r.say_typed("Thanks.")
        typed_ms = r.clock.now_ms()
    user, persona, typed = r.entries[0], r.entries[1], r.entries[3]
    assert isinstance(user, ReportedMessage)
    assert (user.at_ms, user.speaking_ms) == (pytest.approx(began_ms, abs=25), pytest.approx(600, abs=25))
    assert isinstance(persona, ReportedMessage)
    assert persona.speaking_ms == pytest.approx(len("It is sunny.") * 50, abs=45)
    assert isinstance(typed, ReportedMessage)
    assert (typed.at_ms, typed.speaking_ms) == (typed_ms, None)
    assert [entry for entry in r.entries if isinstance(entry, ReportedMessage)] == list(r.reports[0].messages)
