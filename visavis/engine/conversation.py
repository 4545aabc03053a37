"""One living conversation: takes what happens, asks whose turn it is, and carries out the answer.

Everything that happens goes through one inbox and is handled by one task, one thing at a time. The only calls that
touch anything from outside that task are the peer's pulls (`next_audio`, `next_video`), and they touch nothing but the
show.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.errors import ProviderError, VisavisError
from visavis.core.events import (
    AddContext,
    AgentAudio,
    AgentAudioEnd,
    Command,
    DirectorCue,
    End,
    EndReason,
    Event,
    Interrupt,
    SessionEnded,
    SessionReady,
    Talk,
    TalkChunk,
    TalkInterrupted,
    ToolResult,
    UpdateConfig,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    UserText,
    Warned,
)
from visavis.core.frames import AudioChunk, EncodedVideo
from visavis.core.spec import EarsSpec, SessionSpec
from visavis.core.tasks import TaskSet, cancel_and_wait
from visavis.engine import turn
from visavis.engine.lifecycle import Lifecycle, Limits
from visavis.engine.listen import STOP_AFTER_MS
from visavis.engine.listen import Listener as Ears
from visavis.engine.passthrough import AUDIO_WAITING_MAX_MS, AgentSpeech
from visavis.engine.records import Record, SessionReport
from visavis.engine.reply import Reply, Timings
from visavis.engine.show import Show
from visavis.engine.talk import TalkStreams
from visavis.engine.think import GREETING_REQUEST, NUDGE_REQUEST, History, tagged, think, whole
from visavis.providers.base import ChatMessage, LanguageModel, SpeechToText, TextToSpeech, VoiceActivity
from visavis.renderers.base import Faces
from visavis.transports.base import Listener, Peer, SpeechEncoders

INBOX_MAX = 20_000
BACKLOG_MAX = 64
OVERTAKES_WITHIN_MS = 250.0
END_TEXTS: dict[EndReason, str] = {
    "client": "The client left the session",
    "never_connected": "Nobody connected in time",
    "connection_lost": "The connection was lost",
    "stopped": "The session was stopped",
    "max_length": "The session reached its maximum length",
    "user_silence": "The session ended because nobody spoke for a long time",
    "failed": "The session failed",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Ready-made providers of one session. `voice` and `mind` belong to the session, the others to the process."""

    mind: LanguageModel | None
    voice: TextToSpeech | None
    ears: SpeechToText | None
    activity: VoiceActivity
    faces: Faces
    encoders: SpeechEncoders


@dataclass(frozen=True, slots=True)
class _PeerExpected:
    peer: Peer


@dataclass(frozen=True, slots=True)
class _PeerOpened:
    peer: Peer


@dataclass(frozen=True, slots=True)
class _PeerLost:
    peer: Peer


@dataclass(frozen=True, slots=True)
class _SocketLost:
    socket: Listener


@dataclass(frozen=True, slots=True)
class _FaceReady:
    error: str = ""


@dataclass(frozen=True, slots=True)
class _ReplyOver:
    reply: Reply
    error: str = ""


@dataclass(frozen=True, slots=True)
class _EndRequested:
    reason: EndReason
    text: str


_Item: TypeAlias = (
    Command
    | turn.Fact
    | _PeerExpected
    | _PeerOpened
    | _PeerLost
    | _SocketLost
    | _FaceReady
    | _ReplyOver
    | _EndRequested
)


@dataclass(frozen=True, slots=True)
class _Saying:
    """Something that waits for its turn to be said; exactly one of `greeting`, `correlation_id` and `audio` tells what.

    `overlapped_ms` is when it began while something else was being heard.
    """

    turn_id: str
    protected: bool = False
    greeting: bool = False
    correlation_id: str = ""
    audio: AgentSpeech | None = None
    overlapped_ms: float | None = None


def _overtook(saying: _Saying, now_ms: float) -> bool:
    """Whether this was meant to come after an interrupt that arrives only now: the two travel on different roads."""
    return saying.overlapped_ms is not None and now_ms - saying.overlapped_ms <= OVERTAKES_WITHIN_MS


