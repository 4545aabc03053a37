"""Sound and picture of one session, kept together.

`Show` owns what must never disagree: the playout queue, the encoder's remainder, the face and the media clock. Speech
is placed on the media clock once, and both the ear and the eye get it from there. The clock's zero on the machine's
monotonic clock is set by the peer's first pull; should pulls fall behind for good (a stalled machine, a new peer), the
zero moves with them, so that sound and picture stay together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from visavis.core.clock import Clock
from visavis.core.frames import AudioChunk, EncodedVideo, SpeechAudio, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.core.tasks import TaskSet, cancel_and_wait
from visavis.engine.overlap import Played
from visavis.engine.placed import PlacedSpeech
from visavis.engine.playout import Playout, Pulled, TimedText
from visavis.engine.recorder import Recorder
from visavis.engine.skew import Skew
from visavis.renderers.base import Faces, FaceStage
from visavis.transports.base import SpeechEncoder

DRIFT_MAX_MS = 150.0  # less than what makes the peer give up catching up, so that the two never disagree for long
HEARD_PIECE_MS = 80.0
FILM_KEYFRAME_EVERY_MS = 10_000  # whoever jumps about in a film waits for what lies between


@dataclass(slots=True)
class Firsts:
    """When the first sound of a reply was ready, its place on the media clock, and when its first picture left.

    `skew` is of all pictures from then on.
    """

    owner: str = ""
    place_ms: float = 0.0
    sound_ms: float | None = None
    frame_ms: float | None = None
    skew: Skew = field(default_factory=Skew)


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
        self._sound_late_ms = 0.0
        self._keyframe_ms = 0
        self._placed = PlacedSpeech()
        self._ducking: asyncio.Task[None] | None = None
        self.epoch = 0
        self._silences = 0  # pictures have an epoch of their own, since she may fall silent and carry on
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

    async def put(self, epoch: int, owner: str, speech: SpeechAudio, words: Sequence[TimedText], *, last: bool) -> None:
        """Queue speech right behind what is queued already, unless its epoch is over. `last` ends a clause."""
        if epoch != self.epoch:
            return
        packets = await self._encoder.encode(speech.audio, last)
        if epoch != self.epoch:
            return
        start_ms = self.playout.add(owner, packets, words)
        if packets and owner != self._firsts.owner:
            self._firsts = Firsts(owner, start_ms, self._clock.now_ms())
        if speech.audio.pcm and self._placed.add(start_ms, speech, self.playout.position_ms):
            self._tell_face(start_ms, speech)

    def first_of(self, owner: str) -> Firsts:
        """What is known of the newest reply; nothing of those before it, or of one without a sound."""
        return self._firsts if owner == self._firsts.owner else Firsts(owner)

    def close_reply(self, epoch: int, owner: str) -> None:
        """Mark the end of a reply whose last piece is queued."""
        if epoch == self.epoch:
            self.playout.add(owner, (), (), closes=True)

    def cut(self) -> None:
        """Silence from the next packet on, and a closing mouth: a new epoch begins, and nothing of the old is shown."""
        self.epoch += 1
        self.unduck()
        self.playout.cut()
        self._encoder.reset()
        self._placed.cut(self.playout.position_ms)
        self._shut_mouth()

    def hush(self) -> None:
        """Silence from the next packet on, and a closing mouth, until it is known whether she is to stop."""
        if self._placed.held:
            return
        self.unduck()
        position_ms = self.playout.position_ms
        back_ms = self.playout.hold(position_ms - self._placed.word_began_ms(position_ms))
        self._placed.hold(position_ms, position_ms - back_ms)
        self._shut_mouth()

    def carry_on(self) -> None:
        """Full level again, from the beginning of the word that was broken off."""
        self.playout.carry_on()
        for one in self._placed.carry_on(self.playout.position_ms):
            self._tell_face(one.start_ms, one.speech)

    def _tell_face(self, start_ms: float, speech: SpeechAudio) -> None:
        if self._stage is not None:
            self._stage.speak(start_ms, speech.audio, speech.marks)

    def _shut_mouth(self) -> None:
        self._silences += 1
        if self._stage is not None:
            self._stage.cut(self.playout.position_ms, self._silences)

    def duck(self) -> None:
        """Speak quietly from one of the next packets on."""
        if self._ducking is None:
            self._ducking = self._tasks.start(self._speak_quietly(), "show-duck")

    def unduck(self) -> None:
        """Full level again with the next packet."""
        ducking, self._ducking = self._ducking, None
        if ducking is not None:
            ducking.cancel()
            self.playout.lift_cover()

    async def _speak_quietly(self) -> None:
        fade = True
        while True:
            before, first_tick, packets = self.playout.uncovered()
            if packets:
                quiet = await self._encoder.quieter(before, packets, fade=fade)
                self.playout.cover(first_tick, quiet)
                fade = False
            await self.playout.cover_wanted()

    def played(self) -> Played | None:
        """What the viewer heard lately; None when that was nothing."""
        return self._placed.heard_until(self.playout.position_ms)

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

    @property
    def takes_direction(self) -> bool:
        """Whether this face plays cues."""
        return self._spec.takes_direction

    def cue(self, tag: str) -> None:
        """A feeling for the face to play from now on."""
        if self._stage is not None:
            self._stage.cue(tag, self.playout.position_ms)

    def pull(self) -> Pulled:
        """The next 20 ms of sound; this is what moves the media clock."""
        now_ms = self._clock.now_ms()
        position_ms = self.playout.position_ms
        if self._zero_ms is None or abs(now_ms - position_ms - self._zero_ms) > DRIFT_MAX_MS:
            self._zero_ms = now_ms - position_ms
            if self._stage is not None:
                self._stage.start(self._zero_ms)
        self._sound_late_ms = now_ms - position_ms
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
        if self._firsts.owner and picture.pts_ms >= self._firsts.place_ms:
            self._note_picture(picture.pts_ms, self._clock.now_ms())
        return picture

    def _note_picture(self, pts_ms: float, now_ms: float) -> None:
        firsts = self._firsts
        firsts.frame_ms = now_ms if firsts.frame_ms is None else firsts.frame_ms
        firsts.skew.add(now_ms - pts_ms, self._sound_late_ms)

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
