"""Performs a script on a stage: speaks for the user, acts for the application, and looks at what happens.

What is expected has to happen in the order of the file, as far as there is an order: messages of the data channel,
messages of the socket and sound travel on three roads, and each keeps its own. What is heard is looked for from the
last thing on that was done.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias
from uuid import uuid4

from visavis.core.errors import VisavisError
from visavis.core.events import AddContext, Command, DirectorCue, End, Interrupt, TalkChunk, UserText
from visavis.core.frames import AUDIO_TICK_MS, AudioChunk
from visavis.testing.expecting import differs
from visavis.testing.script import (
    AppCues,
    AppDoes,
    AppTalks,
    AppTellsContext,
    Do,
    Expect,
    Judge,
    Kind,
    Script,
    UserSays,
    UserSounds,
    UserTypes,
    Waits,
)
from visavis.testing.seen import Ear, Seen
from visavis.testing.sounds import Microphone, Sound, Speaker, from_file, gain, made_up

HEARD: tuple[Kind, ...] = ("persona starts", "persona stops")
SIGNALLED: tuple[Kind, ...] = ("talk interrupted", "warning", "session ends")
REPLY_WITHIN_MS = 20_000.0
TURN_TAKING: tuple[Kind, ...] = ("persona starts", "user starts", "session ends")

Status: TypeAlias = Literal["passed", "failed", "skipped", "not reached"]
Ask: TypeAlias = Callable[[str, str], Awaitable[tuple[bool, str]]]


class Stage(Protocol):
    """Where a conversation takes place. `seen` grows by itself; what is heard is added by the player."""

    seen: list[Seen]

    @property
    def now_ms(self) -> float: ...

    async def open(self) -> None:
        """Returns when the persona is there. Raises `VisavisError`."""
        ...

    async def tick(self, microphone: AudioChunk) -> Sound:
        """Let 20 ms go by in which the user is heard like this; what is heard of the persona meanwhile."""
        ...

    async def do(self, command: Command) -> None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class StepResult:
    """What became of one step that looks at something. `took_ms` is how long the conversation took for it."""

    step: str
    status: Status = "not reached"
    reason: str = ""
    took_ms: float | None = None
    target_ms: float | None = None

    @property
    def late(self) -> bool:
        return self.took_ms is not None and self.target_ms is not None and self.took_ms > self.target_ms


@dataclass(slots=True)
class Outcome:
    """One performance. `trouble` is why it could not be performed at all."""

    name: str
    steps: list[StepResult] = field(default_factory=list[StepResult])
    trouble: str = ""
    length_ms: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.trouble and all(step.status in ("passed", "skipped") for step in self.steps)


class _StepFailed(Exception):
    pass


class Player:
    """Plays one script once. `ask` judges a conversation (text, criterion); None skips those steps."""

    def __init__(self, script: Script, stage: Stage, speaker: Speaker, ask: Ask | None = None) -> None:
        self._script, self._stage, self._speaker, self._ask = script, stage, speaker, ask
        room = script.room
        self._microphone = Microphone(room.noise, room.echo, room.echo_delay)
        self._ear = Ear()
        self._taken: set[int] = set()
        self._next = {True: 0, False: 0}  # where to look on: in what was signalled, and in the data channel
        self._done_ms = 0.0  # when the last deed began
        self._sound_from_ms = self._sound_until_ms = 0.0

    async def play(self) -> Outcome:
        outcome = Outcome(self._script.name)
        watching = [(step, StepResult(_title(step))) for step in self._script.steps]
        outcome.steps = [result for step, result in watching if isinstance(step, Expect | Judge)]
        try:
            await self._stage.open()
            began_ms = self._done_ms = self._stage.now_ms
            self._sound_from_ms = self._sound_until_ms = began_ms
            try:
                for step, result in watching:
                    await self._perform(step, result)
            finally:
                outcome.length_ms = self._stage.now_ms - began_ms
        except _StepFailed:
            pass  # its result says so
        except (VisavisError, ValueError) as error:
            outcome.trouble = str(error)
        finally:
            await self._stage.close()
        outcome.steps += [StepResult(f"never: {what}", *self._never(what)) for what in self._script.never]
        return outcome

    async def _perform(self, step: "Do | Waits | Expect | Judge", result: StepResult) -> None:
        match step:
            case Expect():
                await (self._nothing(step, result) if step.expect == "nothing" else self._await(step, result))
            case Judge(judge=criterion):
                await self._judge(criterion, result)
            case Waits(wait=wait_ms):
                await self._pass(wait_ms)
            case _:
                await self._deed(step)

    # --- deeds --------------------------------------------------------------------------------------------------

    async def _deed(self, step: Do) -> None:
        if step.into_reply is None:
            await self._pass(step.after)
        else:
            await self._until_into_reply(step.into_reply)
        self._done_ms = self._sound_from_ms = self._sound_until_ms = self._stage.now_ms
        match step:
            case UserSays():
                await self._sound(self._speaker.say(step.user, step.voice, step.speed) * gain(step.volume))
            case UserSounds():
                await self._sound(self._named_sound(step.sound) * gain(step.volume))
            case UserTypes():
                await self._stage.do(UserText(step.type))
            case AppTalks():
                await self._talk(step)
            case AppTellsContext():
                await self._stage.do(AddContext(step.context))
            case AppCues():
                await self._stage.do(DirectorCue(step.cue))
            case AppDoes():
                await self._stage.do(Interrupt() if step.do == "interrupt" else End())

    def _named_sound(self, name: str) -> Sound:
        sound = made_up(name)
        return from_file(self._script.folder / name) if sound is None else sound

    async def _sound(self, sound: Sound) -> None:
        self._microphone.user(sound)
        while self._microphone.busy:
            await self._tick()
        self._sound_until_ms = self._stage.now_ms

    async def _talk(self, step: AppTalks) -> None:
        correlation_id, last = str(uuid4()), len(step.talk) - 1
        for index, text in enumerate(step.talk):
            if index:
                await self._pass(step.between)
            await self._stage.do(TalkChunk(text, correlation_id, start=index == 0, end=index == last))
        self._sound_until_ms = self._stage.now_ms

    async def _until_into_reply(self, into_ms: float) -> None:
        limit_ms = self._stage.now_ms + REPLY_WITHIN_MS
        while (since_ms := self._ear.loud_since_ms) is None or self._stage.now_ms < since_ms + into_ms:
            if self._stage.now_ms > limit_ms:
                raise ValueError(f"the persona did not speak for {into_ms:.0f} ms, so nobody could break in")
            await self._tick()

    # --- expectations -------------------------------------------------------------------------------------------

    async def _await(self, step: Expect, result: StepResult) -> None:
        limit_ms = self._stage.now_ms + step.within
        while (seen := self._find(step.expect)) is None:
            if self._stage.now_ms >= limit_ms:
                self._fail(result, f"it did not happen within {step.within:.0f} ms{self._instead()}")
            await self._tick()
        if step.expect in ("persona starts", "persona stops", "user heard", "persona finishes"):
            stops = step.expect == "persona stops" or seen.at_ms < self._sound_until_ms
            since_ms = self._sound_from_ms if stops else self._sound_until_ms
            result.took_ms, result.target_ms = seen.at_ms - since_ms, step.target
        if reason := differs(step, seen):
            self._fail(result, reason)
        result.status = "passed"

    def _find(self, kind: Kind) -> Seen | None:
        """The first of its kind that is due, which then is taken; everything before it is past."""
        seen, heard, signalled = self._stage.seen, kind in HEARD, kind in SIGNALLED
        for index in range(0 if heard else self._next[signalled], len(seen)):
            found = seen[index]
            if found.kind != kind or index in self._taken or (heard and found.at_ms < self._done_ms):
                continue
            self._taken.add(index)
            if not heard:
                self._next[signalled] = index + 1
            return found
        return None

    async def _nothing(self, step: Expect, result: StepResult) -> None:
        assert step.span is not None  # the script was checked
        first, until_ms = len(self._stage.seen), self._stage.now_ms + step.span
        while self._stage.now_ms < until_ms:
            await self._tick()
        happened = [seen for seen in self._stage.seen[first:] if seen.kind in TURN_TAKING]
        if happened:
            self._fail(result, f"{happened[0].kind}, after all")
        self._done_ms = self._stage.now_ms
        result.status = "passed"

    async def _judge(self, criterion: str, result: StepResult) -> None:
        if self._ask is None:
            result.status, result.reason = "skipped", "no judge was named"
            return
        fulfilled, reason = await self._ask(transcript(self._stage.seen), criterion)
        if not fulfilled:
            self._fail(result, reason)
        result.status, result.reason = "passed", reason

    def _never(self, what: str) -> tuple[Status, str]:
        for index, seen in enumerate(self._stage.seen):
            if index in self._taken:
                continue  # it was expected
            if what == "warning" and seen.kind == "warning":
                return "failed", seen.text
            if what == "interruption" and (seen.interrupted or seen.kind == "talk interrupted"):
                return "failed", f"{seen.kind}, interrupted after {seen.text!r}"
        return "passed", ""

    def _instead(self) -> str:
        found = [seen.kind for seen in self._stage.seen[self._next[False] :] if seen.kind not in HEARD]
        return f"; instead: {', '.join(found[-5:])}" if found else ""

    def _fail(self, result: StepResult, reason: str) -> None:
        result.status, result.reason = "failed", reason
        raise _StepFailed

    # --- time ---------------------------------------------------------------------------------------------------

    async def _pass(self, span_ms: float) -> None:
        until_ms = self._stage.now_ms + span_ms
        while self._stage.now_ms + AUDIO_TICK_MS / 2 < until_ms:
            await self._tick()

    async def _tick(self) -> None:
        before = len(self._stage.seen)
        heard = await self._stage.tick(self._microphone.tick())
        self._microphone.loudspeaker(heard)
        if any(seen.kind == "persona finishes" for seen in self._stage.seen[before:]):
            self._ear.reply_over()
        self._stage.seen.extend(self._ear.hear(heard, self._stage.now_ms))


def transcript(seen: Sequence[Seen]) -> str:
    """The conversation as people write it down."""
    lines: list[str] = []
    for one in seen:
        if one.kind in ("user heard", "persona finishes"):
            who = "User" if one.kind == "user heard" else "Persona"
            lines.append(f"{who}: {' '.join(one.text.split())}{' [interrupted]' if one.interrupted else ''}")
    return "\n".join(lines)


def _title(step: "Do | Waits | Expect | Judge") -> str:
    if isinstance(step, Judge):
        return f"judge: {step.judge}"
    return f"expect: {step.expect}" if isinstance(step, Expect) else type(step).__name__
