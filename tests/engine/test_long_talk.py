"""Four minutes of talk, wound by hand: nothing drifts, nothing grows, and nothing is left behind."""

from tests.engine.long_talk import LongTalk

FOUR_MINUTES_MS = 240_000.0


async def test_four_minutes_leave_nothing_behind() -> None:
    """Tasks that are left at the end fail every test; here they are also counted on the way. `bench/endurance.py`
    goes on for two hours."""
    talk = LongTalk()
    await talk.last(FOUR_MINUTES_MS)
    assert len(talk.kinds) == 8
    assert {look.drift_ms for look in talk.looks} == {0.0}
    settled = talk.looks[len(talk.looks) // 2 :]
    assert {look.queued for look in talk.looks} == {0}
    assert len({look.tasks for look in talk.looks}) == 1
    # what is kept on purpose is full by then, and texts differ a little in how many objects they are
    assert settled[-1].objects - settled[0].objects < 60
    late = [look.answered_after_ms for look in settled]
    assert max(late) <= max(look.answered_after_ms for look in talk.looks[: len(settled)])
