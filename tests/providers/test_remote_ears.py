"""What ears on somebody else's server have besides what every provider has: languages, sound, keys, nonsense."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from tests.providers.fake_ears import FakeEars
from tests.providers.fake_speech_server import Plan
from tests.providers.rigs import feed, hum
from tests.providers.vendors import EARS, EarsVendor
from visavis.core.errors import ProviderError
from visavis.core.spec import EarsSpec

SOON_S = 10.0


@pytest.fixture(params=sorted(EARS))
def vendor(request: pytest.FixtureRequest) -> EarsVendor:
    return EARS[request.param]


@pytest.fixture
async def server(vendor: EarsVendor) -> AsyncIterator[FakeEars]:
    async with vendor.server() as running:
        yield running
    await asyncio.get_running_loop().shutdown_default_executor()  # where hosts are looked up


@pytest.fixture
async def ears(vendor: EarsVendor, server: FakeEars) -> AsyncIterator[Any]:
    made = vendor.ears(server)
    yield made
    await made.close()


async def heard(ears: Any, language: str = "", sound: np.ndarray[Any, Any] | None = None) -> str:
    async with asyncio.timeout(SOON_S):
        transcription = await ears.open(EarsSpec("", language))
        await feed(transcription, hum() if sound is None else sound)
        return await transcription.finish()


async def failure(ears: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await heard(ears)
    assert ears.traits.label in raised.value.message
    assert "secret" not in raised.value.message
    return raised.value


async def test_words_come_back_and_the_sound_arrives_whole(server: FakeEars, ears: Any) -> None:
    assert await heard(ears) == "Hello there."
    sound = np.frombuffer(bytes(server.pcm), "<i2")
    # a resampler keeps the last few milliseconds to itself
    assert len(sound) / server.rate_hz == pytest.approx(0.4, abs=0.02)
    peak_hz = np.abs(np.fft.rfft(sound)).argmax() * server.rate_hz / len(sound)
    assert peak_hz == pytest.approx(300, abs=5)


async def test_nothing_that_was_understood_is_no_words(server: FakeEars, ears: Any) -> None:
    server.line = ""
    assert await heard(ears) == ""
    assert await heard(ears, sound=np.zeros(0, "<i2")) == ""


async def test_the_language_is_told(vendor: EarsVendor, server: FakeEars, ears: Any) -> None:
    await heard(ears)
    await heard(ears, "de")
    assert server.languages[0] == vendor.any_language
    assert server.languages[1] in ("de", "de-DE")


async def test_a_wrong_key_is_called_that(vendor: EarsVendor, server: FakeEars) -> None:
    ears = vendor.ears(server, key="another")
    problem = await failure(ears)
    assert "refused the key" in problem.message
    assert "another" not in problem.message
    await ears.close()


async def test_a_server_that_talks_nonsense_is_a_failure(vendor: EarsVendor, server: FakeEars, ears: Any) -> None:
    server.answer_with(Plan(pieces=0, ending="garbage"))
    if not vendor.streams:
        server.line = None  # pyright: ignore[reportAttributeAccessIssue] - a text that is none
    await failure(ears)


async def test_zero_retention_is_asked_for(vendor: EarsVendor, server: FakeEars) -> None:
    if vendor.name != "deepgram":
        pytest.skip("these ears have nothing to send for it")
    ears = vendor.ears(server, zero_retention=True)
    await heard(ears)
    assert server.targets[-1][1]["mip_opt_out"] == "true"
    await ears.close()
