"""One living conversation: takes what happens, asks whose turn it is, and carries out the answer.

Everything that happens goes through one inbox and is handled by one task, one thing at a time. The only calls that
touch anything from outside that task are the peer's pulls (`next_audio`, `next_video`), and they touch nothing but the
show.
"""

import asyncio
import logging
from dataclasses import replace
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.errors import VisavisError
from visavis.core.events import (
    AddContext,
    AgentAudio,
    AgentAudioEnd,
    Command,
    ConfigUpdated,
    DirectorCue,
    End,
    EndReason,
    Interrupt,
    LineMeasured,
    Mistaken,
    SessionEnded,
    SessionReady,
    Talk,
    TalkChunk,
    ToolResult,
    UpdateConfig,
    UserText,
)
from visavis.core.frames import AudioChunk, EncodedVideo
from visavis.core.spec import EarsSpec, SessionSpec
from visavis.core.tasks import TaskSet
from visavis.engine import turn
from visavis.engine.audience import Audience
from visavis.engine.calling import Toolbelt
from visavis.engine.cues import Cues
from visavis.engine.inbox import (
    END_TEXTS,
    Ending,
    FaceReady,
    Inbox,
    Item,
    LineNews,
    PeerExpected,
    PeerLost,
    PeerOpened,
    ReplyOver,
    SocketLost,
    ending,
)
from visavis.engine.lifecycle import Limits
from visavis.engine.listen import Listener as Ears
from visavis.engine.memory import Memory, Past
from visavis.engine.notices import TimeLeft
from visavis.engine.parts import Parts
from visavis.engine.patience import policy_from
from visavis.engine.records import Record, SessionReport
from visavis.engine.sayings import Sayings
from visavis.engine.show import Show
from visavis.engine.system_tools import SystemCall
from visavis.engine.think import NUDGE_REQUEST, History
from visavis.engine.user_side import UserSide
from visavis.providers.base import ChatMessage
from visavis.transports.base import Listener, Peer

log = logging.getLogger(__name__)


