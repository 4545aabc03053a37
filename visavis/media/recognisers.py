"""Child processes that listen: each leased for one utterance; more are started on demand, idle ones ended."""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec
from visavis.core.tasks import TaskSet
from visavis.media.channel import Message
from visavis.media.supervisor import Child, ChildFailed

_log = logging.getLogger(__name__)

LEASE_WITHIN_S = 5.0
FINISH_WITHIN_S = 20.0
_CANCEL_WITHIN_S = 5.0
_IDLE_S = 60.0
_KEPT_WARM = 1
_RESTART_AFTER_S = 1.0
# How far a recogniser may fall behind, and how long one utterance may be.
_BEHIND_BYTES_MAX = 30 * SPEECH_RATE_HZ * 2
_UTTERANCE_BYTES_MAX = 600 * SPEECH_RATE_HZ * 2
# How much of an utterance is kept to be told to another recogniser when its own dies.
_KEPT_BYTES_MAX = 120 * SPEECH_RATE_HZ * 2
_STOPPED = "The recogniser stopped working; please say it again."


class _Died(Exception):
    """A recogniser, of itself and not because it hung: another one may do better."""


class Recogniser:
    """One child and the utterance it hears."""

    def __init__(self, owner: "Recognisers", nice: int) -> None:
        self.child = Child("visavis.media.speech_child", self._receive, nice)
        self._owner = owner
        self.so_far = ""
        self._request_id = 0
        self._answer: asyncio.Future[Message] | None = None
        self._overdue: asyncio.TimerHandle | None = None
        self._hung = False
        self.retired = False
        self.idle_timer: asyncio.TimerHandle | None = None

    def open(self, request_id: int, dotted: str, ears: EarsSpec) -> "asyncio.Future[Message]":
        """Begin an utterance; the future is its end: heard, failed, or a dead child's `ProviderError`."""
        self._request_id, self.so_far = request_id, ""
        self._answer = answer = asyncio.get_running_loop().create_future()
        if self.child.ready:
            self.send("hear", dotted=dotted, ears=asdict(ears))
        else:
            self.lost()
        return answer

    def send(self, kind: str, payload: bytes = b"", /, **fields: object) -> None:
        self.child.send(kind, payload, request=self._request_id, **fields)

    def finish_within(self, within_s: float) -> None:
        """A child that does not answer in time is ended; its death is then the answer."""
        self.clear_timers()
        self._overdue = asyncio.get_running_loop().call_later(within_s, self._give_up)

    def _give_up(self) -> None:
        self._hung = True
        self.child.kill()

    def _receive(self, message: Message) -> None:
        if self._answer is None or message.fields["request"] != self._request_id:
            return  # of an utterance that is over
        if message.kind == "hearing":
            self.so_far = message.fields["text"]
            return
        if message.kind == "cancelled":
            self._answer.cancel()
        elif not self._answer.done():
            self._answer.set_result(message)
        self._free()

    def _free(self) -> None:
        self._answer = None
        self.clear_timers()
        self._owner.give_back(self)

    def lost(self) -> None:
        """The child is dead, and so is what it heard."""
        self.clear_timers()
        if self._answer is not None and not self._answer.done():
            _log.error("a recogniser (pid %s) died while it listened", self.child.pid)
            self._answer.set_exception(ProviderError(_STOPPED) if self._hung else _Died())
            self._answer.exception()  # nobody may be waiting for it yet
        self._answer = None

    def clear_timers(self) -> None:
        for timer in (self._overdue, self.idle_timer):
            if timer is not None:
                timer.cancel()
        self._overdue = self.idle_timer = None


# A recogniser that hears one utterance, and the end of that.
Lease: TypeAlias = "tuple[Recogniser, asyncio.Future[Message]]"


