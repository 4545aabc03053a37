"""One suite for all ears that live on somebody else's server, against a server here that speaks their protocol."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.media.waiting import eventually
from tests.providers.fake_ears import (
    FakeAzureEars,
    FakeDeepgramEars,
    FakeEars,
    FakeOpenAIEars,
    FakeTranscriptions,
)
from tests.providers.fake_speech_server import KEY, Plan
from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec
from visavis.providers import catalog
from visavis.providers.base import Transcription

SOON_S = 10.0
TICK = SPEECH_RATE_HZ // 50


@dataclass(frozen=True)
class Vendor:
    name: str
    server: type[FakeEars]
    suffix: str = ""
    streams: bool = True
    any_language: str | None = None  # what is asked for where a persona has no language

    def ears(self, server: FakeEars, *, key: str = KEY, **settings: Any) -> Any:
        provider = catalog.load("stt", self.name)
        return provider(provider.Settings(api_key=key, base_url=server.url + self.suffix, **settings))


VENDORS = [
    Vendor("deepgram", FakeDeepgramEars, any_language="multi"),
    Vendor("openai_realtime", FakeOpenAIEars, "/v1"),
    Vendor("azure", FakeAzureEars, any_language="en-US"),
    Vendor("openai_compatible", FakeTranscriptions, "/v1", streams=False),
]


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.name)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return request.param


@pytest.fixture
async def server(vendor: Vendor) -> AsyncIterator[FakeEars]:
    async with vendor.server() as running:
        yield running
    await asyncio.get_running_loop().shutdown_default_executor()  # where hosts are looked up


@pytest.fixture
async def ears(vendor: Vendor, server: FakeEars) -> AsyncIterator[Any]:
    made = vendor.ears(server)
    yield made
    await made.close()


def hum(duration_ms: int = 400) -> np.ndarray[Any, Any]:
    at_s = np.arange(SPEECH_RATE_HZ * duration_ms // 1000) / SPEECH_RATE_HZ
    return (8000 * np.sin(2 * np.pi * 300 * at_s)).astype("<i2")


async def feed(transcription: Transcription, sound: np.ndarray[Any, Any]) -> None:
    for at in range(0, len(sound), TICK):
        await transcription.feed(AudioChunk(sound[at : at + TICK].tobytes(), SPEECH_RATE_HZ))


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


def test_all_ears_that_need_a_key_are_in_this_suite() -> None:
    remote = {name for name in catalog.names("stt") if catalog.traits("stt", name).needs_key}
    assert {vendor.name for vendor in VENDORS} == {*remote, "openai_compatible"}


async def test_words_come_back_and_the_sound_arrives_whole(server: FakeEars, ears: Any) -> None:
    assert await heard(ears) == "Hello there."
    sound = np.frombuffer(bytes(server.pcm), "<i2")
    # a resampler keeps the last few milliseconds to itself
    assert len(sound) / server.rate_hz == pytest.approx(0.4, abs=0.02)
    peak_hz = np.abs(np.fft.rfft(sound)).argmax() * server.rate_hz / len(sound)
    assert peak_hz == pytest.approx(300, abs=5)


async def test_words_are_told_while_somebody_speaks(vendor: Vendor, server: FakeEars, ears: Any) -> None:
    if not vendor.streams:
        pytest.skip("these ears hear a whole utterance at a time")
    transcription = await ears.open(EarsSpec("", ""))
    assert transcription.so_far == ""
    await feed(transcription, hum())
    await eventually(lambda: bool(transcription.so_far))
    assert transcription.so_far.lower() == "hello"
    assert await transcription.finish() == "Hello there."


async def test_nothing_that_was_understood_is_no_words(server: FakeEars, ears: Any) -> None:
    server.line = ""
    assert await heard(ears) == ""
    assert await heard(ears, sound=np.zeros(0, "<i2")) == ""


async def test_the_language_is_told(vendor: Vendor, server: FakeEars, ears: Any) -> None:
    await heard(ears)
    await heard(ears, "de")
    assert server.languages[0] == vendor.any_language
    assert server.languages[1] in ("de", "de-DE")


async def test_utterances_follow_each_other(server: FakeEars, ears: Any) -> None:
    assert await heard(ears) == "Hello there."
    server.line = "And again."
    assert await heard(ears) == "And again."


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_refusal_says_why(server: FakeEars, ears: Any, status: int) -> None:
    server.answer_with(Plan(status=status))
    problem = await failure(ears)
    assert str(status) in problem.message
    assert problem.retryable == (status != 401)


async def test_a_wrong_key_is_called_that(vendor: Vendor, server: FakeEars) -> None:
    ears = vendor.ears(server, key="another")
    for asking in (heard(ears), ears.check()):
        with pytest.raises(ProviderError, match="refused the key") as raised:
            await asking
        assert "another" not in raised.value.message
    await ears.close()


async def test_the_right_key_passes_the_check(ears: Any) -> None:
    assert await ears.check() is None


@pytest.mark.parametrize("ending", ["cut", "garbage"])
async def test_a_server_that_breaks_off_or_talks_nonsense_is_a_failure(
    vendor: Vendor, server: FakeEars, ears: Any, ending: Any
) -> None:
    server.answer_with(Plan(pieces=0 if ending == "garbage" else None, ending=ending))
    if not vendor.streams and ending == "garbage":
        server.line = None  # pyright: ignore[reportAttributeAccessIssue] - a text that is none
    await failure(ears)


async def test_a_server_that_never_answers_is_given_up(vendor: Vendor, server: FakeEars) -> None:
    server.answer_with(Plan(ending="hold"))
    ears = vendor.ears(server, finish_timeout_s=0.1)
    assert "too long" in (await failure(ears)).message
    async with asyncio.timeout(SOON_S):
        await server.stopped.wait()
    await ears.close()


async def test_nobody_there_is_told(vendor: Vendor) -> None:
    provider = catalog.load("stt", vendor.name)
    ears = provider(provider.Settings(api_key=KEY, base_url="http://127.0.0.1:1"))
    assert "cannot be reached" in (await failure(ears)).message
    await ears.close()
    await asyncio.get_running_loop().shutdown_default_executor()


async def test_words_nobody_wants_leave_nothing_behind(vendor: Vendor, server: FakeEars, ears: Any) -> None:
    transcription = await ears.open(EarsSpec("", ""))
    await feed(transcription, hum(100))
    await transcription.cancel()
    if vendor.streams:
        async with asyncio.timeout(SOON_S):
            await server.left.wait()
    assert len(asyncio.all_tasks()) <= 3  # this test and the server's own


async def test_zero_retention_is_asked_for(vendor: Vendor, server: FakeEars) -> None:
    if vendor.name != "deepgram":
        pytest.skip("these ears have nothing to send for it")
    ears = vendor.ears(server, zero_retention=True)
    await heard(ears)
    assert server.targets[-1][1]["mip_opt_out"] == "true"
    await ears.close()
