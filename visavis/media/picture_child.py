"""The one-shot child process that makes a face's still picture or its idle video.

Renderers are only known by what they draw, so both are found by looking: the still is the picture most like the usual
one (nobody blinks most of the time), and the loop is closed where beginning and end are most alike.
"""

from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.core.errors import VisavisError
from visavis.core.frames import FRAME_MS, FRAMES_PER_SECOND
from visavis.core.spec import FaceSpec
from visavis.media.channel import ParentLink
from visavis.media.child import face_from, load_class, run
from visavis.media.video_encoder import BT601, LIMITED_RANGE

# Pictures of one face are the same every time they are made.
_SEED = 1
_JPEG_QUALITY = 92
_THUMBNAIL_PX = (96, 64)
_STILL_TIMES_MS = range(1_000, 6_000, 200)
_LOOP_FRAMES_MIN, _LOOP_FRAMES_MAX = 4 * FRAMES_PER_SECOND, 6 * FRAMES_PER_SECOND
_FADE_FRAMES = 10

Picture = NDArray[np.uint8]


class _Sitter:
    """A face from its beginning; each use of it starts a new one, because its time only grows."""

    def __init__(self, dotted: str, face: FaceSpec) -> None:
        self._renderer = load_class(dotted)(face, _SEED)
        self._face = face

    def picture(self, at_ms: float) -> Picture:
        """I420; the renderer's own buffer, valid until the next call."""
        return self._renderer.frame(float(at_ms))

    def thumbnail(self, at_ms: float) -> NDArray[np.float32]:
        luma = self.picture(at_ms)[: self._face.height_px]
        return cv2.resize(luma, _THUMBNAIL_PX, interpolation=cv2.INTER_AREA).astype(np.float32)


def _make_still(dotted: str, face: FaceSpec, path: str) -> None:
    sitter = _Sitter(dotted, face)
    thumbnails = np.stack([sitter.thumbnail(at_ms) for at_ms in _STILL_TIMES_MS])
    strangeness = np.abs(thumbnails - np.median(thumbnails, axis=0)).mean(axis=(1, 2))
    i420 = _Sitter(dotted, face).picture(_STILL_TIMES_MS[int(strangeness.argmin())])
    _, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420), (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY)
    )
    with open(path, "wb") as file:
        file.write(jpeg.tobytes())


def _best_loop_frames(sitter: _Sitter) -> int:
    """How long the loop is, when its last frames are to turn into the ones before its first."""
    frames = range(_FADE_FRAMES + _LOOP_FRAMES_MAX)
    thumbnails = np.stack([sitter.thumbnail(index * FRAME_MS) for index in frames])
    before = thumbnails[:_FADE_FRAMES]

    def difference(loop_frames: int) -> float:
        return float(np.abs(thumbnails[loop_frames : loop_frames + _FADE_FRAMES] - before).mean())

    return min(range(_LOOP_FRAMES_MIN, _LOOP_FRAMES_MAX + 1), key=difference)


def _make_idle_video(dotted: str, face: FaceSpec, path: str) -> None:
    loop_frames = _best_loop_frames(_Sitter(dotted, face))
    sitter = _Sitter(dotted, face)
    before = [sitter.picture(index * FRAME_MS).copy() for index in range(_FADE_FRAMES)]
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"preset": "fast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = face.width_px, face.height_px, "yuv420p"
        context = stream.codec_context
        context.thread_count = 1
        context.colorspace, context.color_range = BT601, LIMITED_RANGE
        for index in range(loop_frames):
            picture = sitter.picture((_FADE_FRAMES + index) * FRAME_MS)
            fading = index - (loop_frames - _FADE_FRAMES)
            if fading >= 0:
                share = (fading + 1) / (_FADE_FRAMES + 1)
                picture = np.asarray(cv2.addWeighted(picture, 1 - share, before[fading], share, 0), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    cv2.setNumThreads(1)
    parent.send("ready")
    make = {"image": _make_still, "idle_video": _make_idle_video}[configuration["kind"]]
    try:
        make(configuration["dotted"], face_from(configuration["face"]), configuration["path"])
    except Exception as error:
        parent.send("failed", text=error.message if isinstance(error, VisavisError) else repr(error))
    else:
        parent.send("made")
    while True:
        parent.receive()


if __name__ == "__main__":
    run(_work)
