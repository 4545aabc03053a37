"""One suite for every mind, voice and ear of the catalog, each against the server here that speaks its protocol.

What is built in asks nobody, so that nobody can refuse, be late or break off; the points that remain are asked of it
as well. What computes in a worker is stopped and watched by the pool of workers, whichever it is: its points are the
pool's. `POINTS` says which test proves what.
"""

import ast
import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.media.waiting import eventually
from tests.providers import test_conformance
from tests.providers.conftest import Announce
from tests.providers.rigs import HERE, REMOTE, RemoteEars, RemoteMind, RemoteVoice, Rig, Server
from visavis.core.errors import ProviderError
from visavis.providers import catalog
from visavis.providers.catalog import KINDS, Kind

ROOT = Path(__file__).resolve().parents[2]
SOON_S = 10.0
TICK_S = 0.005
STOPPED_WITHIN_S = 0.1
TALKING: tuple[Kind, ...] = ("llm", "tts", "stt")
# one of a kind, whose suite is a file of its own
OWN_SUITES: dict[Kind, dict[str, str]] = {
    "cloning": {"elevenlabs": "test_elevenlabs_cloning"},
    "embeddings": {"minilm": "test_embeddings", "openai_compatible": "test_embeddings"},
    "meetings": {"bot_service": "test_meetings"},
}


class LoopTime:
    """Time as the loop has it: how often it came to do something else, in steps of `TICK_S`.

    While other programs have the machine, this stands still, and so a limit on it fails nobody who is merely unlucky.
    """

    async def __aenter__(self) -> Self:
        self.passed_s = 0.0
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.passed_s += TICK_S

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)


@dataclass
class Running:
    rig: RemoteMind | RemoteVoice | RemoteEars
    server: Server
    provider: Any
    closing: AsyncExitStack
    courses: list[Any] = field(default_factory=list[Any])

    def will(self, *courses: Any) -> None:
        """One for each answer, the last one again after that."""
        self.courses = list(courses)
        self.server.asked.clear()
        self.server.left.clear()
        self.server.answer_with(*courses)

    def pieces(self, provider: Any = None) -> AsyncGenerator[Any, None]:
        course = self.courses.pop(0) if len(self.courses) > 1 else self.courses[0]
        return self.rig.pieces(provider or self.provider, course)

    async def whole(self, provider: Any = None) -> list[Any]:
        async with asyncio.timeout(SOON_S), aclosing(self.pieces(provider)) as pieces:
            return [piece async for piece in pieces]

    async def failure(self, provider: Any = None) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            await self.whole(provider)
        assert self.rig.label in raised.value.message
        assert "secret" not in raised.value.message
        return raised.value

    def hasty(self) -> Any:
        made = self.rig.build(self.server.url, hasty=True)
        self.closing.push_async_callback(made.close)
        return made


@pytest.fixture(params=REMOTE, ids=lambda rig: rig.id)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    rig = request.param
    async with rig.serving() as server, AsyncExitStack() as closing:
        provider = rig.build(server.url)
        closing.push_async_callback(provider.close)
        yield Running(rig, server, provider, closing)
    await asyncio.get_running_loop().shutdown_default_executor()  # where hosts are looked up


@pytest.fixture(params=HERE, ids=lambda rig: rig.id)
async def here(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Rig, Any]]:
    provider = request.param.build()
    yield request.param, provider
    await provider.close()


# --- servers of others ------------------------------------------------------------------------------------------


async def test_an_answer_comes_whole_and_in_order(remote: Running) -> None:
    remote.will("whole")
    for _ in range(2):
        remote.rig.check_whole(await remote.whole())


async def test_the_beginning_does_not_wait_for_the_end(remote: Running) -> None:
    if isinstance(remote.rig, RemoteEars) and not remote.rig.streams:
        pytest.skip("these ears hear a whole utterance at a time")
    remote.will("begins")
    async with asyncio.timeout(SOON_S), aclosing(remote.pieces()) as pieces:
        assert await anext(pieces)


