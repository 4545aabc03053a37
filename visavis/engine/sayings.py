"""What the persona says: one thing at a time, and a line of what has to wait for its turn.

An answer starts when the turn machine accepts a user turn. Everything else (the greeting, talk streams, ready-made
speech) waits here until nobody speaks. Whoever interrupts cuts what is being said, and what waits as well.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.errors import ProviderError
from visavis.core.events import AgentAudio, Event, TalkChunk, TalkInterrupted, TurnMeasured, Warned
from visavis.core.spec import PersonaSpec
from visavis.core.tasks import TaskSet, cancel_and_wait
from visavis.engine.calling import Toolbelt
from visavis.engine.cues import Cues
from visavis.engine.mind_chain import MindChain
from visavis.engine.moments import Timings
from visavis.engine.passthrough import OVERTAKES_WITHIN_MS, AgentSpeech, Passthrough
from visavis.engine.playout import Pulled
from visavis.engine.reply import Reply
from visavis.engine.show import Show
from visavis.engine.talk import TalkStreams
from visavis.engine.think import GREETING_REQUEST, History, Thinking, think, whole
from visavis.engine.voice_chain import VoiceChain
from visavis.providers.base import ChatMessage, LanguageModel, TextToSpeech

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer that was begun in a pause, and the words and times it goes by."""

    reply: Reply
    text: str = field(repr=False)
    timings: Timings
    task: "asyncio.Task[None]"


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that waits for its turn to be said.

    Exactly one of `greeting`, `picks_up`, `correlation_id` and `audio` tells what; `picks_up` is the answer to what was
    said to a process that is dead. `overlapped_ms` is when it began while something else was being heard.
    """

    turn_id: str
    protected: bool = False
    greeting: bool = False
    picks_up: bool = False
    correlation_id: str = ""
    audio: AgentSpeech | None = None
    overlapped_ms: float | None = None

    def overtook(self, now_ms: float) -> bool:
        """Whether this was meant to come after an interrupt that arrives only now: they travel on different roads."""
        if self.audio is not None:
            return self.audio.overtook(now_ms)
        return self.overlapped_ms is not None and now_ms - self.overlapped_ms <= OVERTAKES_WITHIN_MS


class Sayings:
    """The persona's side of a conversation. `over(reply, error)` is told when a reply ends by itself."""

    def __init__(
        self,
        persona: PersonaSpec,
        mind: LanguageModel | None,
        voice: TextToSpeech | None,
        show: Show,
        talk_idle_ms: float,
        clock: Clock,
        deliver: Callable[[Event], None],
        cues: Cues,
        over: Callable[[Reply, str], None],
        history: History,
        tools: Toolbelt,
    ) -> None:
        self.history, self._tools = history, tools
        self._persona, self._mind, self._voice = persona, mind, voice
        self._show, self._clock = show, clock
        self._deliver, self._cues, self._over = deliver, cues, over
        self._talk = TalkStreams(talk_idle_ms)
        self._waiting: deque[Saying] = deque()
        self._passthrough = Passthrough()
        self._reply: Reply | None = None
        self._saying: Saying | None = None
        self._unanswered: Timings | None = None
        self._retired: TextToSpeech | None = None
        self._guess: Guess | None = None
        self._tasks = TaskSet()
        if isinstance(mind, MindChain):
            mind.tell = self._tell_of_failure
        self._welcome(voice)

    async def change_voice(self, voice: TextToSpeech | None) -> None:
        """Another voice from the next reply on, if there is one."""
        if voice is not None:
            before, self._voice = self._voice, voice
            self._welcome(voice)
            await self._retire(before)

    def _welcome(self, voice: TextToSpeech | None) -> None:
        if isinstance(voice, VoiceChain):
            voice.tell = self._tell_of_failure
        if voice is not None:
            self._tasks.start(voice.warm(), "sayings-warm-voice")

    def _tell_of_failure(self, text: str) -> None:
        self._deliver(Warned(self._clock.now_ms(), text, failure=True))

    async def close(self) -> None:
        before, self._voice = self._voice, None
        await self._retire(before)

    async def _retire(self, voice: TextToSpeech | None) -> None:
        """A voice that is still being heard is closed later."""
        in_use = self._reply.voice if self._reply is not None else None
        retired = [one for one in (self._retired, voice) if one is not None]
        self._retired = next((one for one in retired if one is in_use), None)
        for one in retired:
            if one is not self._retired:
                await one.close()

    # --- what waits ---------------------------------------------------------------------------------------------

    @property
    def next(self) -> Saying | None:
        return self._waiting[0] if self._waiting else None

    @property
    def wake_ms(self) -> float | None:
        return self._talk.wake_ms

    def close_idle_talk(self, now_ms: float) -> bool:
        """Whether a talk stream was closed because nobody wrote to it."""
        return bool(self._talk.close_idle(now_ms))

    def begin(self, again: bool) -> None:
        """Say hello first, if this persona does; `again` after a crash, when somebody may wait for an answer."""
        if again:
            self._pick_up()
            return
        persona = self._persona
        has_words = persona.opening_line or self._mind is not None
        if has_words and not persona.skip_greeting and not persona.audio_passthrough:
            self._waiting.appendleft(Saying(str(uuid4()), persona.uninterruptible_greeting, greeting=True))

    def _pick_up(self) -> None:
        """The last word was the user's, and whoever was to answer it is gone: answer it now."""
        said, is_old = self.history.said, self.history.changes == 0
        if self._mind is not None and is_old and said and said[-1].role == "user":
            self._waiting.appendleft(Saying(str(uuid4()), picks_up=True))

    def talk_chunk(self, chunk: TalkChunk, now_ms: float) -> str | None:
        """Take a piece of a talk stream. Returns what is wrong, if anything is."""
        if (problem := self._talk.accept(chunk, now_ms)) is not None:
            return problem
        known = (*self._waiting, self._saying)
        if not any(saying.correlation_id == chunk.correlation_id for saying in known if saying):
            overlapped_ms = now_ms if self._reply is not None and self._reply.audible else None
            self._waiting.append(Saying(str(uuid4()), correlation_id=chunk.correlation_id, overlapped_ms=overlapped_ms))
        return None

    def agent_audio(self, audio: AgentAudio) -> str | None:
        """Take a piece of ready-made speech. Returns what is wrong, if anything is."""
        if not self._persona.audio_passthrough:
            return "Agent audio was ignored: set enableAudioPassthrough in the persona to use it."
        speech, problem = self._passthrough.accept(audio, self._clock.now_ms())
        if speech is not None:
            self._waiting.append(Saying(str(uuid4()), audio=speech))
        return problem

    def agent_audio_end(self) -> None:
        self._passthrough.end(self._clock.now_ms())

    def is_overtaken(self, now_ms: float) -> bool:
        """Whether what is being said was meant to come after an interrupt that is handled only now."""
        audio = self._saying.audio if self._saying is not None else None
        return audio is not None and audio.overtook(now_ms)

    def take_overtaking(self, now_ms: float) -> list[Saying]:
        """Take out of the line what an interrupt that is being handled now was not meant for."""
        overtaking = [saying for saying in self._waiting if saying.overtook(now_ms)]
        for saying in overtaking:
            self._waiting.remove(saying)
        return overtaking

    def put_back(self, sayings: list[Saying]) -> None:
        self._waiting.extend(sayings)

    def drop_waiting(self) -> None:
        """Whoever interrupts does not want to hear what was waiting either."""
        now_ms = self._clock.now_ms()
        for saying in self._waiting:
            if saying.correlation_id:
                self._deliver(TalkInterrupted(now_ms, saying.correlation_id))
                self._talk.finish(saying.correlation_id)
            if saying.audio is not None:
                self._passthrough.drop(saying.audio, now_ms)
        self._waiting.clear()
        self._passthrough.drop_resting(now_ms)

    # --- what is being said -------------------------------------------------------------------------------------

    def answer(self, turn_id: str, request: str = "", timings: Timings | None = None) -> None:
        """Let the mind reply to the conversation so far, or to a request of the engine's."""
        self._answered_otherwise()
        reply = self._reply = self._new_reply(turn_id, timings)
        self._think(reply, request=request)

    def _answered_otherwise(self) -> None:
        """Whoever asked again is answered once."""
        for saying in [saying for saying in self._waiting if saying.picks_up]:
            self._waiting.remove(saying)

    def guess(self, turn_id: str, text: str, timings: Timings) -> None:
        """Begin to answer what the user has probably finished saying. Nothing of it is heard before `answer_user`."""
        reply = self._new_reply(turn_id, timings, guess=True)
        self._guess = Guess(reply, text, timings, self._think(reply, said=text))

    async def drop_guess(self) -> None:
        guess, self._guess = self._guess, None
        if guess is not None:
            await cancel_and_wait(guess.task)

    async def answer_user(self, turn_id: str, text: str, timings: Timings) -> None:
        """Let the mind reply to what the user has said now, with what it began already where that still fits."""
        guess, self._guess = self._guess, None
        self.history.add(ChatMessage("user", text))
        if guess is not None and guess.text == text and guess.reply.turn_id == turn_id:
            self._answered_otherwise()
            self._reply = guess.reply
            self._reply.commit(replace(timings, text_final_ms=guess.timings.text_final_ms))
            return
        if guess is not None:
            await cancel_and_wait(guess.task)
        self.answer(turn_id, timings=timings)

    def _think(self, reply: Reply, *, request: str = "", said: str = "") -> "asyncio.Task[None]":
        mind = self._mind
        assert mind is not None  # the turn machine answers only where there is a mind
        messages = self.history.messages(request, said, with_tools=bool(self._tools.offered))
        thinking = Thinking(mind, self._tools, reply.thought, reply.committed.wait)
        return self._drive_in_background(reply, lambda: reply.say(think(thinking, messages, reply.caller)))

    def leave_to_application(self, turn_id: str, text: str, timings: Timings) -> None:
        """A user turn that no mind here answers: what is said next counts as its answer."""
        self.close_unanswered()
        self.history.add(ChatMessage("user", text))
        self._unanswered = replace(timings, user_turn_id=turn_id)

    def close_unanswered(self) -> None:
        """Nobody has answered the last user turn, and nobody will."""
        timings, self._unanswered = self._unanswered, None
        if timings is not None:
            self._deliver(
                TurnMeasured(
                    self._clock.now_ms(),
                    timings.user_turn_id,
                    timings.user_started_ms,
                    timings.user_ended_ms,
                    timings.text_final_ms,
                    None,
                    None,
                    None,
                    None,
                    None,
                    interrupted=False,
                    answered=False,
                    endpoint_ms=timings.endpoint_ms,
                )  # fmt: skip
            )

    def start_next(self) -> None:
        saying = self._saying = self._waiting.popleft()
        opening_line = self._persona.opening_line
        if saying.picks_up:
            self.answer(saying.turn_id)
            return
        if saying.greeting and not opening_line:
            self.answer(saying.turn_id, GREETING_REQUEST)
            return
        timings, self._unanswered = self._unanswered, None
        reply = self._new_reply(saying.correlation_id or saying.turn_id, timings)
        audio, stream = saying.audio, self._talk.get(saying.correlation_id)
        if audio is not None:
            self._start(reply, lambda: reply.play(audio))
        else:
            texts = stream.read() if stream is not None else whole(opening_line or "")
            self._start(reply, lambda: reply.say(texts, ready_made=stream is None))

    def heard(self, pulled: Pulled) -> None:
        """The playout tells what became true with the packet that leaves now."""
        if self._reply is not None and pulled.owner == self._reply.message_id:
            self._reply.played(pulled)
        self._cues.heard(pulled, self._reply.turn_id if self._reply is not None else "")

    def finish(self, reply: Reply, failed: bool) -> bool:
        """A reply has ended by itself. False when it is no longer the current one."""
        if self._guess is not None and reply is self._guess.reply:
            self._guess = None  # it failed before it was wanted; if it is, it begins again
        if reply is not self._reply:
            return False
        if failed:
            self._show.cut()
        self._close_reply(interrupted=failed, failed=failed)
        return True

    async def cut(self) -> None:
        """Silence at once, also for what waits."""
        self._show.cut()
        self._guess = None
        await self._tasks.close()
        self._close_reply(interrupted=True)
        self.drop_waiting()

    def _new_reply(self, turn_id: str, timings: Timings | None = None, *, guess: bool = False) -> Reply:
        timings = timings or Timings()
        return Reply(turn_id, self._voice, self._show, self._clock, self._deliver, timings, self._cues, guess)

    def _start(self, reply: Reply, work: Callable[[], Awaitable[None]]) -> None:
        self._reply = reply
        self._drive_in_background(reply, work)

    def _drive_in_background(self, reply: Reply, work: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
        return self._tasks.start(self._drive(reply, work), "sayings-reply")

    async def _drive(self, reply: Reply, work: Callable[[], Awaitable[None]]) -> None:
        error = ""
        try:
            await work()
        except* ProviderError as group:
            error = _first_message(group)
        except* Exception:  # whatever a provider does, the conversation goes on
            log.exception("a reply failed")
            error = "an internal error"
        self._over(reply, error)

    def _close_reply(self, interrupted: bool, failed: bool = False) -> None:
        reply, self._reply = self._reply, None
        saying, self._saying = self._saying, None
        if reply is None:
            return
        self._tools.abandon()
        reply.close(interrupted, failed)
        self._cues.speech_over()
        for message in reply.caller.exchange.messages(reply.text):
            self.history.add(message)
        if saying is None or saying.greeting:
            return
        now_ms = self._clock.now_ms()
        if interrupted:
            self._deliver(TalkInterrupted(now_ms, saying.correlation_id or saying.turn_id))
        if saying.audio is None:
            self._talk.finish(saying.correlation_id)
        elif interrupted:
            self._passthrough.drop(saying.audio, now_ms)


def _first_message(group: BaseExceptionGroup[ProviderError]) -> str:
    error = group.exceptions[0]
    return _first_message(error) if isinstance(error, BaseExceptionGroup) else error.message