class Conversation:
    """Satisfies `transports.base.Line`. `start` begins it; it ends by itself, by `end`, or with its client."""

    def __init__(
        self, spec: SessionSpec, parts: Parts, clock: Clock, limits: Limits, record: Record, past: Past
    ) -> None:
        self.spec, self.past = spec, past
        self._parts, self._clock = parts, clock
        now_ms = clock.now_ms()
        self._lifecycle = past.lifecycle(limits, spec.max_length_ms)
        policy = policy_from(spec.listening, parts.mind is not None and not spec.persona.audio_passthrough)
        self._machine = turn.TurnMachine(policy, now_ms, lambda: str(uuid4()))
        self._show = Show(spec.face, parts.faces, parts.encoders.open(), parts.encoders.silence, clock, parts.recorder)
        self._record, self._audience = record, Audience(record, clock)
        if parts.meter is not None:
            parts.meter.tell = record.provider_called
        self._deliver, self.announce, self._fail = self._audience.deliver, self._audience.warn, self._audience.fail
        self._cues = Cues(spec.session_id, self._show, clock, self._deliver)
        self._ears: Ears | None = None
        self._inbox = Inbox(clock)
        language = spec.ears.language if spec.ears is not None else ""
        history = History(spec.persona, past.memory.said, language)
        self._tools = Toolbelt(spec, parts.tools, clock, self._deliver, self._inbox.put, history.amend)
        self._sayings = Sayings(
            spec.persona, parts.mind, parts.voice, self._show, limits.talk_idle_ms, clock, self._deliver, self._cues,
            over=lambda reply, error: self._inbox.put(ReplyOver(reply, error)), history=history, tools=self._tools,
        )  # fmt: skip
        self._hanging_up = ""
        self._user = UserSide(clock, spec.echo_typed_text, self._deliver)
        self._time_left = TimeLeft()
        self._ready = False
        self._tasks = TaskSet()
        self._run_task: asyncio.Task[None] | None = None
        self._report: asyncio.Future[SessionReport] = asyncio.get_running_loop().create_future()

    # --- the outside: nothing here waits ------------------------------------------------------------------------

    @property
    def peer(self) -> Peer | None:
        return self._audience.peer

    def start(self) -> None:
        self._tools.open()
        self._run_task = asyncio.create_task(self._run(), name=f"conversation-{self.spec.session_id[:8]}")

    def receive(self, command: Command) -> None:
        self._inbox.offer(command)

    def end(self, reason: EndReason, text: str = "") -> None:
        self._inbox.put(Ending(reason, text or END_TEXTS[reason]))

    def remember(self) -> Memory:
        """What another process would have to know to go on."""
        said, now_ms = self._sayings.history.said, self._clock.now_ms()
        return self.past.remember(said, self._record, self._lifecycle, self._ready, now_ms)

    async def wait_ended(self) -> SessionReport:
        return await asyncio.shield(self._report)

    def attach_signalling(self, listener: Listener) -> None:
        self._lifecycle.socket_opened()
        self._audience.attach(listener)

    def signalling_lost(self, listener: Listener) -> None:
        self._inbox.put(SocketLost(listener))

    def peer_expected(self, peer: Peer) -> None:
        self._inbox.put(PeerExpected(peer))

    def peer_opened(self, peer: Peer) -> None:
        self._inbox.put(PeerOpened(peer))

    def peer_lost(self, peer: Peer) -> None:
        self._inbox.put(PeerLost(peer))

    def next_audio(self) -> bytes:
        pulled = self._show.pull()
        self._sayings.heard(pulled)
        return pulled.packet

    async def next_video(self) -> EncodedVideo:
        return await self._show.next_video()

    def hear(self, audio: AudioChunk) -> None:
        self._show.hear(audio)
        if self._ears is not None:
            self._ears.hear(audio)

    def want_keyframe(self) -> None:
        self._show.want_keyframe()

    def set_bitrate(self, bitrate_bps: int) -> None:
        if self.spec.video_quality == "auto":  # "high" pins the bitrate, whatever the network says
            self._show.set_bitrate(bitrate_bps)

    def measured(self, figures: LineMeasured) -> None:
        self._inbox.put(figures)

    # --- the one task that handles everything -------------------------------------------------------------------

    async def _run(self) -> None:
        over = ending("failed")
        try:
            while (found := await self._handle(await self._next())) is None:
                pass
            over = found
        except Exception:  # one conversation that breaks must not take the others with it
            log.exception("a conversation failed")
        finally:
            await self._finish(over)

    async def _next(self) -> Item:
        notice_ms = self._time_left.wake_ms(self._lifecycle.ends_ms, self._machine)
        wakes = (self._machine.wake_ms, self._sayings.wake_ms, self._lifecycle.wake_ms, notice_ms)
        return await self._inbox.next(min(at_ms for at_ms in wakes if at_ms is not None))

    async def _handle(self, item: Item) -> Ending | None:
        now_ms = self._clock.now_ms()
        match item:
            case Ending():
                return item
            case End():
                return ending("client")
            case PeerExpected() | PeerOpened() | PeerLost() | SocketLost() | LineMeasured() | FaceReady():
                if (over := await self._line_changed(item, now_ms)) is not None:
                    return over
            case ReplyOver():
                if (over := await self._reply_over(item)) is not None:
                    return over
            case SystemCall():
                await self._system_call(item, now_ms)
            case (
                UserText() | Interrupt() | AddContext() | Talk() | TalkChunk() | AgentAudio() | AgentAudioEnd()
                | ToolResult() | DirectorCue() | UpdateConfig() | Mistaken()
            ):  # fmt: skip
                await self._command(item, now_ms)
            case _:
                if (over := await self._turn(item)) is not None:
                    return over
        self.past.look(self._sayings.history.changes + self._ready)
        return await self._look_at_the_time(now_ms)

    async def _look_at_the_time(self, now_ms: float) -> Ending | None:
        if self._sayings.close_idle_talk(now_ms):
            self.announce("A talk stream was closed because no text arrived for a while; start a new one.")
        if (reason := self._lifecycle.verdict(now_ms)) is not None:
            return ending(reason)
        if (text := self._time_left.notice(self._lifecycle.ends_ms, self._machine, now_ms)) is not None:
            self.announce(text)
        if (over := await self._turn(turn.Tick())) is not None:
            return over
        saying = self._sayings.next
        if self._ready and saying is not None and isinstance(self._machine.state, turn.Quiet):
            return await self._turn(turn.SayWaiting(saying.turn_id, saying.protected))
        return None

    async def _line_changed(self, item: LineNews, now_ms: float) -> Ending | None:
        match item:
            case PeerExpected(peer):
                self._audience.peer = peer
                self._show.expect(peer.video)
            case PeerOpened(peer) if peer is self.peer:
                self._lifecycle.peer_opened(now_ms)
                self._show.want_keyframe()
                self._tasks.start(self._await_face(), "conversation-await-face")
            case PeerLost(peer) if peer is self.peer:
                self._lifecycle.peer_lost(now_ms)
            case SocketLost(socket) if socket is self._audience.socket:
                self._audience.socket = None
                self._lifecycle.socket_lost(now_ms)
            case LineMeasured():
                self._deliver(item)
            case FaceReady(error) if error:
                self._fail(f"The face could not be drawn: {error}")
                return ending("failed")
            case FaceReady() if not self._ready:
                self._become_ready(now_ms)
            case _:
                pass  # news of a peer or socket that has been replaced
        return None

    async def _await_face(self) -> None:
        try:
            await self._show.ready()
        except VisavisError as error:
            self._inbox.put(FaceReady(error.message))
        else:
            self._inbox.put(FaceReady())

    def _become_ready(self, now_ms: float) -> None:
        self._ready = True
        if not self.spec.persona.audio_passthrough:
            self._ears = Ears(
                self._parts.activity, self._parts.ears, self._parts.end_of_turn, self.spec.ears or EarsSpec(""),
                played=self._show.played, off_loop=self._parts.off_loop, tell=self._inbox.put, on_trouble=self._fail,
            )  # fmt: skip
        if not self.past.memory.ready:  # clients are told once that their session is ready
            self._deliver(SessionReady(now_ms))
        self._sayings.begin(again=self.past.memory.ready)

    # --- commands -----------------------------------------------------------------------------------------------

    async def _command(self, command: Command, now_ms: float) -> None:
        problem: str | None = None
        match command:
            case UserText(text) if text.strip():
                await self._turn(turn.Typed(text.strip()))
            case Interrupt():
                await self._interrupt(now_ms)
            case AddContext(text):
                self._sayings.history.add(ChatMessage("system", text))
            case Talk(text, correlation_id):
                chunk = TalkChunk(text, correlation_id or str(uuid4()), start=True, end=True)
                problem = self._sayings.talk_chunk(chunk, now_ms)
            case TalkChunk():
                problem = self._sayings.talk_chunk(command, now_ms)
            case AgentAudio():
                problem = self._sayings.agent_audio(command)
            case AgentAudioEnd():
                self._sayings.agent_audio_end()
            case UpdateConfig(changes):
                problem = await self._adjust(changes)
            case DirectorCue():
                problem = self._cues.ask(command)
            case Mistaken(reason):
                problem = reason
            case ToolResult():
                self._tools.answered(command)
            case End() | UserText():
                pass  # the end is handled before; nothing was typed
        if problem is not None:
            self.announce(problem)
        await self._turn(turn.SignOfLife())

    async def _system_call(self, call: SystemCall, now_ms: float) -> None:
        match call.action:
            case "end_call":
                self._hanging_up = call.turn_id
            case "interrupt":
                await self._interrupt(now_ms)
            case "change_language":
                self._change_language(call.arguments["language_code"])
            case _:
                await self._turn(turn.TimeGiven(call.turn_id, call.patience_ms))

    async def _adjust(self, changes: dict[str, object]) -> str | None:
        """Change settings from now on. Returns what is wrong, if anything is; then nothing has changed."""
        before = self.spec
        try:
            adjusted = self._parts.adjust(before, changes)
        except VisavisError as error:
            return error.message
        self.spec = spec = adjusted.spec
        self._machine.policy = policy_from(spec.listening, self._machine.policy.answers)
        if spec.ears != before.ears and spec.ears is not None:
            self._change_language(spec.ears.language)
        if spec.voice != before.voice and spec.voice is not None:
            await self._sayings.change_voice(self._parts.speaker(spec))
        self._deliver(ConfigUpdated(self._clock.now_ms(), spec.session_id, adjusted.changed))
        return None

    def _change_language(self, language: str) -> None:
        """Of what is heard and of what is said, from the next turn on."""
        self._sayings.history.language = language
        if self._ears is not None:
            self._ears.change_language(language)

    async def _interrupt(self, now_ms: float) -> None:
        if self._sayings.is_overtaken(now_ms):
            return
        overtaking = self._sayings.take_overtaking(now_ms)
        await self._turn(turn.StopRequested())
        state = self._machine.state
        # a protected greeting goes on, and so does what waits behind it
        if not (isinstance(state, turn.Replying) and not state.may_be_cut):
            self._sayings.drop_waiting()
        self._sayings.put_back(overtaking)

    # --- turns --------------------------------------------------------------------------------------------------

    async def _turn(self, fact: turn.Fact) -> Ending | None:
        now_ms = self._clock.now_ms()
        self._user.voice(fact)
        for action in self._machine.step(fact, now_ms):
            match action:
                case turn.HangUp():
                    return ending("user_silence")
                case turn.OpenTurn(turn_id):
                    self._user.started(turn_id)
                    if self._ears is not None:
                        self._ears.floor_taken(turn_id)
                case turn.CloseUtterance(turn_id):
                    if self._ears is not None:
                        self._ears.close_utterance(turn_id)
                case turn.EndSpeech():
                    self._user.stopped()
                case turn.DropUtterance():
                    self._user.stopped()
                    if self._ears is not None:
                        self._ears.drop_utterance()
                case turn.Speculate(turn_id, text):
                    self._sayings.guess(turn_id, text, self._user.words_known())
                case turn.DropSpeculation():
                    await self._sayings.drop_guess()
                case turn.AcceptTurn():
                    await self._accept(action)
                case turn.StartSaying():
                    self._sayings.start_next()
                case turn.Duck():
                    self._show.duck()
                case turn.Unduck():
                    self._show.unduck()
                case turn.Hush():
                    self._show.hush()
                case turn.CarryOn():
                    self._show.carry_on()
                case turn.CancelReply():
                    await self._sayings.cut()
                case turn.Nudge(turn_id):
                    self._sayings.answer(turn_id, NUDGE_REQUEST)
        return None

    async def _accept(self, accepted: turn.AcceptTurn) -> None:
        timings = self._user.said(accepted)
        if accepted.answer:
            await self._sayings.answer_user(accepted.turn_id, accepted.text, timings)
        else:
            self._sayings.leave_to_application(accepted.turn_id, accepted.text, timings)

    async def _reply_over(self, over: ReplyOver) -> Ending | None:
        if not self._sayings.finish(over.reply, failed=bool(over.error)):
            return None
        if over.error:
            self._fail(f"The reply failed: {over.error}")
        if over.reply.turn_id == self._hanging_up:
            return ending("hung_up")
        if isinstance(state := self._machine.state, turn.Replying):
            await self._turn(turn.ReplyDone(state.turn_id))
        return None

    # --- the end ------------------------------------------------------------------------------------------------

    async def _finish(self, over: Ending) -> None:
        now_ms = self._clock.now_ms()
        await self._sayings.cut()
        self._sayings.close_unanswered()
        self._deliver(SessionEnded(now_ms, over.reason, over.text))
        await self._tasks.close()
        parts = self._tools, self._ears, self.peer, self._sayings, self._parts.mind
        closing = [part.close() for part in parts if part]
        for problem in await asyncio.gather(*closing, self._show.close(), return_exceptions=True):
            if isinstance(problem, Exception):
                log.error("a part of a session could not be closed", exc_info=problem)
        span_ms, connected = (self.past.started_ms, now_ms), self._lifecycle.connected
        report = self._record.report(self.spec.session_id, over.reason, over.text, span_ms, connected)
        self._report.set_result(replace(report, film=self._show.film))
