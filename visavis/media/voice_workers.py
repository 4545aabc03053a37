"""Child processes that speak: one clause at a time each, sessions take turns."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import asdict, replace
from typing import Any

from visavis.core.errors import ProviderError
from visavis.core.frames import AudioChunk, Mark, SpeechAudio
from visavis.core.spec import VoiceSpec
from visavis.media.channel import Message
from visavis.media.supervisor import Supervisor

SPEAK_WITHIN_S = 20.0
_WAIT_WITHIN_S = 15.0
# A clause whose child died is spoken by the next one; if that dies too, perhaps it is what kills them.
_TRIES = 2
_WAITING_MAX = 256


class _Request:
    """One clause. Its deadline is one for the waiting first, then one for the speaking."""

    def __init__(self, request_id: int, fields: dict[str, Any]) -> None:
        self.request_id = request_id
        self.fields = fields
        self.tries, self.hung = 0, False
        self.result: asyncio.Future[SpeechAudio] = asyncio.get_running_loop().create_future()
        self._deadline: asyncio.TimerHandle | None = None

    def set_deadline(self, within_s: float, otherwise: Any) -> None:
        self.clear_deadline()
        self._deadline = asyncio.get_running_loop().call_later(within_s, otherwise)

    def wait_for_turn(self) -> None:
        self.set_deadline(_WAIT_WITHIN_S, lambda: self.fail(ProviderError("No voice was free in time.")))

    def clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def fail(self, error: ProviderError) -> None:
        self.clear_deadline()
        if not self.result.done():
            self.result.set_exception(error)

    def finish(self, message: Message) -> None:
        self.clear_deadline()
        if self.result.done():
            return  # whoever asked has gone
        fields = message.fields
        if message.kind == "failed":
            self.result.set_exception(ProviderError(fields["text"], retryable=fields["retryable"]))
        else:
            marks = tuple(Mark(*mark) for mark in fields["marks"])
            self.result.set_result(SpeechAudio(AudioChunk(message.payload, fields["rate_hz"]), marks))


class _Worker:
    """One child and the clause it is speaking."""

    def __init__(self, owner: "VoiceWorkers", nice: int) -> None:
        self.current: _Request | None = None
        self._owner = owner
        self.supervisor = Supervisor(
            "visavis.media.speech_child",
            {"load": owner.loaded, "options": owner.options},
            on_message=self._receive,
            on_up=owner.assign,
            on_down=self._lose_current,
            nice=nice,
        )

    @property
    def idle(self) -> bool:
        return self.current is None and self.supervisor.up

    def speak(self, request: _Request) -> None:
        self.current = request
        request.tries += 1
        # A voice cannot be interrupted, so one that hangs can only be ended with its process.
        request.set_deadline(SPEAK_WITHIN_S, self._give_up)
        self.supervisor.send("speak", request=request.request_id, **request.fields)

    def _receive(self, message: Message) -> None:
        request = self.current
        if request is None or message.fields["request"] != request.request_id:
            return  # a failed load
        self.current = None
        request.finish(message)
        self._owner.assign()

    def _lose_current(self) -> None:
        request, self.current = self.current, None
        if request is None:
            return
        if request.tries < _TRIES and not request.hung:
            self._owner.ask_again(request)
        else:
            request.fail(ProviderError("The voice stopped working; please ask again."))

    def _give_up(self) -> None:
        if self.current is not None:
            self.current.hung = True
        self.supervisor.kill()


class VoiceWorkers:
    """The queue in front of the children: a line for each voice, served in turn."""

    def __init__(self, workers: int, nice: int, options: Mapping[str, Mapping[str, Any]]) -> None:
        self.options = options
        # Shared with the supervisors, so that a child that is restarted loads what the last one had.
        self.loaded: list[str] = []
        self._ids = itertools.count(1)
        self._lines: dict[int, deque[_Request]] = {}
        self._interrupted: deque[_Request] = deque()
        self._workers = [_Worker(self, nice) for _ in range(workers)]

    async def start(self) -> None:
        await asyncio.gather(*(worker.supervisor.start() for worker in self._workers))

    async def close(self) -> None:
        await asyncio.gather(*(worker.supervisor.stop() for worker in self._workers))
        for line in list(self._lines):
            self.drop_line(line)
        for request in self._interrupted:
            request.fail(ProviderError("The voice was closed."))

    @property
    def healthy(self) -> bool:
        return all(worker.supervisor.healthy for worker in self._workers)

    @property
    def waiting(self) -> int:
        """How many clauses wait for a voice."""
        return sum(map(len, self._lines.values()))

    @property
    def restarts(self) -> int:
        """How often a child had to be started again."""
        return sum(worker.supervisor.restarts for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        return [pid for worker in self._workers if (pid := worker.supervisor.pid) is not None]

    def load(self, dotted: str) -> None:
        """Have every child load this voice before it is needed."""
        if dotted in self.loaded:
            return
        self.loaded.append(dotted)
        for worker in self._workers:
            worker.supervisor.send("load", dotted=dotted)

    async def speak(self, line: int, fields: dict[str, Any]) -> SpeechAudio:
        """Raises `ProviderError`. Cancelling gives the place in the line back; speech under way is thrown away."""
        if self.waiting >= _WAITING_MAX:
            raise ProviderError("Too many sentences wait for a voice.")
        request = _Request(next(self._ids), fields)
        request.wait_for_turn()
        self._lines.setdefault(line, deque()).append(request)
        self.assign()
        try:
            return await request.result
        finally:
            self._leave(line, request)

    def ask_again(self, request: _Request) -> None:
        """A child died while it spoke this: somebody waits for the rest of a sentence, so it goes first."""
        request.wait_for_turn()
        self._interrupted.append(request)
        self.assign()

    def assign(self) -> None:
        """Give every idle child the first clause of the line whose turn it is."""
        for worker in self._workers:
            if worker.idle and (request := self._next_request()) is not None:
                worker.speak(request)

    def _next_request(self) -> _Request | None:
        while self._interrupted:
            if not (request := self._interrupted.popleft()).result.done():
                return request
        while self._lines:
            line, waiting = next(iter(self._lines.items()))
            del self._lines[line]
            request = waiting.popleft()
            if waiting:
                self._lines[line] = waiting  # to the end of the round
            if not request.result.done():
                return request
        return None

    def _leave(self, line: int, request: _Request) -> None:
        waiting = self._lines.get(line)
        if waiting is not None and request in waiting:
            request.clear_deadline()
            waiting.remove(request)
            if not waiting:
                del self._lines[line]

    def drop_line(self, line: int) -> None:
        for request in self._lines.pop(line, ()):
            request.fail(ProviderError("The voice was closed."))


class PooledVoice:
    """Satisfies `TextToSpeech` for a blocking voice that runs in the children."""

    def __init__(self, workers: VoiceWorkers, line: int, dotted: str, spec: VoiceSpec) -> None:
        self._workers = workers
        self._line = line
        self._fields = {"dotted": dotted, "voice": asdict(replace(spec, options=dict(spec.options)))}

    async def warm(self) -> None:
        """The children load a voice as soon as a session has it."""

    async def speak(self, text: str) -> AsyncGenerator[SpeechAudio, None]:
        yield await self._workers.speak(self._line, {**self._fields, "text": text})

    async def close(self) -> None:
        self._workers.drop_line(self._line)
