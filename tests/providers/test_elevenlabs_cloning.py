"""ElevenLabs' way of making a voice from a recording, against its protocol on a local server."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.providers.fake_elevenlabs import KEY, FakeElevenLabs
from visavis.core.errors import ProviderError, Unprocessable
from visavis.core.material import VoiceCloner, VoiceSample
from visavis.providers import catalog


@pytest.fixture
def elevenlabs() -> Iterator[FakeElevenLabs]:
    with FakeElevenLabs() as fake:
        yield fake


def cloner_at(url: str, key: str = KEY, **options: Any) -> VoiceCloner:
    kind = catalog.load("cloning", "elevenlabs")
    return kind(kind.Settings(base_url=url, api_key=SecretStr(key), **options))


@pytest.fixture
async def cloner(elevenlabs: FakeElevenLabs) -> AsyncIterator[VoiceCloner]:
    made = cloner_at(elevenlabs.url)
    yield made
    await made.close()


@pytest.fixture
def sample(tmp_path: Path) -> VoiceSample:
    (tmp_path / "recording").write_bytes(b"RIFF what they said")
    return VoiceSample("Ada", tmp_path / "recording", "audio/wav", "Calm.", 'fr"', enhance=False)


async def test_a_recording_goes_up_with_what_is_known_of_it(
    elevenlabs: FakeElevenLabs, cloner: VoiceCloner, sample: VoiceSample
) -> None:
    cloned = await cloner.clone(sample)

    assert (cloned.provider, cloned.voice_id, cloned.model_id) == ("ELEVENLABS", "voice1", "eleven_flash_v2_5")
    sent = elevenlabs.voices["voice1"]
    assert (sent["name"], sent["description"], sent["remove_background_noise"]) == ("Ada", "Calm.", "false")
    assert json.loads(sent["labels"]) == {"language": 'fr"'}
    assert sent["files"] == [("recording.wav", "audio/wav", b"RIFF what they said")]


async def test_a_voice_can_be_erased_and_one_that_is_gone_is_no_trouble(
    elevenlabs: FakeElevenLabs, cloner: VoiceCloner, sample: VoiceSample
) -> None:
    voice_id = (await cloner.clone(sample)).voice_id
    await cloner.forget(voice_id)
    await cloner.forget(voice_id)

    assert elevenlabs.voices == {}
    assert elevenlabs.asked == 3


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((400, {"detail": {"status": "invalid_sample", "message": "Too noisy."}}), "Too noisy."),
        ((422, {"detail": "No voice in it."}), "No voice in it."),
        ((413, b"<html>"), "it answered 413"),
    ],
)
async def test_a_recording_it_does_not_want_is_refused_with_its_reason(
    elevenlabs: FakeElevenLabs, cloner: VoiceCloner, sample: VoiceSample, plan: tuple[int, Any], said: str
) -> None:
    elevenlabs.plan = plan
    with pytest.raises(Unprocessable) as raised:
        await cloner.clone(sample)
    assert raised.value.details[0].message == said


@pytest.mark.parametrize(
    ("plan", "retryable"),
    [((500, {}), True), ((429, {}), True), ((403, {}), False), ((200, {}), True), ((200, b"?"), True)],
)
async def test_other_failures_are_the_providers(
    elevenlabs: FakeElevenLabs, cloner: VoiceCloner, sample: VoiceSample, plan: tuple[int, Any], retryable: bool
) -> None:
    elevenlabs.plan = plan
    with pytest.raises(ProviderError) as raised:
        await cloner.clone(sample)
    assert raised.value.retryable == retryable


async def test_a_wrong_key_and_a_server_that_is_away_say_so_without_the_key(
    elevenlabs: FakeElevenLabs, sample: VoiceSample
) -> None:
    for url, key in ((elevenlabs.url, "wrong-key"), ("http://127.0.0.1:1", KEY)):
        cloner = cloner_at(url, key)
        with pytest.raises(ProviderError, match="refused the key|cannot be reached") as raised:
            await cloner.clone(sample)
        assert key not in raised.value.message
        await cloner.close()


async def test_a_server_that_does_not_answer_is_given_up(sample: VoiceSample) -> None:
    waiting = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await waiting.wait()
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        cloner = cloner_at(f"http://127.0.0.1:{port}", timeout_s=0.2)
        with pytest.raises(ProviderError, match="too long|cannot be reached"):
            await cloner.clone(sample)
        await cloner.close()
        waiting.set()
