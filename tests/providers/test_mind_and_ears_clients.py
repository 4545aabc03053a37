"""The vendors' own clients of minds and ears are content with our servers, so that those are not our reading alone."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients import environments
from tests.providers import fake_anthropic, fake_gemini, fake_openai
from tests.providers.fake_ears import FakeDeepgramEars, FakeEars, FakeOpenAIEars, FakeTranscriptions
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
    "deepgram_ears": FakeDeepgramEars,
    "openai_realtime": FakeOpenAIEars,
    "openai_transcriptions": FakeTranscriptions,
}


async def told_by(client: str, url: str, key: str = KEY) -> dict[str, Any]:
    interpreter = await asyncio.to_thread(environments.voice_sdks)
    process = await asyncio.create_subprocess_exec(
        *(interpreter, DRIVER, client, url, key),
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
    return json.loads(out)


@pytest.mark.parametrize("name", sorted(MINDS))
async def test_a_client_reads_a_whole_answer(name: str, openai_server: FakeOpenAI) -> None:
    mind = MINDS[name]
    openai_server.answer_with(mind.answer)
    told = await told_by(name, openai_server.root)
    assert "".join(told.pop("pieces", [])) == "One moment.", told
    assert told == {"calls": [["weather", ROME]], "thoughts": mind.thoughts, "ended": mind.ended}


@pytest.mark.parametrize("name", sorted(MINDS))
async def test_a_client_knows_a_refusal(name: str, openai_server: FakeOpenAI) -> None:
    openai_server.answer_with(refusal(401))
    assert (await told_by(name, openai_server.root))["error"] == MINDS[name].refused


@pytest.mark.parametrize("name", sorted(EARS))
async def test_a_client_is_told_the_words(name: str) -> None:
    async with EARS[name]() as server:
        told = await told_by(name, server.url)
    assert told == {"guesses": [] if name.endswith("transcriptions") else ["Hello"], "settled": ["Hello there."]}


@pytest.mark.parametrize("name", sorted(EARS))
async def test_a_client_of_ears_knows_a_wrong_key(name: str) -> None:
    async with EARS[name]() as server:
        told = await told_by(name, server.url, key="another")
    assert "error" in told, told
