"""A film of a face that says something, made without anybody watching and therefore as fast as this machine can.

H.264 and AAC in an MP4 that can be played while it is still being fetched. Speech and pictures are placed on one clock,
exactly as in a conversation, so they are as much in step as there.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
import soxr
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from visavis.core.frames import FRAME_MS, FRAMES_PER_SECOND, PLAYOUT_RATE_HZ, AudioChunk, Mark, SpeechAudio
from visavis.core.spec import FaceSpec
from visavis.media.disclosure import disclosure
from visavis.media.video_encoder import BT601, LIMITED_RANGE

LEAD_MS, TAIL_MS = 240.0, 640.0
AUDIO_BITRATE_BPS = 96_000
# A mouth prepares a sound before it is heard, so a picture waits until the speech after it is known.
_AHEAD_MS = 600.0

Samples = NDArray[np.int16]


class _Renderer(Protocol):
    def speak(self, start_ms: float, audio: AudioChunk, marks: Sequence[Mark]) -> None: ...

    def frame(self, at_ms: float) -> NDArray[np.uint8]: ...


class Clip:
    """Blocking. `say` what is to be said, piece by piece, then `finish`; or `abandon`."""

    def __init__(self, path: Path, renderer: _Renderer, face: FaceSpec) -> None:
        self._renderer, self._face = renderer, face
        self._mark = disclosure(face.width_px, face.height_px) if face.disclosed else None
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._pictures, self._sound = _streams(self._container, face)
        self._spoken_ms = LEAD_MS
        self._drawn = 0
        self._resampler: tuple[int, soxr.ResampleStream] | None = None
        self._samples = 0
        self._play(np.zeros(round(LEAD_MS * PLAYOUT_RATE_HZ / 1000), np.int16))

    def say(self, speech: SpeechAudio) -> None:
        """Right behind what was said before."""
        self._renderer.speak(self._spoken_ms, speech.audio, speech.marks)
        self._spoken_ms += speech.audio.duration_ms
        self._play(self._resampled(speech.audio))
        self._draw_until(self._spoken_ms - _AHEAD_MS)

    def finish(self) -> float:
        """How long it is, in milliseconds; the file is complete."""
        length_ms = self._spoken_ms + TAIL_MS
        self._draw_until(length_ms)
        self._play(self._rest())
        self._play(np.zeros(max(0, round(length_ms * PLAYOUT_RATE_HZ / 1000) - self._samples), np.int16))
        self._container.mux(self._pictures.encode(None))
        self._container.mux(self._sound.encode(None))
        self._container.close()
        return self._drawn * FRAME_MS

    def abandon(self) -> None:
        """Close what is not complete."""
        self._container.close()

    def _draw_until(self, end_ms: float) -> None:
        while self._drawn * FRAME_MS < end_ms:
            picture = self._renderer.frame(float(self._drawn * FRAME_MS))
            if self._mark is not None:
                picture = picture.copy()
                height, width = self._face.height_px, self._face.width_px
                u, v = picture[height:].reshape(2, height // 2, width // 2)
                self._mark.lay_over(picture[:height], u, v)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = self._drawn, Fraction(1, FRAMES_PER_SECOND)
            self._container.mux(self._pictures.encode(frame))
            self._drawn += 1

    def _resampled(self, audio: AudioChunk) -> Samples:
        samples = np.frombuffer(audio.pcm, np.int16)
        before = np.zeros(0, np.int16)
        if self._resampler is None or self._resampler[0] != audio.rate_hz:
            before = self._rest()
            stream = soxr.ResampleStream(audio.rate_hz, PLAYOUT_RATE_HZ, 1, dtype="int16")
            self._resampler = audio.rate_hz, stream
        return np.concatenate((before, self._resampler[1].resample_chunk(samples)))

    def _rest(self) -> Samples:
        """What the resampler still holds."""
        if self._resampler is None:
            return np.zeros(0, np.int16)
        stream, self._resampler = self._resampler[1], None
        return stream.resample_chunk(np.zeros(0, np.int16), last=True)

    def _play(self, samples: Samples) -> None:
        if not samples.size:
            return
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = PLAYOUT_RATE_HZ, Fraction(1, PLAYOUT_RATE_HZ)
        frame.pts = self._samples
        self._samples += samples.size
        self._container.mux(self._sound.encode(frame))


def _streams(container: Any, face: FaceSpec) -> tuple[VideoStream, AudioStream]:
    pictures = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"preset": "veryfast", "crf": "20"})
    pictures.width, pictures.height, pictures.pix_fmt = face.width_px, face.height_px, "yuv420p"
    pictures.codec_context.colorspace, pictures.codec_context.color_range = BT601, LIMITED_RANGE
    sound = container.add_stream("aac", rate=PLAYOUT_RATE_HZ)
    sound.bit_rate, sound.layout = AUDIO_BITRATE_BPS, "mono"
    return pictures, sound
