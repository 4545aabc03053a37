"""Whether a recording can become a voice: really sound, long enough, not endless, not silent."""

from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError

from visavis.core.errors import InvalidRequest
from visavis.core.material import Recording

LENGTH_MIN_S, LENGTH_MAX_S = 5, 1_800
_RATE_HZ = 16_000
# below it (of full scale) nobody can be heard: about -50 dB
_LOUD_FROM = 0.003
# files in which a voice is usually sent; others, such as lists of files to open, are not even looked into
CONTENT_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "matroska,webm": "audio/webm",
    "aiff": "audio/aiff",
}
_OPTIONS = {"format_whitelist": ",".join(CONTENT_TYPES), "protocol_whitelist": ""}


def measure(path: Path) -> Recording:
    """Listens to all of it. Raises `InvalidRequest` with the path `audio`."""
    with path.open("rb") as file:
        try:
            container = av.open(file, mode="r", options=_OPTIONS)
        except FFmpegError:
            raise _unknown() from None
        with container:
            if not container.streams.audio:
                raise _unknown()
            content_type = CONTENT_TYPES[container.format.name]
            try:
                samples, loudest = _listen(container)
            except FFmpegError:
                raise _unusable("is damaged", "damaged") from None
    length_s = samples / _RATE_HZ
    if length_s > LENGTH_MAX_S:
        raise _unusable(f"is longer than {LENGTH_MAX_S // 60} minutes", "too_long")
    if length_s < LENGTH_MIN_S:
        raise _unusable(f"lasts {length_s:.1f} seconds; {LENGTH_MIN_S} is the least, a minute is better", "too_short")
    if loudest < _LOUD_FROM:
        raise _unusable("is silent", "silent")
    return Recording(length_s * 1000, content_type)


def _listen(container: InputContainer) -> tuple[int, float]:
    """How many samples at `_RATE_HZ`, and the loudest second; stops soon after what is too long anyway."""
    resampler = av.AudioResampler("s16", "mono", _RATE_HZ)
    samples, loudest = 0, 0.0
    for frame in container.decode(audio=0):
        for piece in resampler.resample(frame):
            sound = piece.to_ndarray().astype(np.float32) / 32768
            samples += sound.size
            loudest = max(loudest, float(np.sqrt(np.mean(sound**2))) if sound.size else 0.0)
        if samples > LENGTH_MAX_S * _RATE_HZ:
            break
    return samples, loudest


def _unknown() -> InvalidRequest:
    return _unusable("is not a recording in a known format: WAV, MP3, FLAC, OGG, M4A, WebM or AIFF", "wrong_format")


def _unusable(message: str, code: str) -> InvalidRequest:
    return InvalidRequest.field("audio", message, code)
