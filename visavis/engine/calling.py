"""Carries out what the mind calls: several calls at once, each to its own place, each answered exactly once.

    mind calls ─▶ arguments fit? ─▶ client: told, and its page answers by a command
                       │            system: an item in the conversation's inbox
                       │            others: the executor that the session was given
                       └ no: the mind is told what to change, and nobody else

Whoever interrupts the persona does not want to wait for its tools either. Reading is given up; what may have changed
something elsewhere goes on, and the mind learns later what came of it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from visavis.core.clock import Clock, within
from visavis.core.events import CalledTool, Event, ToolResult, Warned
from visavis.core.fences import fenced
from visavis.core.spec import SessionSpec, ToolSpec
from visavis.core.tasks import TaskSet
from visavis.core.tools import INTERRUPTED, ToolAnswer, ToolFailed
from visavis.engine import system_tools
from visavis.engine.arguments import ArgumentSchema, Problem
from visavis.engine.called import Told
from visavis.engine.filler import Fillers, due_ms
from visavis.engine.system_tools import SystemCall
from visavis.engine.toolcalls import Exchange
from visavis.engine.tools import ToolExecutor
from visavis.engine.turn import Shielded
from visavis.providers import base
from visavis.providers.base import ChatMessage

CALLS_PER_REPLY_MAX = 16
RESULT_CHARS_MAX = 16_000
REPLY_MS_MAX = 120_000.0  # for all tools of one reply that wait for no person
LIST_WITHIN_MS = 10_000.0
SETTLE_WITHIN_S = 5.0
# what a page was not asked to answer, and what another server was not
SHOWN, STARTED = "Done.", "Started. Nobody waits for its answer; go on."
NOTHING = "It answered, with nothing in it."
NO_TIME = "The tools of this answer have taken too long already."
BAD_ARGUMENTS = "The mind called it with arguments that do not fit its schema."
TOO_MANY = f"Not called: {CALLS_PER_REPLY_MAX} calls for one answer are enough. Answer with what you have."

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Caller:
    """The reply that calls. `over` is set when the persona has nothing more to say."""

    turn_id: str
    user_acted_ms: float
    exchange: Exchange
    over: bool = False
    hanging_up: bool = False
    until_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class _Job:
    """One call whose arguments are good, and its place in the reply: the round and the position in it."""

    tool: ToolSpec
    call: CalledTool
    caller: Caller
    place: tuple[int, int]

    @property
    def outlives_its_reply(self) -> bool:
        """Whether it may change something elsewhere, so that giving up would leave nobody knowing."""
        webhook = self.tool.webhook
        return self.tool.kind == "mcp" or (webhook is not None and webhook.method != "GET")


class _PageFailed(ToolFailed):
    """By its own account, which it has told itself already."""


class Toolbelt:
    """The tools of one session. `ask` puts something into the conversation's inbox, `amend` changes its history."""

    def __init__(
        self,
        spec: SessionSpec,
        executor: ToolExecutor | None,
        clock: Clock,
        deliver: Callable[[Event], None],
        ask: Callable[[SystemCall | Shielded], None],
        amend: Callable[[ChatMessage, ChatMessage], None],
    ) -> None:
        self.closing_line = system_tools.closing_line(spec.ears.language if spec.ears else "")
        self._session_id = spec.session_id
        self._executor, self._clock = executor, clock
        self._deliver, self._ask, self._amend = deliver, ask, amend
        self._told = Told(spec, clock, deliver)
        self._tools: dict[str, ToolSpec] = {}
        self._schemas: dict[str, ArgumentSchema] = {}
        self._pages: dict[str, asyncio.Future[ToolResult]] = {}
        self._running: dict[asyncio.Task[None], _Job] = {}
        self._fillers = Fillers()
        self._tasks, self._listing = TaskSet(), TaskSet()
        self._own = spec.tools

    @property
    def offered(self) -> list[base.ToolSpec]:
        """The tools as a mind sees them."""
        return [base.ToolSpec(name, tool.description, dict(tool.parameters)) for name, tool in self._tools.items()]

    def open(self) -> None:
        """Take the session's tools, and ask other servers for theirs, which join as soon as these have answered."""
        self._add(self._own)
        if self._executor is not None:
            self._listing.start(self._list(self._executor), "toolbelt-list")

    def answered(self, result: ToolResult) -> None:
        """A page has done its part. An answer that nobody waits for means nothing."""
        page = self._pages.get(result.tool_call_id)
        if page is not None and not page.done():
            page.set_result(result)

    def abandon(self) -> None:
        """The reply that called is over: give up what can be given up."""
        for task, job in self._running.items():
            if not job.outlives_its_reply:
                task.cancel()
        self._running.clear()

    async def close(self) -> None:
        """What goes on elsewhere has a moment to end by itself, since nobody would know of it otherwise."""
        self.abandon()
        await self._listing.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_WITHIN_S):
                await self._tasks.settle()
        await self._tasks.close()
        if self._executor is not None:
            await self._executor.close()

    # --- one round ------------------------------------------------------------------------------------------------

    async def carry_out(
        self, caller: Caller, calls: Sequence[base.ToolCall], composed_filler: Callable[[], AsyncIterator[str]]
    ) -> AsyncIterator[str]:
        """Returns when each call has its answer in the caller's exchange. Yields words that bridge a long wait."""
        said_before = caller.exchange.said_since_calls
        caller.until_ms = caller.until_ms or self._clock.now_ms() + REPLY_MS_MAX
        awaited = [job for job in self._jobs(caller, calls) if not self._forget(job)]
        if not awaited:
            return
        running = {self._tasks.start(self._run(job), "tool-call"): job for job in awaited}
        self._running.update(running)
        shielded = any(job.tool.disable_interruptions for job in awaited)
        finished = asyncio.ensure_future(asyncio.wait(running))
        bridge = asyncio.ensure_future(self._bridge(awaited, said_before, composed_filler))
        try:
            if shielded:
                self._ask(Shielded(caller.turn_id, on=True))
            await asyncio.wait({finished, bridge}, return_when=asyncio.FIRST_COMPLETED)
            if not finished.done() and (words := bridge.result()):
                yield words
            await finished
        finally:
            finished.cancel()
            bridge.cancel()
            if shielded:
                self._ask(Shielded(caller.turn_id, on=False))
            for task in [task for task in running if task.done()]:
                self._running.pop(task, None)

    def _jobs(self, caller: Caller, calls: Sequence[base.ToolCall]) -> list[_Job]:
        """The calls that can be carried out; all others are answered here."""
        allowed = CALLS_PER_REPLY_MAX - caller.exchange.calls
        round_number = caller.exchange.call(calls)
        jobs: list[_Job] = []
        for index, call in enumerate(calls):
            place = round_number, index
            tool = self._tools.get(call.name)
            if index >= allowed:
                self._answer(caller, place, TOO_MANY)
            elif tool is None:
                self._deliver(Warned(self._clock.now_ms(), "The language model called a tool that does not exist."))
                self._answer(caller, place, f'There is no tool "{call.name[:64]}".')
            elif isinstance(arguments := self._schemas[call.name].read(call.arguments), Problem):
                self._told.failed(self._called(tool, caller, {}), BAD_ARGUMENTS, shown=False)
                self._answer(caller, place, f"Not called: {arguments.text} Call it again with arguments that fit.")
            else:
                jobs.append(_Job(tool, self._called(tool, caller, arguments), caller, place))
        return jobs

    def _called(self, tool: ToolSpec, caller: Caller, arguments: dict[str, object]) -> CalledTool:
        return CalledTool(
            f"fc_{uuid4()}", self._session_id, caller.turn_id, tool.name, tool.kind, arguments,
            self._clock.now_ms(), caller.user_acted_ms,
        )  # fmt: skip

    def _forget(self, job: _Job) -> bool:
        """Whether nobody waits for this one; then it has its answer now."""
        if job.tool.kind == "system" or job.tool.awaits_result:
            return False
        if job.tool.kind == "client":
            self._told.started(job.call)
            self._told.completed(job.call, "")
            self._answer(job.caller, job.place, SHOWN)
        else:
            self._answer(job.caller, job.place, STARTED)
            self._tasks.start(self._run(job, awaited=False), "tool-call-forgotten")
        return True

    # --- one call -------------------------------------------------------------------------------------------------

    async def _run(self, job: _Job, *, awaited: bool = True) -> None:
        self._told.started(job.call)
        try:
            answer = await self._carried_out(job)
        except ToolFailed as failure:
            self._told.failed(job.call, failure.message, shown=not isinstance(failure, _PageFailed))
            text = f"{failure.message}\n{self._as_data(job, failure.said)}" if failure.said else failure.message
        except asyncio.CancelledError:
            self._told.failed(job.call, INTERRUPTED)
            raise
        except Exception:  # whatever an executor does, the conversation goes on
            log.exception("a tool failed")
            self._told.failed(job.call, text := "The tool failed.")
        else:
            self._told.completed(job.call, answer.text, answer.documents)
            text = answer.text if job.tool.kind == "system" else self._as_data(job, answer.text)
        if awaited:
            self._answer(job.caller, job.place, text)

    async def _carried_out(self, job: _Job) -> ToolAnswer:
        """Raises `ToolFailed`."""
        tool = job.tool
        try:
            if tool.kind == "system":
                return self._done_here(job)
            if tool.kind == "client":
                return await within(self._clock, tool.timeout_ms, self._of_page(job.call))
            assert self._executor is not None  # a session with such tools is given one
            left_ms = job.caller.until_ms - self._clock.now_ms()
            if left_ms <= 0:
                raise ToolFailed(NO_TIME)
            running = self._executor.run(tool, job.call.arguments)
            return await within(self._clock, min(tool.timeout_ms, left_ms), running)
        except TimeoutError:
            waited_s = (self._clock.now_ms() - job.call.started_ms) / 1000
            raise ToolFailed(f"It did not answer within {waited_s:.3g} seconds.") from None

    async def _of_page(self, call: CalledTool) -> ToolAnswer:
        page = self._pages[call.call_id] = asyncio.get_running_loop().create_future()
        try:
            result = await page
        finally:
            del self._pages[call.call_id]
        if result.error is not None:
            raise _PageFailed("The page could not do it.", result.error)
        return ToolAnswer(result.result or "")

    def _done_here(self, job: _Job) -> ToolAnswer:
        action, caller = job.tool.action, job.caller
        self._ask(SystemCall(caller.turn_id, action, job.call.arguments))
        if action == "end_call":
            caller.over = caller.hanging_up or bool(caller.exchange.text.strip())
            caller.hanging_up = True
        elif action in system_tools.SILENCING:
            caller.over = True
        return ToolAnswer(system_tools.ANSWERS[action])

    def _as_data(self, job: _Job, text: str) -> str:
        return fenced(text, job.tool.name, RESULT_CHARS_MAX) if text.strip() else NOTHING

    def _answer(self, caller: Caller, place: tuple[int, int], text: str) -> None:
        before, now = caller.exchange.answer(*place, text)
        self._amend(before, now)

    # --- the wait, and what is offered ----------------------------------------------------------------------------

    async def _bridge(
        self, jobs: Sequence[_Job], said_before: str, composed_filler: Callable[[], AsyncIterator[str]]
    ) -> str:
        """What to say when the first of these tools has become slow; "" for nothing."""
        now_ms = self._clock.now_ms()
        due = [(at_ms, job.tool) for job in jobs if (at_ms := due_ms(job.tool, said_before, now_ms)) is not None]
        if not due:
            return ""
        at_ms, tool = min(due, key=lambda one: one[0])
        await self._clock.sleep_until(at_ms)
        return await self._fillers.words(tool, composed_filler)

    async def _list(self, executor: ToolExecutor) -> None:
        try:
            self._add(await within(self._clock, LIST_WITHIN_MS, executor.offered(self._fail)))
        except TimeoutError:
            self._fail("A server of tools did not list them in time.")

    def _fail(self, text: str) -> None:
        self._deliver(Warned(self._clock.now_ms(), text, failure=True))

    def _add(self, tools: Iterable[ToolSpec]) -> None:
        """Those that can be called: a server of tools is none itself, and of two with one name the first one counts."""
        for tool in tools:
            name = tool.name.replace(".", "_")  # minds know no other signs
            if (tool.kind == "mcp" and not tool.remote_name) or name in self._tools:
                continue
            try:
                self._schemas[name] = ArgumentSchema(tool.parameters)
            except ValueError as error:
                self._deliver(Warned(self._clock.now_ms(), f"The parameters of a tool cannot be used: it {error}"))
                continue
            self._tools[name] = tool
