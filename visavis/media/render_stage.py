"""One face in one conversation, seen from the main process: what the engine holds while a child draws."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any, Protocol

from visavis.core.clock import Clock
from visavis.core.frames import AudioChunk, EncodedVideo, Mark, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.channel import Message

FRAMES_WAITING_MAX = 3
# A child that takes over must know the speech that is still heard or to come, and a little before it.
_REMEMBERED_MS = 3_000
_REMEMBERED_BYTES_MAX = 16 << 20
_RECENT_FRAMES = 250


def _recent() -> deque[float]:
    return deque(maxlen=_RECENT_FRAMES)


@dataclass(slots=True)
class StageFigures:
    """How the drawing goes. `skipped` were never drawn (late), `dropped` were drawn and not fetched in time.

    The deques hold the last ten seconds: how late drawing began, how long rendering and encoding took.
    """

    frames: int = 0
    skipped: int = 0
    dropped: int = 0
    bytes_encoded: int = 0
    late_ms: deque[float] = field(default_factory=_recent)
    render_ms: deque[float] = field(default_factory=_recent)
    encode_ms: deque[float] = field(default_factory=_recent)


class Drawer(Protocol):
    """Whoever draws; a message to one that is down is lost."""

    def send(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class _Remembered:
    kind: str
    until_ms: float
    payload: bytes
    fields: dict[str, Any]


class RenderStage:
    """Satisfies `FaceStage`. Everything a drawer was told is kept as long as it matters, for the next drawer."""

    def __init__(
        self,
        stage_id: int,
        face: FaceSpec,
        video: VideoFormat,
        drawer: Drawer,
        clock: Clock,
        on_close: Callable[["RenderStage"], None],
    ) -> None:
        self.stage_id = stage_id
        self.figures = StageFigures()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.opening_tries = 0
        # Drawn in the size it is encoded in.
        self._face = replace(face, width_px=video.width_px, height_px=video.height_px)
        self._video = video
        self._drawer = drawer
        self._clock = clock
        self._on_close = on_close
        self._zero_ms: float | None = None
        self._bitrate_bps = video.bitrate_bps
        self._remembered: deque[_Remembered] = deque()
        self._frames: deque[EncodedVideo] = deque()
        self._arrived = asyncio.Event()
        self._paused = False
        self._last_pts_ms = -1
        self._shown_pts_ms = -1
        self._epoch = 0
        self._closed = False

    # --- what the engine asks ---

    def start(self, zero_ms: float) -> None:
        self._zero_ms = zero_ms
        self._tell("start", zero_ms=zero_ms)

    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None:
        fields = {"start_ms": start_ms, "rate_hz": audio.rate_hz, "marks": [astuple(mark) for mark in marks]}
        self._remember(_Remembered("speak", start_ms + audio.duration_ms, audio.pcm, fields))
        self._tell("speak", audio.pcm, **fields)

    def cut(self, at_ms: float, epoch: int) -> None:
        # A picture that is on its way is of the old epoch and will not be shown; the drawer, told which was the last
        # that was, knows whether there is one, and then goes on with a keyframe.
        self._epoch = epoch
        self.figures.dropped += len(self._frames)
        self._frames.clear()
        fields = {"at_ms": at_ms, "epoch": epoch, "shown_pts_ms": self._shown_pts_ms}
        self._remember(_Remembered("cut", at_ms, b"", fields))
        self._tell("cut", **fields)

    def listen(self, start_ms: float, audio: AudioChunk) -> None:
        # Not remembered: what a new drawer did not hear costs a nod.
        self._tell("listen", audio.pcm, start_ms=start_ms, rate_hz=audio.rate_hz)

    def cue(self, tag: str, at_ms: float) -> None:
        self._remember(_Remembered("cue", at_ms, b"", {"tag": tag, "at_ms": at_ms}))
        self._tell("cue", tag=tag, at_ms=at_ms)

    def want_keyframe(self) -> None:
        self._tell("keyframe")

    def set_bitrate(self, bitrate_bps: int) -> None:
        self._bitrate_bps = bitrate_bps
        self._tell("bitrate", bps=bitrate_bps)

    async def next_frame(self) -> EncodedVideo:
        while not self._frames:
            # Also while waiting: a loop that was held up takes several pictures at once, and they may be too many.
            if self._paused:
                self._pause(False)
            self._arrived.clear()
            await self._arrived.wait()
        frame = self._frames.popleft()
        self._shown_pts_ms = frame.pts_ms
        return frame

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._tell("close")
            self._on_close(self)

    # --- what the drawer says ---

    def receive(self, message: Message) -> None:
        match message.kind:
            case "opened":
                if not self.opened.done():
                    self.opened.set_result(None)
            case "frame":
                self._take_frame(message)

    def _take_frame(self, message: Message) -> None:
        fields = message.fields
        figures = self.figures
        figures.frames += 1
        figures.skipped += fields["skipped"]
        figures.bytes_encoded += len(message.payload)
        for name in ("late_ms", "render_ms", "encode_ms"):
            getattr(figures, name).append(fields[name])
        if self._paused or fields["epoch"] != self._epoch or fields["pts_ms"] <= self._last_pts_ms:
            figures.dropped += 1
            return
        self._last_pts_ms = fields["pts_ms"]
        self._frames.append(EncodedVideo(message.payload, fields["pts_ms"], fields["keyframe"]))
        if len(self._frames) > FRAMES_WAITING_MAX:
            # Every picture depends on the one before, so none of these can be left out: forget them all, draw nothing
            # while nobody looks, and begin with a keyframe when somebody does.
            figures.dropped += len(self._frames)
            self._frames.clear()
            self._pause(True)
        self._arrived.set()

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        self._tell("pause", paused=paused)

    # --- what a new drawer must know ---

    def open_at_drawer(self) -> None:
        """Tell a drawer that knows nothing of this stage everything that still matters."""
        self._forget_past()
        self.opening_tries += 1
        self._tell("open", face=asdict(self._face), video=asdict(self._video), seed=self.stage_id, epoch=self._epoch)
        if self._bitrate_bps != self._video.bitrate_bps:
            self._tell("bitrate", bps=self._bitrate_bps)
        for remembered in self._remembered:
            self._tell(remembered.kind, remembered.payload, **remembered.fields)
        if self._paused:
            self._pause(True)
        if self._zero_ms is not None:
            self._tell("start", zero_ms=self._zero_ms)

    def _remember(self, remembered: _Remembered) -> None:
        self._forget_past()
        self._remembered.append(remembered)
        while sum(len(entry.payload) for entry in self._remembered) > _REMEMBERED_BYTES_MAX:
            self._remembered.popleft()

    def _forget_past(self) -> None:
        if self._zero_ms is None:
            return
        over_ms = self._clock.now_ms() - self._zero_ms - _REMEMBERED_MS
        while self._remembered and self._remembered[0].until_ms < over_ms:
            self._remembered.popleft()

    def _tell(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None:
        self._drawer.send(kind, payload, stage=self.stage_id, **fields)
