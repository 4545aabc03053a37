"""Recordings for tests: a hum in any format, as somebody would send their voice."""

import io
from fractions import Fraction

import av
import numpy as np

RATE_HZ = 48_000
# what the file is called → format and codec
FORMATS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "flac": ("flac", "flac"),
    "ogg": ("ogg", "libopus"),
    "m4a": ("mp4", "aac"),
    "webm": ("webm", "libopus"),
}


def recording(length_s: float, suffix: str = "wav", amplitude: float = 0.3) -> bytes:
    at = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hum = (amplitude * 32767 * np.sin(2 * np.pi * 180 * at)).astype(np.int16)
    container_format, codec = FORMATS[suffix]
    file = io.BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(hum[None], format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        resampler = av.AudioResampler(stream.codec_context.format, "mono", RATE_HZ, stream.codec_context.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()
