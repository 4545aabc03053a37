"""What the viewer has really heard: the truth for barge-in, captions and transcripts.

The peer pulls one packet every 20 ms and those pulls are the media clock: nothing here looks at the time. Speech is
queued as whole packets, each piece with the words inside it; a word counts as heard when half of it was played.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from visavis.core.frames import AUDIO_TICK_MS

BEFORE_PACKETS = 4  # what a decoder has to hear before it is in the state of the one at the other end
COVER_PACKETS = 20
COVER_LOW_PACKETS = 8


@dataclass(frozen=True, slots=True)
class TimedText:
    """A slice of the spoken text, and when half of its word has been heard, from the start of its piece.

    One with a `cue` has no text: it is due when the word behind it begins.
    """

    text: str = field(repr=False)
    due_ms: float
    utterance_id: str = ""
    cue: str = ""


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
    """The queue of one session. `owner` names the reply a piece belongs to.

    A cover is other packets for some of the coming ticks: the same speech, spoken quietly.
    """

    def __init__(self, silence: bytes) -> None:
        self._silence = silence
        self._tick = 0
        self._past: deque[bytes] = deque(maxlen=BEFORE_PACKETS)
        self._cover: dict[int, bytes] = {}
        self._cover_wanted = asyncio.Event()
        self._pieces: deque[_Piece] = deque()
        self._begun = ""
        self._held = False
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
        self._cover_wanted.set()
        self._pieces.append(_Piece(owner, start_tick, packets, deque(words), closes))
        return start_tick * AUDIO_TICK_MS

    def pull(self) -> Pulled:
        """The packet of this tick."""
        tick = self._tick
        self._tick += 1
        if self._held:
            self._put_off(1)
            return Pulled(self._silence)
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
        packet = piece.packets[index]
        self._past.append(packet)
        if self._cover:
            packet = self._cover.pop(tick, packet)
            self._cover_wanted.set()
        return Pulled(packet, piece.owner, heard, began, is_last and piece.closes)

    def hold(self, back_ms: float) -> float:
        """Silence from the next packet on, until `carry_on`. Then the last `back_ms`, or the whole packets of them that
        are still there, are played again; returns how much that will be.
        """
        piece = self._pieces[0] if self._pieces else None
        played = self._tick - piece.start_tick if piece is not None else 0
        back_ticks = min(round(back_ms / AUDIO_TICK_MS), max(0, played))
        self._put_off(back_ticks)
        self._held = True
        return back_ticks * AUDIO_TICK_MS

    def carry_on(self) -> None:
        self._held = False

    def _put_off(self, ticks: int) -> None:
        for piece in self._pieces:
            piece.start_tick += ticks

    def cut(self) -> None:
        """Drop everything that was not played."""
        self._held = False
        self._pieces.clear()
        self._cover.clear()
        self._tell_room()

    def uncovered(self) -> tuple[Sequence[bytes], int, Sequence[bytes]]:
        """Coming packets that have no cover: those right before them, the first one's tick, and the packets."""
        first_tick = max(self._cover, default=self._tick - 1) + 1
        known = {tick: packet for tick, packet in self._coming(first_tick + COVER_PACKETS)}
        packets = [known[tick] for tick in sorted(known) if tick >= first_tick]
        before = [*self._past, *(known[tick] for tick in sorted(known) if tick < first_tick)]
        return before[-BEFORE_PACKETS:], first_tick, packets

    def _coming(self, until_tick: int) -> Iterator[tuple[int, bytes]]:
        for piece in self._pieces:
            for tick in range(max(piece.start_tick, self._tick), min(piece.end_tick, until_tick)):
                yield tick, piece.packets[tick - piece.start_tick]

    def cover(self, first_tick: int, packets: Sequence[bytes]) -> None:
        """Play these instead; what comes too late is left out."""
        for tick, packet in enumerate(packets, first_tick):
            if tick >= self._tick:
                self._cover[tick] = packet

    def lift_cover(self) -> None:
        self._cover.clear()

    async def cover_wanted(self) -> None:
        """Wait until the cover is about to end and there is more to be covered."""
        while len(self._cover) >= COVER_LOW_PACKETS or not self.uncovered()[2]:
            self._cover_wanted.clear()
            await self._cover_wanted.wait()

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
