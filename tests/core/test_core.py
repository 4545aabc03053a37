"""The words of the house."""

import asyncio
import inspect
import typing

import pytest

from visavis.core import errors, events
from visavis.core.clock import HandWoundClock, MonotonicClock
from visavis.core.frames import AudioChunk
from visavis.core.spec import MindSpec, VoiceSpec
from visavis.core.tasks import TaskSet


async def test_hand_wound_clock_wakes_sleepers_in_the_order_of_their_times() -> None:
    clock, woken = HandWoundClock(), list[tuple[str, float]]()

    async def sleeper(name: str, at_ms: float) -> None:
        await clock.sleep_until(at_ms)
        woken.append((name, clock.now_ms()))

    async with asyncio.TaskGroup() as group:
        for name, at_ms in (("late", 300.0), ("early", 100.0), ("past", -5.0)):
            group.create_task(sleeper(name, at_ms))
        await clock.advance(250)
        assert woken == [("past", 0.0), ("early", 100.0)]
        await clock.advance(100)
    assert woken[-1] == ("late", 300.0)
    assert clock.now_ms() == 350


async def test_a_sleeper_may_give_up() -> None:
    clock = HandWoundClock()
    task = asyncio.create_task(clock.sleep_until(100))
    await clock.settle()
    task.cancel()
    await clock.advance(200)
    assert task.cancelled()


async def test_monotonic_clock_waits_no_less_than_asked() -> None:
    clock = MonotonicClock()
    until_ms = clock.now_ms() + 5
    await clock.sleep_until(until_ms)
    assert clock.now_ms() >= until_ms - 1  # the loop's timer may round down by its own resolution


async def test_task_set_cancels_what_it_started() -> None:
    tasks = TaskSet()
    task = tasks.start(asyncio.Event().wait(), "waits for ever")
    await tasks.close()
    assert task.cancelled()


def test_audio_knows_its_length() -> None:
    assert AudioChunk(b"\0\0" * 480, 48_000).duration_ms == 10


def test_every_error_has_its_own_code_and_says_what_to_change() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.VisavisError)]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert all(400 <= kind.status < 600 for kind in kinds)
    error = errors.InvalidRequest.field("voiceId", "no such voice; list the voices with GET /v1/voices")
    assert error.details[0].path == "voiceId"
    assert error.message.startswith("voiceId: ")


@pytest.mark.parametrize("secret_holder", [MindSpec("openai", secret="sk-1"), VoiceSpec("x", "y", secret="sk-1")])
def test_secrets_never_show(secret_holder: object) -> None:
    assert "sk-1" not in repr(secret_holder)


@pytest.mark.parametrize("kind", [*typing.get_args(events.Command), *typing.get_args(events.Event)])
def test_words_people_said_never_show(kind: type) -> None:
    names = {"text", "result", "error", "pcm"} - ({"text"} if kind in (events.Warned, events.SessionEnded) else set())
    shown = {name for name, f in kind.__dataclass_fields__.items() if f.repr}
    assert not shown & names
