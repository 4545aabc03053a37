"""One voice and one pair of ears for the whole folder: both take half a second to build."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.providers.fake_openai import FakeOpenAI
from visavis.core.frames import AudioChunk
from visavis.core.spec import EarsSpec, VoiceSpec
from visavis.providers import catalog


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