class Conversation:
    """Satisfies `transports.base.Line`. `start` begins it; it ends by itself, by `end`, or with its client."""

    def __init__(self, spec: SessionSpec, parts: Parts, clock: Clock, limits: Limits) -> None:
        self.spec = spec
        self.peer: Peer | None = None
        self._parts, self._clock = parts, clock
        now_ms = self._started_ms = clock.now_ms()
        self._lifecycle = Lifecycle(limits, spec.max_length_ms, now_ms)
        answers = parts.mind is not None and not spec.persona.audio_passthrough
        self._machine = turn.TurnMachine(turn.policy_from(spec.listening, answers), now_ms, lambda: str(uuid4()))
        self._show = Show(spec.face, parts.faces, parts.encoders.open(), parts.encoders.silence, clock)
        self._history = History(spec.persona)
        self._talk = TalkStreams(limits.talk_idle_ms)
        self._record = Record()
        self._ears: Ears | None = None
        self._signalling: Listener | None = None
        self._backlog: deque[Event] = deque(maxlen=BACKLOG_MAX)
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._waiting: deque[_Saying] = deque()
        self._agent: AgentSpeech | None = None
        self._reply: Reply | None = None
        self._saying: _Saying | None = None
        self._reply_task: asyncio.Task[None] | None = None
        self._speaking_turn: str | None = None
        self._timings = Timings()
        self._ready = False
        self._tasks = TaskSet()
        self._run_task: asyncio.Task[None] | None = None
        self._report: asyncio.Future[SessionReport] = asyncio.get_running_loop().create_future()

    # --- the outside: nothing here waits ------------------------------------------------------------------------

    def start(self) -> None:
        self._run_task = asyncio.create_task(self._run(), name=f"conversation-{self.spec.session_id[:8]}")

    def receive(self, command: Command) -> None:
        if self._inbox.qsize() < INBOX_MAX:
            self._inbox.put_nowait(command)

    def end(self, reason: EndReason, text: str = "") -> None:
        self._inbox.put_nowait(_EndRequested(reason, text or END_TEXTS[reason]))

    async def wait_ended(self) -> SessionReport:
        return await asyncio.shield(self._report)

    def attach_signalling(self, listener: Listener) -> None:
        """The newest socket wins, and is told what the last one missed."""
        self._signalling = listener
        self._lifecycle.socket_opened()
        while self._backlog:
            listener.deliver(self._backlog.popleft())

    def signalling_lost(self, listener: Listener) -> None:
        self._inbox.put_nowait(_SocketLost(listener))

    def peer_expected(self, peer: Peer) -> None:
        self._inbox.put_nowait(_PeerExpected(peer))

    def peer_opened(self, peer: Peer) -> None:
        self._inbox.put_nowait(_PeerOpened(peer))

    def peer_lost(self, peer: Peer) -> None:
        self._inbox.put_nowait(_PeerLost(peer))

    def next_audio(self) -> bytes:
        pulled = self._show.pull()
        reply = self._reply
        if reply is not None and pulled.owner == reply.message_id:
            reply.played(pulled)
        return pulled.packet

    async def next_video(self) -> EncodedVideo:
        return await self._show.next_video()

    def hear(self, audio: AudioChunk) -> None:
        if self._ears is not None:
            self._ears.hear(audio)

    def want_keyframe(self) -> None:
        self._show.want_keyframe()

    def set_bitrate(self, bitrate_bps: int) -> None:
        if self.spec.video_quality == "auto":  # "high" pins the bitrate, whatever the network says
            self._show.set_bitrate(bitrate_bps)

    # --- the one task that handles everything -------------------------------------------------------------------

    async def _run(self) -> None:
        ending = _EndRequested("failed", END_TEXTS["failed"])
        try:
            while True:
                if (over := await self._handle(await self._next())) is not None:
                    ending = over
                    return
        finally:
            await self._finish(ending)

    async def _next(self) -> _Item:
        """What happened next, or a tick when something waits for the time."""
        wake_ms = min(
            at for at in (self._machine.wake_ms, self._talk.wake_ms, self._lifecycle.wake_ms) if at is not None
        )
        if not self._inbox.empty():
            return self._inbox.get_nowait()
        arrival = asyncio.ensure_future(self._inbox.get())
        alarm = asyncio.ensure_future(self._clock.sleep_until(wake_ms)) if wake_ms < float("inf") else None
        try:
            await asyncio.wait({arrival, alarm} if alarm else {arrival}, return_when=asyncio.FIRST_COMPLETED)
            return arrival.result() if arrival.done() else turn.Tick()
        finally:
            arrival.cancel()
            if alarm is not None:
                alarm.cancel()

    async def _handle(self, item: _Item) -> _EndRequested | None:
        now_ms = self._clock.now_ms()
        match item:
            case _EndRequested():
                return item
            case End():
                return _EndRequested("client", END_TEXTS["client"])
            case _PeerExpected() | _PeerOpened() | _PeerLost() | _SocketLost() | _FaceReady():
                if (over := await self._line_changed(item, now_ms)) is not None:
                    return over
            case _ReplyOver():
                await self._reply_over(item)
            case (
                UserText() | Interrupt() | AddContext() | Talk() | TalkChunk() | AgentAudio() | AgentAudioEnd()
                | ToolResult() | DirectorCue() | UpdateConfig()
            ):  # fmt: skip
                await self._command(item, now_ms)
            case _:
                if (over := await self._turn(item)) is not None:
                    return over
        return await self._look_at_the_time(now_ms)

    async def _look_at_the_time(self, now_ms: float) -> _EndRequested | None:
        if self._talk.close_idle(now_ms):
            self._warn("A talk stream was closed because no text arrived for a while; start a new one.")
        if (reason := self._lifecycle.verdict(now_ms)) is not None:
            return _EndRequested(reason, END_TEXTS[reason])
        if (over := await self._turn(turn.Tick())) is not None:
            return over
        if self._ready and self._waiting and isinstance(self._machine.state, turn.Quiet):
            saying = self._waiting[0]
            return await self._turn(turn.SayWaiting(saying.turn_id, saying.protected))
        return None

    async def _line_changed(
        self, item: _PeerExpected | _PeerOpened | _PeerLost | _SocketLost | _FaceReady, now_ms: float
    ) -> _EndRequested | None:
        match item:
            case _PeerExpected(peer):
                self.peer = peer
                self._show.expect(peer.video)
            case _PeerOpened(peer) if peer is self.peer:
                self._lifecycle.peer_opened(now_ms)
                self._show.want_keyframe()
                self._tasks.start(self._await_face(), "conversation-await-face")
            case _PeerLost(peer) if peer is self.peer:
                self._lifecycle.peer_lost(now_ms)
            case _SocketLost(socket) if socket is self._signalling:
                self._signalling = None
                self._lifecycle.socket_lost(now_ms)
            case _FaceReady(error) if error:
                self._warn(f"The face could not be drawn: {error}")
                return _EndRequested("failed", END_TEXTS["failed"])
            case _FaceReady() if not self._ready:
                self._become_ready(now_ms)
            case _:
                pass  # news of a peer or socket that has been replaced
        return None

    async def _await_face(self) -> None:
        try:
            await self._show.ready()
        except VisavisError as error:
            self._inbox.put_nowait(_FaceReady(error.message))
        else:
            self._inbox.put_nowait(_FaceReady())

    def _become_ready(self, now_ms: float) -> None:
        self._ready = True
        persona = self.spec.persona
        if not persona.audio_passthrough:
            self._ears = Ears(
                self._parts.activity,
                self._parts.ears,
                self.spec.ears or EarsSpec(""),
                on_voice=lambda started: self._post(
                    turn.VoiceStarted() if started else turn.VoiceStopped(STOP_AFTER_MS)
                ),
                on_words=lambda turn_id, text: self._post(turn.Heard(turn_id, text)),
                on_trouble=self._warn,
            )
        self._deliver(SessionReady(now_ms))
        has_words = persona.opening_line or self._parts.mind is not None
        if has_words and not persona.skip_greeting and not persona.audio_passthrough:
            self._waiting.appendleft(_Saying(str(uuid4()), persona.uninterruptible_greeting, greeting=True))

    # --- commands -----------------------------------------------------------------------------------------------

    async def _command(self, command: Command, now_ms: float) -> None:
        match command:
            case UserText(text):
                if text.strip():
                    await self._turn(turn.Typed(text.strip()))
            case Interrupt():
                await self._interrupt(now_ms)
            case AddContext(text):
                self._history.add(ChatMessage("system", text))
            case Talk(text, correlation_id):
                self._talk_chunk(TalkChunk(text, correlation_id or str(uuid4()), start=True, end=True), now_ms)
            case TalkChunk():
                self._talk_chunk(command, now_ms)
            case AgentAudio():
                self._agent_audio(command)
            case AgentAudioEnd():
                if self._agent is not None:
                    self._agent.end()
                    self._agent = None
            case UpdateConfig():
                self._warn("These settings cannot be changed while a session lives; start a new session with them.")
            case ToolResult() | DirectorCue() | End():
                pass  # no tool was called; this face plays no cues; the end is handled before
        await self._turn(turn.SignOfLife())

    async def _interrupt(self, now_ms: float) -> None:
        overtaking = [saying for saying in self._waiting if _overtook(saying, now_ms)]
        for saying in overtaking:
            self._waiting.remove(saying)
        await self._turn(turn.StopRequested())
        state = self._machine.state
        # a protected greeting goes on, and so does what waits behind it
        if not (isinstance(state, turn.Replying) and state.protected):
            self._drop_waiting()
        self._waiting.extend(overtaking)

    def _talk_chunk(self, chunk: TalkChunk, now_ms: float) -> None:
        known = any(
            saying.correlation_id == chunk.correlation_id for saying in (*self._waiting, self._saying) if saying
        )
        overlapped_ms = now_ms if self._reply is not None and self._reply.audible else None
        saying = _Saying(str(uuid4()), correlation_id=chunk.correlation_id, overlapped_ms=overlapped_ms)
        if (problem := self._talk.accept(chunk, now_ms)) is not None:
            self._warn(problem)
        elif not known:
            self._waiting.append(saying)

    def _agent_audio(self, audio: AgentAudio) -> None:
        if not self.spec.persona.audio_passthrough:
            self._warn("Agent audio was ignored: set enableAudioPassthrough in the persona to use it.")
            return
        if self._agent is None:
            turn_id = str(uuid4())
            self._agent = AgentSpeech(turn_id)
            self._waiting.append(_Saying(turn_id, audio=self._agent))
        if not self._agent.write(audio):
            self._warn(f"Agent audio was dropped: more than {AUDIO_WAITING_MAX_MS / 60_000:.0f} minutes are waiting.")

    # --- turns --------------------------------------------------------------------------------------------------

    async def _turn(self, fact: turn.Fact) -> _EndRequested | None:
        for action in self._machine.step(fact, self._clock.now_ms()):
            match action:
                case turn.HangUp():
                    return _EndRequested("user_silence", END_TEXTS["user_silence"])
                case turn.OpenTurn(turn_id):
                    self._user_started(turn_id)
                case turn.CloseUtterance(turn_id):
                    self._user_stopped()
                    if self._ears is not None:
                        self._ears.close_utterance(turn_id)
                case turn.DropUtterance():
                    self._user_stopped()
                    if self._ears is not None:
                        self._ears.drop_utterance()
                case turn.AcceptTurn():
                    self._accept(action)
                case turn.StartSaying():
                    self._start_saying()
                case turn.CancelReply():
                    await self._cancel_reply()
                case turn.Nudge(turn_id):
                    self._answer(turn_id, NUDGE_REQUEST)
        return None

    def _user_started(self, turn_id: str) -> None:
        now_ms = self._clock.now_ms()
        self._speaking_turn = turn_id
        self._timings = Timings(user_started_ms=now_ms)
        self._deliver(UserSpeechStarted(now_ms, turn_id))

    def _user_stopped(self) -> None:
        if self._speaking_turn is None:
            return
        now_ms = self._clock.now_ms()
        self._timings = Timings(self._timings.user_started_ms, now_ms)
        self._deliver(UserSpeechEnded(now_ms, self._speaking_turn))
        self._speaking_turn = None

    def _accept(self, accepted: turn.AcceptTurn) -> None:
        now_ms = self._clock.now_ms()
        shown = self.spec.echo_typed_text or not accepted.typed
        self._timings = Timings(
            None if accepted.typed else self._timings.user_started_ms,
            None if accepted.typed else self._timings.user_ended_ms,
            now_ms,
        )
        self._deliver(UserSaid(now_ms, accepted.turn_id, str(uuid4()), accepted.text, accepted.typed, shown))
        self._history.add(ChatMessage("user", accepted.text))
        if accepted.answer:
            self._answer(accepted.turn_id, "", self._timings)

    def _answer(self, turn_id: str, request: str, timings: Timings | None = None) -> None:
        assert self._parts.mind is not None  # the turn machine answers only where there is a mind
        reply = self._new_reply(turn_id, timings)
        words = think(self._parts.mind, self._history.messages(request), reply.thought)
        self._start_reply(reply, lambda: reply.say(tagged(words)))

    def _start_saying(self) -> None:
        saying = self._saying = self._waiting.popleft()
        opening_line = self.spec.persona.opening_line
        if saying.greeting and not opening_line:
            self._answer(saying.turn_id, GREETING_REQUEST)
            return
        reply = self._new_reply(saying.correlation_id or saying.turn_id)
        audio, stream = saying.audio, self._talk.get(saying.correlation_id)
        if audio is not None:
            self._start_reply(reply, lambda: reply.play(audio))
        else:
            texts = stream.read() if stream is not None else whole(opening_line or "")
            self._start_reply(reply, lambda: reply.say(texts))

    def _new_reply(self, turn_id: str, timings: Timings | None = None) -> Reply:
        return Reply(turn_id, self._parts.voice, self._show, self._clock, self._deliver, timings or Timings())

    def _start_reply(self, reply: Reply, work: Callable[[], Awaitable[None]]) -> None:
        self._reply = reply
        self._reply_task = self._tasks.start(self._drive(reply, work), "conversation-reply")

    async def _drive(self, reply: Reply, work: Callable[[], Awaitable[None]]) -> None:
        error = ""
        try:
            await work()
        except* ProviderError as group:
            error = _first_message(group)
        self._inbox.put_nowait(_ReplyOver(reply, error))

    async def _reply_over(self, over: _ReplyOver) -> None:
        if over.reply is not self._reply:
            return
        if over.error:
            self._show.cut()
            self._warn(f"The reply failed: {over.error}")
        state = self._machine.state
        self._close_reply(interrupted=bool(over.error))
        if isinstance(state, turn.Replying):
            await self._turn(turn.ReplyDone(state.turn_id))

    async def _cancel_reply(self) -> None:
        task, self._reply_task = self._reply_task, None
        if task is not None:
            task.cancel()
            self._show.cut()
            await cancel_and_wait(task)
        self._close_reply(interrupted=True)
        self._drop_waiting()

    def _close_reply(self, interrupted: bool) -> None:
        reply, self._reply = self._reply, None
        saying, self._saying = self._saying, None
        if reply is None:
            return
        reply.close(interrupted)
        self._history.add(ChatMessage("assistant", reply.text))
        if saying is not None and saying.correlation_id:
            if interrupted:
                self._deliver(TalkInterrupted(self._clock.now_ms(), saying.correlation_id))
            self._talk.finish(saying.correlation_id)

    def _drop_waiting(self) -> None:
        """Whoever interrupts does not want to hear what was waiting either."""
        for saying in self._waiting:
            if saying.correlation_id:
                self._deliver(TalkInterrupted(self._clock.now_ms(), saying.correlation_id))
                self._talk.finish(saying.correlation_id)
        self._waiting.clear()
        self._agent = None

    # --- telling everybody, and the end -------------------------------------------------------------------------

    def _voice_changed(self, started: bool) -> None:
        self._post(turn.VoiceStarted() if started else turn.VoiceStopped(STOP_AFTER_MS))

    def _post(self, fact: turn.Fact) -> None:
        self._inbox.put_nowait(fact)

    def _warn(self, text: str) -> None:
        self._deliver(Warned(self._clock.now_ms(), text))

    def _deliver(self, event: Event) -> None:
        self._record.deliver(event)
        if self.peer is not None:
            self.peer.deliver(event)
        if self._signalling is not None:
            self._signalling.deliver(event)
        elif isinstance(event, SessionReady | Warned | TalkInterrupted | SessionEnded):
            self._backlog.append(event)

    async def _finish(self, ending: _EndRequested) -> None:
        now_ms = self._clock.now_ms()
        await cancel_and_wait(self._reply_task)
        self._close_reply(interrupted=True)
        self._deliver(SessionEnded(now_ms, ending.reason, ending.text))
        await self._tasks.close()
        closing = [part.close() for part in (self._ears, self.peer, self._parts.voice, self._parts.mind) if part]
        results = await asyncio.gather(*closing, self._show.close(), return_exceptions=True)
        report = SessionReport(
            self.spec.session_id, ending.reason, ending.text, self._started_ms, now_ms, self._lifecycle.connected,
            tuple(self._record.messages), tuple(self._record.turns),
        )  # fmt: skip
        if not self._report.done():
            self._report.set_result(report)
        for result in results:
            if isinstance(result, BaseException):
                raise result


def _first_message(group: BaseExceptionGroup[ProviderError]) -> str:
    error = group.exceptions[0]
    return _first_message(error) if isinstance(error, BaseExceptionGroup) else error.message
