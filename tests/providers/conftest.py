"""One voice and one pair of ears for the whole folder, which take half a second to build, and guests from outside."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.providers.fake_openai import FakeOpenAI
from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.providers import catalog

GUEST = """
from pydantic import BaseModel
from visavis.providers.base import Traits

class Acme:
    traits = Traits(label="Acme")
    class Settings(BaseModel):
        pass
"""
Announce: TypeAlias = Callable[[str], None]


@pytest.fixture
def announce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Announce:
    """Installs a package of somebody else with these entry points; it has `acme_voices:Acme`, and a broken module."""

    def install(entry_points: str) -> None:
        (tmp_path / "acme_voices.py").write_text(GUEST)
        (tmp_path / "acme_broken.py").write_text("import acme_proprietary_sdk\n")
        metadata = tmp_path / "acme_voices-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-voices\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(entry_points)
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.fixture(scope="session")
def flite() -> Any:
    return catalog.load("tts", "flite")()


@pytest.fixture(scope="session")
def pocketsphinx() -> Any:
    return catalog.load("stt", "pocketsphinx")()


@pytest.fixture(scope="session")
def understand(pocketsphinx: Any) -> Callable[[AudioChunk], str]:
    """What the built-in recogniser makes of a sound, fed as a microphone would feed it."""

    def heard(audio: AudioChunk) -> str:
        utterance = pocketsphinx.open(EarsSpec("pocketsphinx"))
        for start in range(0, len(audio.pcm), 640):
            utterance.feed(audio.pcm[start : start + 640])
        return utterance.finish()

    return heard


@pytest.fixture(scope="session")
def spoken(flite: Any) -> AudioChunk:
    return flite.synthesize("Hello there, what is the weather like today?", VoiceSpec("flite", "rms")).audio


@pytest.fixture
async def openai_server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        yield server
