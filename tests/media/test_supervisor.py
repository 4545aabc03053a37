import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import leaks
from tests.media.waiting import eventually
from visavis.media import supervisor
from visavis.media.channel import Message
from visavis.media.supervisor import Child, ChildFailed, Supervisor

ECHO = "tests.media.echo_child"


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Heard:
    """Messages of a child, to be waited for."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()

    def __call__(self, message: Message) -> None:
        self._messages.put_nowait(message)

    async def next(self) -> Message:
        async with asyncio.timeout(10):
            return await self._messages.get()


async def test_a_child_is_configured_answers_and_stops() -> None:
    heard = Heard()
    child = Child(ECHO, heard, nice=3)
    await child.start({"greeting": "hello"})
    child.send("say", b"sound", number=1)
    answer = await heard.next()
    assert (answer.kind, answer.payload) == ("say", b"sound")
    assert answer.fields == {"number": 1, "greeting": "hello", "nice": os.nice(0) + 3, "threads": "1"}
    pid = child.pid
    assert pid is not None
    await child.stop()
    assert not running(pid)


async def test_signals_for_the_group_do_not_reach_children() -> None:
    heard = Heard()
    child = Child(ECHO, heard)
    await child.start({"greeting": ""})
    assert child.pid is not None
    os.kill(child.pid, signal.SIGINT)
    os.kill(child.pid, signal.SIGTERM)
    child.send("say")
    await heard.next()
    await child.stop()


@pytest.mark.parametrize("how", ["exit", "silent"])
async def test_a_child_that_never_gets_ready_is_a_failure(how: str) -> None:
    child, before = Child(ECHO, Heard()), leaks.children()
    with pytest.raises(ChildFailed):
        await child.start({"greeting": how}, within_s=10.0 if how == "exit" else 1.0)
    assert leaks.leaked_children(before) == []


async def test_a_child_that_hangs_is_stopped_all_the_same() -> None:
    heard = Heard()
    child = Child(ECHO, heard)
    await child.start({"greeting": ""})
    child.send("hang")
    assert (await heard.next()).kind == "hanging"
    pid = child.pid
    await child.stop()
    assert pid is not None
    assert not running(pid)


async def test_a_child_that_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.media.channel.UNSENT_BYTES_MAX", 1 << 20)
    heard = Heard()
    child = Child(ECHO, heard)
    await child.start({"greeting": ""})
    child.send("hang")
    await heard.next()
    child.send("say", bytes(4 << 20))
    async with asyncio.timeout(10):
        await child.wait_lost()
    await child.stop()


async def test_a_dead_child_is_replaced_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_BACKOFF_FIRST_S", 0.01)
    births: list[int | None] = []
    deaths: list[None] = []
    kept = Supervisor(
        ECHO,
        {"greeting": ""},
        Heard(),
        on_up=lambda: births.append(kept.pid),
        on_down=lambda: deaths.append(None),
    )
    assert not kept.healthy
    await kept.start()
    for count in (1, 2):
        assert kept.up
        assert len(births) == count
        kept.kill()
        await eventually(lambda count=count: len(births) > count)
    assert kept.healthy
    assert len(set(births)) == 3
    assert len(deaths) == 2
    await kept.stop()
    assert not any(running(pid) for pid in births if pid is not None)


async def test_restarts_that_keep_failing_are_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_BACKOFF_FIRST_S", 0.0)
    monkeypatch.setattr(supervisor, "_DEATHS_TOLERATED", 1)
    kept = Supervisor(ECHO, {"greeting": "exit"}, Heard())
    await kept.start()
    await eventually(lambda: not kept.healthy)
    await kept.stop()


PARENT = """
import asyncio
from visavis.media.supervisor import Child
async def main():
    children = [Child("tests.media.echo_child", lambda message: None) for _ in range(2)]
    for child in children:
        await child.start({"greeting": ""})
    children[0].send("hang")
    print(*(child.pid for child in children), flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_children_end_when_their_parent_is_killed() -> None:
    """Even one that is stuck in a call."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    async with asyncio.timeout(20):
        pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    assert all(map(running, pids))
    parent.kill()
    await parent.wait()
    await eventually(lambda: not any(map(running, pids)))
