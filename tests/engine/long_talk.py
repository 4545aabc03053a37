"""A conversation of hours on a clock wound by hand: all that people do, again and again, in an order from a seed.

Between two exchanges, when nobody speaks and nothing waits, it looks at what is there: tasks, objects, what is queued,
and how far sound is from the clock. What only the stage keeps is thrown away, so what grows is the engine's own.
"""

import asyncio
import gc
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.engine.tooled import WEATHER, call
from visavis.core.events import Interrupt, Talk, TalkChunk, TurnMeasured
from visavis.core.spec import ListeningSpec
from visavis.engine import records, think
from visavis.providers import base
from visavis.providers.base import ChatMessage, MindDelta, TextDelta
from visavis.testing.rehearsal import Hears, Rehearsal, Thinks

SEED = 41
REPLY = "One two three four five six seven eight nine ten eleven twelve thirteen."
REST_MS = 1_500.0
REPLY_LASTS_MS = 5_000.0
KEPT_MAX = 20  # of what is kept of a talk on purpose, so that this limit is reached in the first minutes


class Talkative:
    """A mind that never runs out of words, and asks for the weather now and then."""

    def __init__(self) -> None:
        self.asked = 0

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[base.ToolSpec] = ()
    ) -> AsyncGenerator[MindDelta, None]:
        self.asked += 1
        if self.asked % 5 == 0 and messages[-1].role != "tool":
            yield call("weather", f"call-{self.asked}")
            return
        for word in REPLY.split(" "):
            yield TextDelta(f"{word} ")
            await asyncio.sleep(0)

    async def close(self) -> None:
        pass


class EndlessWords(Hears):
    """A recogniser that always understands the same."""

    async def finish(self) -> str:
        return "what is the weather like"


@dataclass(frozen=True, slots=True)
class Look:
    """What there was at one quiet moment. `drift_ms` is how far the media clock has moved from the stage's."""

    at_ms: float
    exchanges: int
    tasks: int
    objects: int
    queued: int
    drift_ms: float
    answered_after_ms: float


class LongTalk:
    """`looks` are taken after each exchange; `kinds` counts what happened."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.kinds: Counter[str] = Counter()
        self._random = random.Random(SEED)
        self._answered_after_ms = 0.0

    async def last(self, lasts_ms: float) -> None:
        listening = ListeningSpec(skip_turn_after_ms=0, end_session_after_ms=0)
        r = Rehearsal(
            Talkative(), EndlessWords(), listening=listening, tools=[WEATHER], outcomes={"weather": "Sunny."},
            thinks=Thinks(),
        )  # fmt: skip
        gc.collect()
        gc.freeze()  # or what there was before is looked through again at every look
        with _little_is_kept():
            async with r:
                await r.connect()
                await r.pass_time(REST_MS)
                began_ms, offset_ms = r.clock.now_ms(), self._offset_ms(r)
                while r.clock.now_ms() < began_ms + lasts_ms:
                    await self._exchange(r)
                    await r.pass_time(REPLY_LASTS_MS + REST_MS)
                    self._look(r, offset_ms)
                    _forget(r)

    async def _exchange(self, r: Rehearsal) -> None:
        ways: dict[str, Callable[[Rehearsal], Awaitable[None]]] = {
            "asks": _asks, "types": _types, "interrupts": _interrupts, "coughs": _coughs, "thinks": _thinks,
            "application talks": _application_talks, "application stops her": _application_stops_her, "mutes": _mutes,
        }  # fmt: skip
        kind = self._random.choice(list(ways))
        self.kinds[kind] += 1
        await ways[kind](r)

    def _look(self, r: Rehearsal, offset_ms: float) -> None:
        gc.collect()
        measured = r.all(TurnMeasured)
        if measured and measured[-1].first_audio_ms is not None and measured[-1].user_ended_ms is not None:
            self._answered_after_ms = measured[-1].first_audio_ms - measured[-1].user_ended_ms
        line = r.line
        queued = line._inbox._items.qsize() + len(line._show.playout._pieces) + len(line._show.playout._cover)
        self.looks.append(
            Look(
                r.clock.now_ms(), self.kinds.total(), len(asyncio.all_tasks()),
                len(gc.get_objects()) - len(self.looks), queued,
                self._offset_ms(r) - offset_ms, self._answered_after_ms,
            )
        )  # fmt: skip

    def _offset_ms(self, r: Rehearsal) -> float:
        return r.clock.now_ms() - r.line._show.playout.position_ms


async def _asks(r: Rehearsal) -> None:
    await r.user_speaks(1_200)


async def _thinks(r: Rehearsal) -> None:
    """In the middle of a sentence; what was begun on a guess is thrown away."""
    await r.user_speaks(800)
    await r.pass_time(200)
    await r.user_speaks(800)


async def _types(r: Rehearsal) -> None:
    await r.say_typed("What is the weather like?")


async def _interrupts(r: Rehearsal) -> None:
    await r.user_speaks(1_000)
    await r.pass_time(1_500)
    await r.user_speaks(1_200)


async def _coughs(r: Rehearsal) -> None:
    await r.say_typed("What is the weather like?")
    await r.pass_time(1_000)
    await r.user_speaks(60)


async def _mutes(r: Rehearsal) -> None:
    await r.user_speaks(800)
    await r.muted(600)


async def _application_talks(r: Rehearsal) -> None:
    await r.do(TalkChunk("Something that ", "stream", start=True, end=False))
    await r.do(TalkChunk("the application says.", "stream", start=False, end=True))


async def _application_stops_her(r: Rehearsal) -> None:
    await r.do(Talk(REPLY, ""))
    await r.pass_time(800)
    await r.do(Interrupt())


def _forget(r: Rehearsal) -> None:
    """What the stage remembers for tests that are short."""
    kept = (r.packets, r.peer.events, r.socket.events, r.entries, r.changes, r.voice.spoken, r.errands.run_with,
            r.face.spoken, r.face.cuts, r.face.listened, r.heard.languages)  # fmt: skip
    for one in kept:
        one.clear()
    assert r.thinks is not None
    r.thinks.judged_ms.clear()


@contextmanager
def _little_is_kept() -> Iterator[None]:
    limits = [(think, "HISTORY_MESSAGES_MAX")]
    limits += [(records, name) for name in ("MESSAGES_MAX", "TURNS_MAX", "TOOL_CALLS_MAX")]
    before = [(module, name, getattr(module, name)) for module, name in limits]
    try:
        for module, name, _ in before:
            setattr(module, name, KEPT_MAX)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
