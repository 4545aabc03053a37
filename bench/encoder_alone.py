"""What encoding costs by itself: the pictures of one talking face, drawn beforehand, through the same encoder.

`python -m bench.encoder_alone` prints processor seconds for each second of one session.
"""

import time

import numpy as np

from visavis.core.frames import FRAME_MS, FRAMES_PER_SECOND, VideoCodec, VideoFormat
from visavis.core.spec import FaceSpec, VoiceSpec
from visavis.media.video_encoder import VideoEncoder
from visavis.providers import catalog
from visavis.renderers.character import Character

PICTURES = 8 * FRAMES_PER_SECOND
TEXT = "The encoder alone sees the same pictures of a talking face as the whole server makes of it. " * 3
CODEC: VideoCodec = "h264"


def main() -> None:
    pictures = drawn()
    encoder = VideoEncoder(VideoFormat(CODEC, 720, 480))
    started_s = time.process_time()
    for number, picture in enumerate(pictures):
        encoder.encode(picture, number * FRAME_MS)
    print((time.process_time() - started_s) * FRAMES_PER_SECOND / len(pictures))


def drawn() -> list[np.ndarray]:
    face = FaceSpec(renderer="character", identity="liv")
    character = Character(face, seed=1)
    speech = catalog.load("tts", "flite")().synthesize(TEXT, VoiceSpec(provider="flite", voice="slt"))
    character.speak(0.0, speech.audio, speech.marks)
    return [character.frame(number * FRAME_MS).copy() for number in range(PICTURES)]


if __name__ == "__main__":
    main()
