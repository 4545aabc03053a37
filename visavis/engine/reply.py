"""One persona turn: text becomes clauses, clauses become sound, and what was heard becomes captions.

A reply is cut by cancelling its task, and the show drops whatever else belongs to its epoch. What the viewer heard up
to that moment is what the history keeps.

A reply may begin on a guess that the user has finished: it thinks and speaks its first clause, and stops there until
it is committed. One that is not is cancelled, and nobody will have heard, seen or counted any of it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

from visavis.core.clock import Clock
from visavis.core.events import Event, PersonaSaid, PersonaSpeaking, PersonaThought, TurnMeasured
from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.engine.calling import Caller
from visavis.engine.cues import Cues
from visavis.engine.moments import Timings
from visavis.engine.passthrough import AgentSpeech
from visavis.engine.playout import Pulled, TimedText
from visavis.engine.show import Show
from visavis.engine.speak import speak
from visavis.engine.think import Piece, in_pieces
from visavis.engine.toolcalls import Exchange
from visavis.providers.base import TextToSpeech

CLAUSES_AHEAD_MAX = 8


class Reply:
    """One turn of the persona, from its first thought to its last sound.

    While `committed` is not set it is a guess that may still be thrown away, so it calls no tools and makes no sound.
    """

    def __init__(
        self,
        turn_id: str,
        voice: TextToSpeech | None,
        show: Show,
        clock: Clock,
        deliver: Callable[[Event], None],
        timings: Timings,
        cues: Cues,
        guess: bool = False,
    ) -> None:
        self.turn_id = turn_id
        self.message_id = str(uuid4())
        self.heard: list[str] = []
        user_acted_ms = timings.user_ended_ms or timings.text_final_ms or clock.now_ms()
        self.caller = Caller(turn_id, user_acted_ms, Exchange())
        self.committed = asyncio.Event()
        if not guess:
            self.committed.set()
        self._epoch = show.epoch
        self.voice, self._show = voice, show
        self._clock, self._deliver, self._cues = clock, deliver, cues
        self._utterance_id = ""
        self._cue = ""
        self._acted_ms = user_acted_ms
        self._index = 0
        self._thoughts = 0
        self._played = asyncio.Event()
        self._thoughts_kept: list[str] = []
        self._measured = TurnMeasured(
            clock.now_ms(), turn_id, timings.user_started_ms, timings.user_ended_ms, timings.text_final_ms,
            None, None, None, None, None, interrupted=False, user_turn_id=timings.user_turn_id,
            endpoint_ms=timings.endpoint_ms,
        )  # fmt: skip

    def commit(self, timings: Timings) -> None:
        """The guess was right: from here on this is an ordinary reply."""
        self._epoch = self._show.epoch
        self._note(
            user_started_ms=timings.user_started_ms, user_ended_ms=timings.user_ended_ms,
            text_final_ms=timings.text_final_ms, endpoint_ms=timings.endpoint_ms,
        )  # fmt: skip
        self.committed.set()
        for text in self._thoughts_kept:
            self.thought(text)

    async def until_committed(self) -> int:
        """Wait until this may be heard, which is at once for all but guesses; gives the epoch it belongs to."""
        await self.committed.wait()
        return self._epoch

    @property
    def audible(self) -> bool:
        """Whether any of it has been heard."""
        return self._measured.first_audio_ms is not None

    async def say(self, texts: AsyncIterator[Piece], *, ready_made: bool = False) -> None:
        """Returns when the last sound was heard. Raises `ProviderError` (in a group) when mind or voice fail."""
        pieces: asyncio.Queue[Piece | None] = asyncio.Queue(CLAUSES_AHEAD_MAX)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._compose(texts, pieces, ready_made), name="reply-compose")
            await self._say_all(pieces)
        await self._until_played()

    async def play(self, speech: AgentSpeech) -> None:
        """The same for ready-made speech, which has no words."""
        await speech.play(self._show, await self.until_committed(), self.message_id, self._clock)
        await self._until_played()

    async def _until_played(self) -> None:
        self._show.close_reply(await self.until_committed(), self.message_id)
        await self._played.wait()

    async def _compose(
        self, texts: AsyncIterator[Piece], pieces: "asyncio.Queue[Piece | None]", ready_made: bool
    ) -> None:
        async for piece in in_pieces(texts if ready_made else self._noting_tokens(texts)):
            await pieces.put(piece)
        await pieces.put(None)

    async def _noting_tokens(self, texts: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
        async for piece in texts:
            if self._measured.first_token_ms is None and piece.text:
                self._note(first_token_ms=self._clock.now_ms())
            yield piece
        self._note(last_token_ms=self._clock.now_ms())

    async def _say_all(self, pieces: "asyncio.Queue[Piece | None]") -> None:
        utterance_id = ""
        skipped = ""  # white space that no voice speaks still belongs to the text
        while (piece := await pieces.get()) is not None:
            lead = " " if piece.utterance_id != utterance_id and utterance_id else ""
            if not piece.text.strip():
                skipped += piece.text
                if piece.cues:
                    cues = [TimedText("", 0.0, piece.utterance_id, cue.tag) for cue in piece.cues]
                    nothing = SpeechAudio(AudioChunk(b"", 48_000))
                    await self._show.put(await self.until_committed(), self.message_id, nothing, cues, last=False)
                continue
            utterance_id = piece.utterance_id
            if self._measured.voice_started_ms is None:
                self._note(voice_started_ms=self._clock.now_ms())
            if self.voice is None:
                await self.until_committed()
                for cue in piece.cues:
                    self._play_cue(cue.tag)
                self._say_words(lead + skipped + piece.text, piece.utterance_id)
            else:
                await speak(self.voice, self._show, self.until_committed, self.message_id, piece, lead + skipped)
            skipped = ""
        if self._measured.voice_started_ms is not None:
            self._note(voice_ended_ms=self._clock.now_ms())

    def played(self, pulled: Pulled) -> None:
        """The playout tells what became true with the packet that leaves now."""
        now_ms = self._clock.now_ms()
        if pulled.began:
            self._note(first_audio_ms=now_ms)
            self._deliver(PersonaSpeaking(now_ms, self.turn_id))
        for word in pulled.heard:
            if word.cue:
                self._play_cue(word.cue)
            else:
                self._say_words(word.text, word.utterance_id)
        if pulled.completed:
            self._note(last_audio_ms=now_ms)
            self._played.set()

    def thought(self, text: str) -> None:
        """A piece of reasoning, shown as it comes."""
        if not self.committed.is_set():
            self._thoughts_kept.append(text)
            return
        self._deliver(PersonaThought(self._clock.now_ms(), self.turn_id, self._thought_id, self._thoughts, text))
        self._thoughts += 1

    def close(self, interrupted: bool, failed: bool = False) -> None:
        """Tell everybody that this turn is over; once, whichever way it ended."""
        now_ms = self._clock.now_ms()
        if self._thoughts:
            self._deliver(PersonaThought(now_ms, self.turn_id, self._thought_id, self._thoughts, "", final=True))
        if self._index:
            self._deliver(
                PersonaSaid(
                    now_ms,
                    self.turn_id,
                    self.message_id,
                    self._index,
                    "",
                    self._utterance_id,
                    final=True,
                    interrupted=interrupted,
                )  # fmt: skip
            )
        first = self._show.first_of(self.message_id)
        self._note(interrupted=interrupted and not failed, failed=failed)
        self._note(first_sound_ms=first.sound_ms, first_frame_ms=first.frame_ms)
        self._note(av_skew_ms=first.skew.middle_ms, av_skew_worst_ms=first.skew.worst_ms)
        if self.audible and self._measured.last_audio_ms is None:
            self._note(last_audio_ms=now_ms)
        self._deliver(replace(self._measured, at_ms=now_ms))

    @property
    def text(self) -> str:
        """The words that were really heard."""
        return "".join(self.heard)

    @property
    def _thought_id(self) -> str:
        return f"{self.message_id}-thought"

    def _play_cue(self, tag: str) -> None:
        if self._show.takes_direction:
            self._cue = tag
            self._cues.play(tag, self.turn_id, self._acted_ms)

    def _say_words(self, text: str, utterance_id: str) -> None:
        self._utterance_id = utterance_id
        self.heard.append(text)
        cue, self._cue = self._cue, ""
        now_ms = self._clock.now_ms()
        self._deliver(PersonaSaid(now_ms, self.turn_id, self.message_id, self._index, text, utterance_id, cue))
        self._index += 1

    def _note(self, **changes: float | bool | None) -> None:
        self._measured = replace(self._measured, **changes)  # pyright: ignore[reportArgumentType]
