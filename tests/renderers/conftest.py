"""Faces small enough that drawing them takes no time, and speech to put in their mouths."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.renderers import tiny_mouths
from visavis.core.frames import AudioChunk, Mark
from visavis.core.spec import FaceSpec
from visavis.renderers.character import Character
from visavis.renderers.motion import REST
from visavis.renderers.visemes import shape_of

RATE_HZ = 16_000


def hum(duration_ms: float, amplitude: float = 0.3, hertz: float = 220.0) -> AudioChunk:
    """A tone of s16le samples."""
    at = np.arange(round(duration_ms * RATE_HZ / 1000)) / RATE_HZ
    samples = amplitude * 32767 * np.sin(2 * np.pi * hertz * at)
    return AudioChunk(samples.astype(np.int16).tobytes(), RATE_HZ)


def phones(text: str, each_ms: float = 100.0) -> list[Mark]:
    """Phone marks of equal length, one for each word of `text`."""
    return [Mark("phone", i * each_ms, (i + 1) * each_ms, phone) for i, phone in enumerate(text.split())]


@pytest.fixture
def face() -> FaceSpec:
    return FaceSpec("character", "cara", 180, 120)


@pytest.fixture(scope="session")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> FaceSpec:
    """A photo for portraits, made of a drawn person, and where the face is in it."""
    file = tmp_path_factory.mktemp("sitting") / "photo.png"
    drawn = Character(FaceSpec("character", "cara"), 1).draw(REST, shape_of("sil"))
    cv2.imwrite(str(file), cv2.cvtColor(drawn, cv2.COLOR_YUV2BGR_I420))
    return FaceSpec("portrait", "photo", 720, 480, str(file), (0.38, 0.19, 0.24, 0.47))


@pytest.fixture(scope="session")
def mouth_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of the Wav2Lip kind that makes mouths dark."""
    return tiny_mouths.save(tmp_path_factory.mktemp("model") / "tiny.onnx")
