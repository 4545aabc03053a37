"""What a developer is told beside the conversation: how much time is left, and nothing a hundred times."""

from visavis.core.events import SessionEnded, Talk, Warned
from visavis.core.spec import ListeningSpec
from visavis.engine.notices import SAME_EVERY_MS, WARNINGS_MAX, Countdown, Restraint
from visavis.testing.rehearsal import Lines, Rehearsal


def told(r: Rehearsal) -> list[str]:
    return [warned.text for warned in r.all(Warned)]


async def test_a_long_session_is_announced_a_minute_and_ten_seconds_before_its_end() -> None:
    async with Rehearsal(max_length_ms=120_000) as r:
        await r.connect()
        await r.pass_time(59_900)
        assert not told(r)
        await r.pass_time(200)
        assert told(r) == ["The session ends in 60 seconds: it reaches its maximum length."]
        await r.pass_time(50_000)
        assert told(r)[1:] == ["The session ends in 10 seconds: it reaches its maximum length."]
        await r.pass_time(10_000)
        assert [ended.reason for ended in r.all(SessionEnded)] == ["max_length"]
    assert len(told(r)) == 2


async def test_a_short_session_is_announced_once() -> None:
    async with Rehearsal(max_length_ms=30_000) as r:
        await r.connect()
        await r.pass_time(29_900)
        assert told(r) == ["The session ends in 10 seconds: it reaches its maximum length."]


async def test_what_was_never_further_away_needs_no_announcement() -> None:
    async with Rehearsal(max_length_ms=8_000) as r:
        await r.connect()
        await r.pass_time(8_100)
        assert r.all(SessionEnded)
    assert not told(r)


async def test_silence_is_announced_before_it_ends_the_session_and_again_after_somebody_spoke() -> None:
    listening = ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=60_000)
    async with Rehearsal(Lines("Here I am."), listening=listening) as r:
        await r.connect()
        await r.pass_time(50_100)
        assert told(r) == ["The session ends in 10 seconds if nobody says anything."]
        await r.say_typed("Are you there?")
        await r.pass_time(55_000)
        assert len(told(r)) == 2
        assert not r.all(SessionEnded)
        await r.pass_time(6_000)
        assert [ended.reason for ended in r.all(SessionEnded)] == ["user_silence"]


async def test_a_persona_that_speaks_is_not_silence() -> None:
    listening = ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=20_000)
    async with Rehearsal(listening=listening) as r:
        await r.connect()
        await r.do(Talk("word " * 100))
        await r.pass_time(20_000)
        assert not told(r)


def test_a_countdown_that_is_called_off_starts_anew() -> None:
    countdown = Countdown((10_000.0,))
    assert countdown.due(60_000, 0) is None
    assert countdown.wake_ms(60_000) == 50_000
    assert countdown.due(60_000, 50_000) == 10_000
    assert countdown.due(60_000, 50_020) is None
    assert countdown.due(None, 50_040) is None
    assert countdown.wake_ms(None) == float("inf")
    assert countdown.due(120_000, 60_000) is None
    assert countdown.due(120_000, 110_001) == 10_000


def test_the_same_warning_is_given_once_in_a_while_and_never_very_many() -> None:
    restraint = Restraint()
    assert [restraint.allows("again", at_ms) for at_ms in (0, 100, SAME_EVERY_MS - 1, SAME_EVERY_MS)] == [
        True, False, False, True,
    ]  # fmt: skip
    many = [restraint.allows(f"number {number}", 2 * SAME_EVERY_MS) for number in range(100)]
    assert sum(many) == WARNINGS_MAX
