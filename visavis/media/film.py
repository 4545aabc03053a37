"""One film being written: encoded pictures as they are, and two voices mixed into one track.

H.264 goes into fragmented MP4 with AAC, which can be watched up to the last second if the process dies; VP8, which MP4
does not hold, into WebM with Opus. Blocking; belongs in a thread.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream
from numpy.typing import NDArray

from visavis.core.frames import AUDIO_TICK_MS, FRAME_MS, FRAMES_PER_SECOND, PLAYOUT_RATE_HZ, VideoCodec, VideoFormat

AUDIO_BITRATE_BPS = 64_000
SPOKEN_WAITING_MAX_MS = 200  # of the microphone: it comes in bursts, and must not drift away from what it answers
FRAGMENT_US = 2_000_000
_TICK_SAMPLES = PLAYOUT_RATE_HZ * AUDIO_TICK_MS // 1000
_VIDEO_RATE_HZ = 90_000
_VIDEO_TIME_BASE = Fraction(1, _VIDEO_RATE_HZ)
_AUDIO_TIME_BASE = Fraction(1, PLAYOUT_RATE_HZ)

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Sound:
    packet: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Spoken:
    pcm: bytes = field(repr=False)
    rate_hz: int


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes = field(repr=False)
    at_ms: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    suffix: str
    container: str
    sound: str
    options: dict[str, str]
    sound_options: dict[str, str]


_KINDS: dict[VideoCodec, _Kind] = {
    "h264": _Kind(
        ".mp4",
        "mp4",
        "aac",
        {"movflags": "frag_keyframe+delay_moov+default_base_moof", "frag_duration": str(FRAGMENT_US)},
        {"aac_coder": "fast"},  # half the time, and nothing to hear at this rate
    ),
    "vp8": _Kind(".webm", "webm", "libopus", {}, {"application": "audio", "compression_level": "3"}),
}


class Film:
    """Begins with the first keyframe: what was heard before has no picture and is left out."""

    def __init__(self, path: Path, video: VideoFormat, bytes_max: int) -> None:
        self._video, self._bytes_left = video, bytes_max
        self._kind = _KINDS[video.codec]
        self._path = path.with_name(path.name + self._kind.suffix)
        self._reel: _Reel | None = None
        self._voices = _Voices()

    def take(self, parts: Sequence[Sound | Spoken | Picture]) -> None:
        """The next part of it. Raises `FFmpegError` or `OSError` when it cannot be written."""
        for part in parts:
            match part:
                case Picture():
                    self._show(part)
                case Spoken():
                    self._voices.spoken(part)
                case Sound():
                    self._play(part)

    def finish(self) -> Path | None:
        """The file, complete; None when there was never a picture."""
        if self._reel is None:
            return None
        self._reel.close()
        return self._path

    def discard(self) -> None:
        if self._reel is not None:
            self._reel.abandon()
        with suppress(OSError):
            self._path.unlink()

    def _show(self, picture: Picture) -> None:
        if self._reel is None:
            if not picture.keyframe:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._reel = _Reel(self._path, self._kind, self._video, picture)
        if self._spend(len(picture.data)):
            self._reel.show(picture)

    def _play(self, sound: Sound) -> None:
        mixed = self._voices.mix(sound.packet)  # also before the film begins, since sound builds on what came before
        if self._reel is not None and self._spend(AUDIO_BITRATE_BPS // 8 * AUDIO_TICK_MS // 1000):
            self._reel.play(mixed, sound.at_ms)

    def _spend(self, size_bytes: int) -> bool:
        """Whether there is room for more; a film that is long enough ends there."""
        self._bytes_left -= size_bytes
        return self._bytes_left >= 0


class _Reel:
    """The file itself. Its zero is the first picture's place on the media clock."""

    def __init__(self, path: Path, kind: _Kind, video: VideoFormat, first: Picture) -> None:
        self._zero_ms = first.at_ms
        self._last_ms = -1
        self._container: OutputContainer = av.open(str(path), "w", format=kind.container, options=kind.options)
        self._pictures = _picture_stream(self._container, video, first)
        sound = self._container.add_stream(kind.sound, rate=PLAYOUT_RATE_HZ, options=kind.sound_options)
        assert isinstance(sound, AudioStream)
        self._sound = sound
        self._sound.bit_rate = AUDIO_BITRATE_BPS
        self._sound.layout = "mono"

    def show(self, picture: Picture) -> None:
        at_ms = picture.at_ms - self._zero_ms
        if at_ms <= self._last_ms:
            return
        self._last_ms = at_ms
        packet = av.Packet(picture.data)
        packet.time_base = _VIDEO_TIME_BASE
        packet.pts = packet.dts = at_ms * _VIDEO_RATE_HZ // 1000
        packet.duration = FRAME_MS * _VIDEO_RATE_HZ // 1000
        packet.is_keyframe = picture.keyframe
        packet.stream = self._pictures
        self._container.mux(packet)

    def play(self, samples: Samples, at_ms: int) -> None:
        if at_ms < self._zero_ms:
            return
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = PLAYOUT_RATE_HZ, _AUDIO_TIME_BASE
        frame.pts = (at_ms - self._zero_ms) * PLAYOUT_RATE_HZ // 1000
        self._container.mux(self._sound.encode(frame))

    def close(self) -> None:
        self._container.mux(self._sound.encode(None))
        self._container.close()

    def abandon(self) -> None:
        with suppress(FFmpegError, OSError):  # that it cannot be written is why it is abandoned
            self._container.close()