@pytest.mark.parametrize("course", ["nothing", "begins"])
async def test_a_server_learns_at_once_that_nobody_wants_its_answer(remote: Running, course: str) -> None:
    """Before its first piece, and in the middle; and the next answer is none the worse."""
    remote.will(course, "whole")
    begun = asyncio.Event()

    async def listen() -> None:
        async with aclosing(remote.pieces()) as pieces:
            async for _ in pieces:
                begun.set()

    says_nothing = course == "nothing" or (isinstance(remote.rig, RemoteEars) and not remote.rig.streams)
    async with asyncio.timeout(SOON_S), LoopTime() as loop_time:
        listening = asyncio.create_task(listen())
        await (remote.server.asked if says_nothing else begun).wait()
        assert not remote.server.left.is_set()
        loop_time.passed_s, worked_s = 0.0, time.thread_time()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await remote.server.left.wait()
        assert loop_time.passed_s <= STOPPED_WITHIN_S
        assert time.thread_time() - worked_s <= STOPPED_WITHIN_S
    remote.rig.check_whole(await remote.whole())


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
async def test_a_refusal_is_told_in_plain_words(remote: Running, status: int) -> None:
    """Some wires have no status for a refusal, and say as much."""
    remote.will(status)
    problem = await remote.failure()
    assert str(status) in problem.message or "did not accept" in problem.message
    assert problem.retryable == (status in (429, 500, 503)) or "did not accept" in problem.message
    assert status != 401 or "refused the key" in problem.message or "did not accept" in problem.message


async def test_a_server_that_breaks_off_is_an_error_once(remote: Running) -> None:
    remote.will("breaks", "whole")
    problem = await remote.failure()
    assert "broke off" in problem.message
    remote.rig.check_whole(await remote.whole())


async def test_nobody_there_is_an_error(remote: Running) -> None:
    remote.will("whole")
    nobody = remote.rig.build("http://127.0.0.1:1", hasty=True)
    problem = await remote.failure(nobody)
    await nobody.close()
    assert "cannot be reached" in problem.message
    assert problem.retryable


async def test_a_server_that_says_nothing_is_given_up(remote: Running) -> None:
    remote.will("nothing")
    problem = await remote.failure(remote.hasty())
    assert "too long" in problem.message
    assert problem.retryable
    async with asyncio.timeout(SOON_S):
        await remote.server.left.wait()


async def test_a_server_that_falls_silent_is_given_up(remote: Running) -> None:
    remote.will("begins")
    problem = await remote.failure(remote.hasty())
    assert "too long" in problem.message or "broke off" in problem.message
    assert problem.retryable


async def test_times_are_in_order_and_within_the_sound(remote: Running) -> None:
    traits = catalog.traits(remote.rig.kind, remote.rig.name)
    given = traits.gives_word_times, traits.gives_phone_times, traits.gives_viseme_times
    if not isinstance(remote.rig, RemoteVoice):
        assert not any(given)
        return
    remote.will("whole")
    check_times(await remote.whole(), traits)


def check_times(pieces: list[Any], traits: Any) -> None:
    length_ms = sum(piece.audio.duration_ms for piece in pieces)
    marks = {kind: [mark for piece in pieces for mark in piece.marks if mark.kind == kind] for kind in KINDS_OF_MARKS}
    given = traits.gives_word_times, traits.gives_phone_times, traits.gives_viseme_times
    assert tuple(bool(found) for found in marks.values()) == given
    for found in marks.values():
        times = [at_ms for mark in found for at_ms in (mark.start_ms, mark.end_ms)]
        assert times == sorted(times)
        assert all(0 <= at_ms <= length_ms + 1e-6 for at_ms in times)


KINDS_OF_MARKS = ("word", "phone", "viseme")


async def test_no_task_and_no_connection_is_left(remote: Running) -> None:
    """Of answers that were heard to the end, left in the middle, refused, and broken off."""
    before = asyncio.all_tasks()
    used = remote.rig.build(remote.server.url)
    remote.will("whole", "nothing", 401, "breaks", "whole")
    await remote.whole(used)
    leaving = asyncio.create_task(remote.whole(used))
    async with asyncio.timeout(SOON_S):
        remote.server.asked.clear()
        await remote.server.asked.wait()
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        await remote.server.left.wait()
    for _ in range(2):
        await remote.failure(used)
    await used.close()
    await eventually(lambda: remote.server.open_connections == 0)
    await eventually(lambda: asyncio.all_tasks() <= before)


# --- what is built in, in this process -----------------------------------------------------------------------------


async def test_what_is_built_in_answers_whole(here: tuple[Rig, Any]) -> None:
    rig, provider = here
    pieces = [piece async for piece in rig.pieces(provider)]
    rig.check_whole(pieces)
    if rig.kind == "tts":
        check_times(pieces, catalog.traits("tts", rig.name))


async def test_what_is_built_in_can_be_left_in_the_middle(here: tuple[Rig, Any]) -> None:
    rig, provider = here
    before = asyncio.all_tasks()
    async with aclosing(rig.pieces(provider)) as pieces:
        await anext(pieces)
    assert asyncio.all_tasks() <= before
    assert getattr(provider, "live", 0) == 0
    rig.check_whole([piece async for piece in rig.pieces(provider)])


# --- nobody is left out --------------------------------------------------------------------------------------------


