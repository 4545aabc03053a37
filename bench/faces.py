"""CPU time of one picture: drawn people and a photo, with OpenCV alone and with the native warp, beside the encoder.

`python -m bench.faces [PHOTO LEFT,TOP,WIDTH,HEIGHT]`, the face's box in shares of the photo. Medians of a spoken
sentence, of this thread's own time, so that a busy machine disturbs little. The goals: 2.5 ms for a character and 4 ms
for a portrait at 720x480, 8 ms at 1152x768, each with the native warp; preparing a photo takes 2 s at most.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from visavis.core.frames import FRAME_MS, VideoFormat
from visavis.core.spec import FaceSpec
from visavis.media.video_encoder import VideoEncoder
from visavis.renderers import native
from visavis.renderers.base import Renderer
from visavis.renderers.character import Character
from visavis.renderers.portrait import Portrait
from visavis.renderers.sheet import LEADS, sentence

SIZES = ((720, 480), (1152, 768))
FRAMES = 75


def measured(build: Callable[[FaceSpec, int], Renderer], face: FaceSpec) -> tuple[float, float, float]:
    """Milliseconds of preparation, and of rendering and encoding one picture."""
    started_s = time.thread_time()
    renderer = build(face, 1)
    renderer.frame(0.0)
    prepared_ms = (time.thread_time() - started_s) * 1000
    encoder = VideoEncoder(VideoFormat("h264", face.width_px, face.height_px, 1_200_000))
    audio, marks = sentence()
    renderer.speak(40.0, audio, marks)
    render_ms: list[float] = []
    encode_ms: list[float] = []
    for index in range(1, FRAMES + 1):
        at_s = time.thread_time()
        picture = renderer.frame(index * FRAME_MS)
        drawn_s = time.thread_time()
        encoder.encode(picture, index * FRAME_MS)
        render_ms.append((drawn_s - at_s) * 1000)
        encode_ms.append((time.thread_time() - drawn_s) * 1000)
    return prepared_ms, statistics.median(render_ms), statistics.median(encode_ms)


def main(arguments: list[str]) -> int:
    faces: list[tuple[str, type, FaceSpec]] = [
        (name, Character, FaceSpec("character", name, *size)) for size in SIZES for name in LEADS
    ]
    if len(arguments) == 2:
        left, top, width, height = (float(part) for part in arguments[1].split(","))
        box = left, top, width, height
        faces += [("photo", Portrait, FaceSpec("portrait", "photo", *size, arguments[0], box)) for size in SIZES]
    with tempfile.TemporaryDirectory() as folder:
        file = native.library_file(Path(folder))
        problem = native.build(file)
        kernels = {"opencv": None} if problem else {"opencv": None, "native": native.load(file)}
        print(f"{'face':10} {'size':>9} {'warp':8} {'prepare':>9} {'render':>8} {'encode':>8}   (ms of CPU)")
        for name, build, face in faces:
            for warp, kernel in kernels.items():
                with patch.object(native, "kernel", lambda kernel=kernel: kernel):
                    prepared_ms, render_ms, encode_ms = measured(build, face)
                size = f"{face.width_px}x{face.height_px}"
                print(f"{name:10} {size:>9} {warp:8} {prepared_ms:9.0f} {render_ms:8.2f} {encode_ms:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
