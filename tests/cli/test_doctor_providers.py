"""`visavis doctor providers` against servers here that take one key and refuse another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.providers.fake_speech_server import KEY, FakeSpeechServer
from tests.providers.vendors import VENDORS, Vendor
from visavis.cli.provider_check import ask_providers
from visavis.settings import Settings


@pytest.fixture(params=["elevenlabs", "cartesia", "azure", "openai_speech", "deepgram", "fish_audio"])
async def vendor(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Vendor, FakeSpeechServer]]:
    vendor = VENDORS[request.param]
    async with vendor.server() as server:
        yield vendor, server


async def finding(vendor: Vendor, server: FakeSpeechServer, **options: str) -> tuple[str, str]:
    given = {"base_url": server.url + vendor.suffix, **options}
    settings = Settings(tts={vendor.name: given})  # type: ignore[arg-type]
    found = {it.part: (it.mark, it.text) for it in await ask_providers(settings)}
    return found[vendor.name]


async def test_a_key_that_works_is_said_to_work(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key=KEY)
    assert mark == "ok"
    assert "takes the key" in text
    assert vendor[1].requests == []  # and nothing was spoken


async def test_a_wrong_key_and_a_missing_one_are_told_apart(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key="another")
    assert mark == "broken"
    assert "refused the key" in text
    assert "another" not in text
    mark, text = await finding(*vendor)
    assert mark == "broken"
    assert f"VISAVIS_TTS__{vendor[0].name.upper()}__API_KEY" in text


async def test_a_server_that_is_not_there_is_called_that(vendor: tuple[Vendor, FakeSpeechServer]) -> None:
    mark, text = await finding(*vendor, api_key=KEY, base_url="http://127.0.0.1:1")
    assert mark == "broken"
    assert "cannot be reached" in text


def test_built_in_voices_say_whether_they_can_work() -> None:
    found = {it.part: it.mark for it in asyncio.run(ask_providers(Settings()))}
    assert "elevenlabs" not in found
    assert "piper" not in found
    assert {"flite", "espeak", "festival"} <= set(found)