class Recognisers:
    """The pool: none at first, one kept warm from the first `prewarm` on, at most `recognisers_max`."""

    def __init__(self, recognisers_max: int, nice: int, options: Mapping[str, Mapping[str, Any]]) -> None:
        self._max = recognisers_max
        self._nice = nice
        self._options = options
        self._ids = itertools.count(1)
        self._load: list[str] = []
        self._living: set[Recogniser] = set()
        self._idle: list[Recogniser] = []
        self._waiting: deque[asyncio.Future[Recogniser]] = deque()
        self._lives = TaskSet()
        self.restarts = 0  # deaths that nobody wanted

    @property
    def waiting(self) -> int:
        """How many utterances wait for a recogniser."""
        return len(self._waiting)

    @property
    def pids(self) -> list[int]:
        return [recogniser.child.pid for recogniser in self._living if recogniser.child.pid is not None]

    def prewarm(self, dotted: str) -> None:
        """From now on children load these ears when they start, and one waits ready."""
        if dotted not in self._load:
            self._load.append(dotted)
        if len(self._living) < min(_KEPT_WARM, self._max):
            self._start_one()

    async def open(self, dotted: str, ears: EarsSpec) -> "PooledTranscription":
        """Lease a recogniser for one utterance. Raises `ProviderError` when none gets free in time."""
        transcription = PooledTranscription(lambda: self._lease(dotted, ears))
        await transcription.begin()
        return transcription

    async def _lease(self, dotted: str, ears: EarsSpec) -> "Lease":
        recogniser = self._idle.pop() if self._idle else await self._wait_for_one()
        recogniser.clear_timers()
        return recogniser, recogniser.open(next(self._ids), dotted, ears)

    async def _wait_for_one(self) -> Recogniser:
        place: asyncio.Future[Recogniser] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        if len(self._living) < self._max:
            self._start_one()
        try:
            async with asyncio.timeout(LEASE_WITHIN_S):
                return await place
        except BaseException as error:
            if place in self._waiting:
                self._waiting.remove(place)
            elif not place.cancelled():
                self.give_back(place.result())  # it came in the very moment we left
            if isinstance(error, TimeoutError):
                raise ProviderError("No recogniser was free in time.") from error
            raise

    def give_back(self, recogniser: Recogniser) -> None:
        """To whoever waits longest; otherwise it rests, and ends when it is one too many."""
        if recogniser not in self._living:
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(recogniser)
                return
        self._idle.append(recogniser)
        recogniser.idle_timer = asyncio.get_running_loop().call_later(_IDLE_S, self._retire, recogniser)

    def _retire(self, recogniser: Recogniser) -> None:
        if recogniser in self._idle and len(self._living) > _KEPT_WARM:
            self._idle.remove(recogniser)
            recogniser.retired = True
            recogniser.child.kill()

    def _start_one(self) -> None:
        recogniser = Recogniser(self, self._nice)
        self._living.add(recogniser)
        self._lives.start(self._live(recogniser), "recogniser")

    async def _live(self, recogniser: Recogniser) -> None:
        try:
            await recogniser.child.start({"load": self._load, "options": self._options})
            self.give_back(recogniser)
            await recogniser.child.wait_lost()
            self.restarts += not recogniser.retired
        except ChildFailed as error:
            _log.error("%s", error)
            await asyncio.sleep(_RESTART_AFTER_S)
        finally:
            self._living.discard(recogniser)
            if recogniser in self._idle:
                self._idle.remove(recogniser)
            recogniser.lost()
            await recogniser.child.stop()
        self._replace()

    def _replace(self) -> None:
        """A death may leave people waiting, or nobody warm."""
        wanted = max(_KEPT_WARM, len(self._waiting))
        if len(self._living) < min(wanted, self._max):
            self._start_one()

    async def close(self) -> None:
        await self._lives.close()


class PooledTranscription:
    """Satisfies `Transcription`. When its recogniser dies, another one is told everything again, once."""

    def __init__(self, lease: "Callable[[], Awaitable[Lease]]") -> None:
        self._lease = lease
        self._kept: list[bytes] | None = []
        self._fed_bytes = 0

    @property
    def so_far(self) -> str:
        return "" if self._answer.done() else self._recogniser.so_far

    async def begin(self) -> None:
        self._recogniser, self._answer = await self._lease()

    async def feed(self, audio: AudioChunk) -> None:
        if audio.rate_hz != SPEECH_RATE_HZ:
            raise ValueError(f"ears are fed {SPEECH_RATE_HZ} Hz, not {audio.rate_hz}")
        self._fed_bytes += len(audio.pcm)
        if self._kept is not None:
            self._kept.append(audio.pcm)
            if self._fed_bytes > _KEPT_BYTES_MAX:
                self._kept = None
        if self._answer.done():
            if not await self._begin_again():
                self._text()
            return
        behind = self._recogniser.child.unsent_bytes > _BEHIND_BYTES_MAX
        if behind or self._fed_bytes > _UTTERANCE_BYTES_MAX:
            await self.cancel()
            raise ProviderError("The recogniser cannot keep up." if behind else "This utterance is too long.")
        self._recogniser.send("sound", audio.pcm)

    async def finish(self) -> str:
        await self._finish()
        if await self._begin_again():
            await self._finish()
        return self._text()

    async def _finish(self) -> None:
        """Returns when the recogniser has answered or is dead."""
        if self._answer.done():
            return
        self._recogniser.finish_within(FINISH_WITHIN_S)
        self._recogniser.send("finish")
        try:
            await asyncio.wait((self._answer,))
        except asyncio.CancelledError:
            await self.cancel()
            raise

    async def _begin_again(self) -> bool:
        """Whether the recogniser had died, and another one has heard what it heard."""
        answer = self._answer
        if answer.cancelled() or not isinstance(answer.exception(), _Died) or self._kept is None:
            return False
        kept, self._kept = self._kept, None
        await self.begin()
        for pcm in kept:
            self._recogniser.send("sound", pcm)
        return True

    async def cancel(self) -> None:
        """Returns at once; the recogniser is free again when it has noticed."""
        if not self._answer.done():
            self._recogniser.finish_within(_CANCEL_WITHIN_S)
            self._recogniser.send("cancel")

    def _text(self) -> str:
        if self._answer.cancelled():
            raise ProviderError("This utterance was cancelled.")
        try:
            message = self._answer.result()
        except _Died:
            raise ProviderError(_STOPPED) from None
        if message.kind == "failed":
            raise ProviderError(message.fields["text"], retryable=message.fields["retryable"])
        return message.fields["text"]


class PooledEars:
    """Satisfies `SpeechToText` for a blocking recogniser that runs in the children."""

    def __init__(self, recognisers: Recognisers, dotted: str) -> None:
        self._recognisers = recognisers
        self._dotted = dotted

    async def open(self, ears: EarsSpec) -> PooledTranscription:
        return await self._recognisers.open(self._dotted, ears)

    async def close(self) -> None:
        """Nothing is held between utterances."""
