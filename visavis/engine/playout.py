"""What the viewer has really heard: the truth for barge-in, captions and transcripts.

The peer pulls one packet every 20 ms and those pulls are the media clock: nothing here looks at the time. Speech is
queued as whole packets, each piece with the words inside it; a word counts as heard when half of it was played.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from visavis.core.frames import AUDIO_TICK_MS


@dataclass(frozen=True, slots=True)
class TimedText:
    """A slice of the spoken text, and when half of its word has been heard, from the start of its piece."""

    text: str = field(repr=False)
    due_ms: float
    utterance_id: str = ""


@dataclass(slots=True)
class _Piece:
    owner: str
    start_tick: int
    packets: Sequence[bytes]
    words: deque[TimedText]
    closes: bool

    @property
    def end_tick(self) -> int:
        return self.start_tick + len(self.packets)


@dataclass(frozen=True, slots=True)
class Pulled:
    """One packet and what became true by playing it: words of `owner` heard, its speech begun or completed."""

    packet: bytes
    owner: str = ""
    heard: Sequence[TimedText] = ()
    began: bool = False
    completed: bool = False


class Playout:
    """The queue of one session. `owner` names the reply a piece belongs to."""

    def __init__(self, silence: bytes) -> None:
        self._silence = silence
        self._tick = 0
        self._pieces: deque[_Piece] = deque()
        self._begun = ""
        self._room: list[tuple[float, asyncio.Future[None]]] = []

    @property
    def position_ms(self) -> int:
        """Media time of the next packet."""
        return self._tick * AUDIO_TICK_MS

    @property
    def ahead_ms(self) -> int:
        """How much speech is queued and not yet played."""
        return (self._pieces[-1].end_tick - self._tick) * AUDIO_TICK_MS if self._pieces else 0

    def add(self, owner: str, packets: Sequence[bytes], words: Sequence[TimedText], closes: bool = False) -> int:
        """Queue a piece and return its place on the media clock in ms. `closes` marks the owner's last piece."""
        start_tick = self._pieces[-1].end_tick if self._pieces else self._tick
        self._pieces.append(_Piece(owner, start_tick, packets, deque(words), closes))
        return start_tick * AUDIO_TICK_MS

    def pull(self) -> Pulled:
        """The packet of this tick."""
        tick = self._tick
        self._tick += 1
        soundless: list[TimedText] = []  # text that makes no sound counts as heard when its turn comes
        owner = ""
        while self._pieces:
            piece = self._pieces[0]
            if piece.packets:
                return self._play(piece, tick, soundless)
            self._pieces.popleft()
            soundless += piece.words
            owner = piece.owner
            if piece.closes:
                return Pulled(self._silence, owner, soundless, completed=True)
        return Pulled(self._silence, owner, soundless)

    def _play(self, piece: _Piece, tick: int, heard: list[TimedText]) -> Pulled:
        index = tick - piece.start_tick
        played_ms = (index + 1) * AUDIO_TICK_MS
        is_last = tick + 1 >= piece.end_tick
        while piece.words and (is_last or piece.words[0].due_ms <= played_ms):
            heard.append(piece.words.popleft())
        began = self._begun != piece.owner
        self._begun = piece.owner
        if is_last:
            self._pieces.popleft()
        self._tell_room()
        return Pulled(piece.packets[index], piece.owner, heard, began, is_last and piece.closes)

    def cut(self) -> None:
        """Drop everything that was not played."""
        self._pieces.clear()
        self._tell_room()

    async def room(self, ahead_max_ms: float) -> None:
        """Wait until less than this is queued, so that nobody synthesises minutes that may never be heard."""
        if self.ahead_ms < ahead_max_ms:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._room.append((ahead_max_ms, future))
        await future

    def _tell_room(self) -> None:
        if not self._room:
            return
        waiting, self._room = self._room, []
        for ahead_max_ms, future in waiting:
            if future.done():
                continue
            if self.ahead_ms < ahead_max_ms:
                future.set_result(None)
            else:
                self._room.append((ahead_max_ms, future))