def _picture_stream(container: OutputContainer, video: VideoFormat, first: Picture) -> VideoStream:
    if video.codec == "vp8":
        stream = container.add_mux_stream("vp8", rate=FRAMES_PER_SECOND, width=video.width_px, height=video.height_px)
        assert isinstance(stream, VideoStream)
        stream.time_base = _VIDEO_TIME_BASE
        return stream
    # what a decoder must know beforehand stands in the first picture; a reader finds it there
    with av.open(io.BytesIO(first.data), format="h264") as sample:
        return container.add_stream_from_template(sample.streams.video[0])


class _Voices:
    """The persona's packets and the person's microphone, as one."""

    def __init__(self) -> None:
        decoder = av.CodecContext.create("libopus", "r")
        assert isinstance(decoder, AudioCodecContext)
        decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", PLAYOUT_RATE_HZ
        self._decoder = decoder
        self._resampler: tuple[int, soxr.ResampleStream] | None = None
        self._spoken: Samples = np.zeros(0, np.int16)

    def spoken(self, audio: Spoken) -> None:
        if self._resampler is None or self._resampler[0] != audio.rate_hz:
            stream = soxr.ResampleStream(audio.rate_hz, PLAYOUT_RATE_HZ, 1, dtype="int16")
            self._resampler = audio.rate_hz, stream
        more = self._resampler[1].resample_chunk(np.frombuffer(audio.pcm, np.int16))
        most = SPOKEN_WAITING_MAX_MS * PLAYOUT_RATE_HZ // 1000
        self._spoken = np.concatenate((self._spoken, more))[-most:]

    def mix(self, packet: bytes) -> Samples:
        """20 ms of both."""
        mixed = self._decoded(packet).astype(np.int32)
        spoken, self._spoken = self._spoken[:_TICK_SAMPLES], self._spoken[_TICK_SAMPLES:]
        mixed[: spoken.size] += spoken
        return mixed.clip(-32768, 32767).astype(np.int16)

    def _decoded(self, packet: bytes) -> Samples:
        try:
            frames = self._decoder.decode(av.Packet(packet))
        except FFmpegError:
            frames = []
        sounds = [np.frombuffer(bytes(frame.planes[0]), np.int16, frame.samples) for frame in frames]
        whole = np.concatenate(sounds) if sounds else np.zeros(0, np.int16)
        return np.pad(whole, (0, max(0, _TICK_SAMPLES - whole.size)))[:_TICK_SAMPLES]
