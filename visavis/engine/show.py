"""Sound and picture of one session, kept together.

`Show` owns what must never disagree: the playout queue, the encoder's remainder, the face and the media clock. Speech
is placed on the media clock once, and both the ear and the eye get it from there. The clock's zero on the machine's
monotonic clock is set by the peer's first pull; should pulls fall behind for good (a stalled machine, a new peer), the
zero moves with them, so that sound and picture stay together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.core.clock import Clock
from visavis.core.events import DirectorCue
from visavis.core.frames import AudioChunk, EncodedVideo, SpeechAudio, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.core.tasks import TaskSet, cancel_and_wait
from visavis.engine.playout import Playout, Pulled, TimedText
from visavis.engine.recorder import Recorder
from visavis.renderers.base import Faces, FaceStage
from visavis.transports.base import SpeechEncoder

DRIFT_MAX_MS = 150.0  # less than what makes the peer give up catching up, so that the two never disagree for long
HEARD_PIECE_MS = 80.0
FILM_KEYFRAME_EVERY_MS = 10_000  # whoever jumps about in a film waits for what lies between


@dataclass(slots=True)
class Firsts:
    """When the first sound of a reply was ready, its place on the media clock, and when its first picture left."""

    owner: str = ""
    place_ms: float = 0.0
    sound_ms: float | None = None
    frame_ms: float | None = None


class Show:
    """What the viewer gets to see and hear. `film` is the path of its recording, once it is closed."""

    def __init__(
        self,
        face: FaceSpec,
        faces: Faces,
        encoder: SpeechEncoder,
        silence: bytes,
        clock: Clock,
        recorder: Recorder | None = None,
    ) -> None:
        self.playout = Playout(silence)
        self._spec, self._faces, self._encoder, self._clock = face, faces, encoder, clock
        self._recorder = recorder
        self.film = ""
        self._format: VideoFormat | None = None
        self._stage: FaceStage | None = None
        self._staged = asyncio.Event()
        self._opening: asyncio.Task[None] | None = None
        self._zero_ms: float | None = None
        self._heard: list[AudioChunk] = []
        self._firsts = Firsts()
        self._keyframe_ms = 0
        self._tasks = TaskSet()

    def expect(self, video: VideoFormat) -> None:
        """A peer will want this picture format. The same format again keeps the face as it is."""
        if video == self._format:
            self.want_keyframe()
            return
        self._format = video
        if self._recorder is not None:
            self._recorder.expect(video)
        self._staged.clear()
        self._opening = self._tasks.start(self._open(video, self._opening), "show-open-face")

    async def ready(self) -> None:
        """Wait until the face can be drawn. Raises what opening it raised."""
        if self._opening is not None:
            await asyncio.shield(self._opening)

    async def put(self, owner: str, speech: SpeechAudio, words: Sequence[TimedText], *, last: bool) -> None:
        """Queue speech right behind what is queued already. `last` ends a clause."""
        packets = await self._encoder.encode(speech.audio, last)
        start_ms = self.playout.add(owner, packets, words)
        if packets and owner != self._firsts.owner:
            self._firsts = Firsts(owner, start_ms, self._clock.now_ms())
        if self._stage is not None and speech.audio.pcm:
            self._stage.speak(start_ms, speech.audio, speech.marks)

    def first_of(self, owner: str) -> Firsts:
        """What is known of the newest reply; nothing of those before it, or of one without a sound."""
        return self._firsts if owner == self._firsts.owner else Firsts(owner)

    def close_reply(self, owner: str) -> None:
        """Mark the end of a reply whose last piece is queued."""
        self.playout.add(owner, (), (), closes=True)

    def cut(self) -> None:
        """Silence from the next packet on, and a closing mouth."""
        self.playout.cut()
        self._encoder.reset()
        if self._stage is not None:
            self._stage.cut(self.playout.position_ms)

    def hear(self, audio: AudioChunk) -> None:
        """What the viewer says: for the film, and for a face that listens.

        The face is told in larger pieces, because each costs a message.
        """
        if self._recorder is not None:
            self._recorder.microphone(audio)
        self._heard.append(audio)
        heard_ms = sum(chunk.duration_ms for chunk in self._heard)
        if heard_ms < HEARD_PIECE_MS:
            return
        pcm, self._heard = b"".join(chunk.pcm for chunk in self._heard), []
        if self._stage is not None:
            self._stage.listen(self.playout.position_ms - heard_ms, AudioChunk(pcm, audio.rate_hz))

    def cue(self, cue: DirectorCue) -> None:
        """A feeling for the face to play now, some time from now, or at a time of the media clock still to come."""
        now_ms = self.playout.position_ms
        at_ms = now_ms + (cue.in_ms or 0.0) if cue.at_ms is None else cue.at_ms
        if self._stage is not None and self._spec.takes_direction and at_ms >= now_ms:
            self._stage.cue(cue.tag, at_ms)

    def pull(self) -> Pulled:
        """The next 20 ms of sound; this is what moves the media clock."""
        now_ms = self._clock.now_ms()
        position_ms = self.playout.position_ms
        if self._zero_ms is None or abs(now_ms - position_ms - self._zero_ms) > DRIFT_MAX_MS:
            self._zero_ms = now_ms - position_ms
            if self._stage is not None:
                self._stage.start(self._zero_ms)
        pulled = self.playout.pull()
        if self._recorder is not None:
            self._recorder.sound(pulled.packet, position_ms)
        return pulled

    async def next_video(self) -> EncodedVideo:
        while self._stage is None:
            await self._staged.wait()
        picture = await self._stage.next_frame()
        if self._recorder is not None:
            self._film(picture)
        if self._firsts.frame_ms is None and self._firsts.owner and picture.pts_ms >= self._firsts.place_ms:
            self._firsts.frame_ms = self._clock.now_ms()
        return picture

    def _film(self, picture: EncodedVideo) -> None:
        assert self._recorder is not None
        self._recorder.picture(picture)
        if picture.keyframe:
            self._keyframe_ms = picture.pts_ms
        elif picture.pts_ms - self._keyframe_ms >= FILM_KEYFRAME_EVERY_MS:
            self._keyframe_ms = picture.pts_ms  # asked for once, though it takes a moment to come
            self.want_keyframe()

    def want_keyframe(self) -> None:
        if self._stage is not None:
            self._stage.want_keyframe()

    def set_bitrate(self, bitrate_bps: int) -> None:
        if self._stage is not None:
            self._stage.set_bitrate(bitrate_bps)

    async def close(self) -> None:
        await self._tasks.close()
        self._staged.clear()  # whoever still asks for pictures waits, and does not spin
        stage, self._stage = self._stage, None
        if stage is not None:
            await stage.close()
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self.film = await recorder.close()

    async def _open(self, video: VideoFormat, before: "asyncio.Task[None] | None") -> None:
        await cancel_and_wait(before)
        stage, self._stage = self._stage, None
        if stage is not None:
            await stage.close()
        self._stage = await self._faces.open(self._spec, video)
        if self._zero_ms is not None:
            self._stage.start(self._zero_ms)
        self._staged.set()
