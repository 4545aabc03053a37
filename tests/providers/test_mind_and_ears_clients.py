"""The vendors' own clients of minds and ears are content with our servers, so that those are not our reading alone."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients import environments
from tests.providers import fake_anthropic, fake_gemini, fake_openai, vendors
from tests.providers.fake_ears import FakeAzureEars, FakeDeepgramEars, FakeEars, FakeOpenAIEars, FakeTranscriptions
from tests.providers.fake_elevenlabs import FakeElevenLabs
from tests.providers.fake_embeddings import SIZE, FakeEmbeddings
from tests.providers.fake_openai import FakeOpenAI, Plan, refusal
from tests.providers.fake_speech_server import KEY

DRIVER = Path(environments.HERE) / "voice_sdks" / "minds_and_ears.py"
WITHIN_S = 120.0
ROME = {"city": "Rome"}
SOUND = bytes(16_000)

pytestmark = pytest.mark.clients


@dataclass(frozen=True)
class Mind:
    """An answer that thinks where the wire shows that, speaks, and calls a tool; and its end in the vendor's words."""

    answer: Plan
    thoughts: str
    ended: str
    refused: str


MINDS = {
    "anthropic": Mind(
        fake_anthropic.plan(
            fake_anthropic.thinking_block(0, "Hm, ", "yes."),
            fake_anthropic.text_block(1, "One ", "moment."),
            fake_anthropic.tool_block(2, "t1", "weather", '{"city"', ': "Rome"}'),
            reason="tool_use",
        ),
        "Hm, yes.",
        "tool_use",
        "AuthenticationError",
    ),
    "gemini": Mind(
        fake_gemini.plan(
            {"text": "Hm, ", "thought": True},
            {"text": "yes.", "thought": True},
            {"text": "One "},
            {"text": "moment."},
            fake_gemini.call("weather", ROME, "t1", "c2lnbmVk"),
        ),
        "Hm, yes.",
        "STOP",
        "ClientError",
    ),
    "openai": Mind(
        fake_openai.calls_plan(("weather", ROME), say="One moment."), "", "tool_calls", "AuthenticationError"
    ),
}
EARS: dict[str, type[FakeEars]] = {
    "azure_ears": FakeAzureEars,
    "deepgram_ears": FakeDeepgramEars,
    "openai_realtime": FakeOpenAIEars,
    "openai_transcriptions": FakeTranscriptions,
}


async def told_by(client: str, url: str, *keys: str) -> list[dict[str, Any]]:
    """For each key, what came of it: one after the other, because loading such a client takes seconds."""
    interpreter = await asyncio.to_thread(environments.voice_sdks)
    process = await asyncio.create_subprocess_exec(
        *(interpreter, DRIVER, client, url, *keys),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            out, err = await process.communicate(SOUND)
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise
    assert out, err.decode()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("name", sorted(MINDS))
async def test_a_client_reads_a_whole_answer_and_knows_a_refusal(name: str, openai_server: FakeOpenAI) -> None:
    mind = MINDS[name]
    openai_server.answer_with(mind.answer, refusal(401))
    told, refused = await told_by(name, openai_server.root, KEY, "another")
    assert "".join(told.pop("pieces", [])) == "One moment.", told
    assert told == {"calls": [["weather", ROME]], "thoughts": mind.thoughts, "ended": mind.ended}
    assert refused["error"] == mind.refused


@pytest.mark.parametrize("name", sorted(EARS))
async def test_a_client_is_told_the_words_and_knows_a_wrong_key(name: str) -> None:
    async with EARS[name]() as server:
        told, refused = await told_by(name, server.url, KEY, "another")
        assert len(server.pcm) == len(SOUND)
    told["guesses"] = [guess.lower() for guess in told.get("guesses", ())]
    assert told == {"guesses": [] if name.endswith("transcriptions") else ["hello"], "settled": ["Hello there."]}
    assert "error" in refused, refused


async def test_a_client_makes_a_voice_and_erases_it() -> None:
    with FakeElevenLabs() as server:
        made, refused = await told_by("elevenlabs_cloning", server.url, KEY, "another")
    assert made == {"voice": "voice1", "gone": "ok"}
    assert "error" in refused


async def test_a_client_reads_embeddings() -> None:
    with FakeEmbeddings() as server:
        assert await told_by("openai_embeddings", server.url, KEY) == [{"sizes": [SIZE, SIZE], "places": [0, 1]}]


def test_every_server_of_minds_and_ears_has_its_judge() -> None:
    assert {server for server in EARS.values()} == {vendor.server for vendor in vendors.EARS.values()}
    assert {name.replace("openai", "openai_compatible") for name in MINDS} == set(vendors.MINDS)