def without_a_suite() -> dict[str, list[str]]:
    """By kind, the providers of the catalog that nothing above runs."""
    rigged = {(rig.kind, rig.name) for rig in (*REMOTE, *HERE)}
    missing: dict[str, list[str]] = {}
    for kind in KINDS:
        for name in catalog.names(kind):
            if kind in TALKING:
                covered = (kind, name) in rigged or catalog.traits(kind, name).runs_in_worker
            elif kind in ("vad", "end_of_turn"):
                covered = name in {param.values[0] for param in test_conformance.installed(kind)}
            else:
                covered = name in OWN_SUITES[kind]
            if not covered:
                missing.setdefault(kind, []).append(name)
    return missing


def test_every_provider_has_its_suite() -> None:
    assert without_a_suite() == {}


def test_no_suite_is_for_a_provider_that_is_gone() -> None:
    named = {(rig.kind, rig.name) for rig in (*REMOTE, *HERE)}
    named |= {(kind, name) for kind, names in OWN_SUITES.items() for name in names}
    assert not [(kind, name) for kind, name in named if name not in catalog.names(kind)]


@dataclass(frozen=True)
class Proofs:
    """The tests that prove one point: of servers of others, of what is built in, and of voices and ears in workers.

    "" is where there is nothing to prove, because nobody is asked or no such thing is told.
    """

    remote: str
    here: str = ""
    voices: str = ""
    ears: str = ""


POOL = "tests/media/test_speech_pool.py"
CONFORMANCE = "tests/providers/test_conformance.py"
POINTS = {
    "what is told comes whole and in order": Proofs(
        "test_an_answer_comes_whole_and_in_order",
        "test_what_is_built_in_answers_whole",
        f"{POOL}::test_a_voice_speaks_with_its_marks",
        f"{POOL}::test_ears_hear_utterances_side_by_side",
    ),
    "the beginning does not wait for the end": Proofs("test_the_beginning_does_not_wait_for_the_end"),
    "cancelling stops it within 100 ms": Proofs(
        "test_a_server_learns_at_once_that_nobody_wants_its_answer",
        "test_what_is_built_in_can_be_left_in_the_middle",
        f"{POOL}::test_a_cancelled_sentence_is_thrown_away",
        f"{POOL}::test_a_cancelled_finish_frees_the_recogniser",
    ),
    "errors are told in plain words": Proofs(
        "test_a_refusal_is_told_in_plain_words",
        "",
        f"{POOL}::test_errors_of_voices_arrive_without_private_words",
        f"{CONFORMANCE}::test_ears_refuse_a_language_they_do_not_know",
    ),
    "who breaks off is an error": Proofs(
        "test_a_server_that_breaks_off_is_an_error_once",
        "",
        f"{POOL}::test_a_dead_child_fails_one_sentence_and_the_queue_goes_on",
        f"{POOL}::test_a_dead_recogniser_fails_its_utterance_and_is_replaced",
    ),
    "who is late is given up": Proofs(
        "test_a_server_that_says_nothing_is_given_up",
        "",
        f"{POOL}::test_a_voice_that_hangs_is_ended",
        f"{POOL}::test_a_recogniser_that_hangs_is_noticed_and_replaced",
    ),
    "times are monotone and within the sound": Proofs(
        "test_times_are_in_order_and_within_the_sound",
        "test_what_is_built_in_answers_whole",
        f"{CONFORMANCE}::test_word_marks_are_in_order_and_within_the_sound",
    ),
    "nothing is left": Proofs(
        "test_no_task_and_no_connection_is_left",
        "test_what_is_built_in_can_be_left_in_the_middle",
        f"{POOL}::test_a_closed_voice_leaves_the_queue",
        f"{POOL}::test_surplus_recognisers_end",
    ),
}


@pytest.mark.parametrize("point", POINTS)
def test_every_point_is_proven_of_every_provider(point: str) -> None:
    """By a test that exists; one of this file goes through all rigs by the fixture that it takes."""
    proofs = POINTS[point]
    assert "remote" in inspect.signature(globals()[proofs.remote]).parameters
    assert not proofs.here or "here" in inspect.signature(globals()[proofs.here]).parameters
    for proof in filter(None, (proofs.voices, proofs.ears)):
        path, _, name = proof.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }


@pytest.mark.parametrize(("group", "missing"), [("tts", {"tts": ["acme"]}), ("llm", {"llm": ["acme"]})])
def test_a_newcomer_without_a_suite_is_noticed(announce: Announce, group: str, missing: dict[str, list[str]]) -> None:
    announce(f"[visavis.{group}]\nacme = acme_voices:Acme\n")
    assert without_a_suite() == missing
