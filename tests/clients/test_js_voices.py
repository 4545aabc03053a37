"""A conversation through the official JavaScript client whose voice, mind and ears are servers of somebody else.

All are servers here that speak their protocols: ElevenLabs' voice, which is a beep for every word, an
OpenAI-compatible mind, and Deepgram's ears, which understand one sentence whatever they hear.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients import speech
from tests.clients.browser import NO_MICROPHONE, js_client
from tests.clients.personas import DOCUMENTED, GREETING, SENTENCE, token_for
from tests.clients.server import Server, serve
from tests.providers.fake_ears import FakeDeepgramEars
from tests.providers.fake_elevenlabs_speech import FakeElevenLabsSpeech
from tests.providers.fake_openai import FakeOpenAI, text_plan
from tests.providers.fake_speech_server import KEY, Plan

pytestmark = [pytest.mark.clients, pytest.mark.browser]
QUESTION = "What is there?"
ANSWER = "Plants — *twelve* of them, at $5 each."


@pytest.fixture
async def voices() -> AsyncIterator[FakeElevenLabsSpeech]:
    async with FakeElevenLabsSpeech() as running:
        yield running


@pytest.fixture
async def minds() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as running:
        running.answer_with(text_plan(*(f"{word} " for word in ANSWER.split())))
        yield running


@pytest.fixture
async def ears() -> AsyncIterator[FakeDeepgramEars]:
    async with FakeDeepgramEars() as running:
        running.line = QUESTION
        yield running


@pytest.fixture
async def keyed_server(
    voices: FakeElevenLabsSpeech, minds: FakeOpenAI, ears: FakeDeepgramEars, tmp_path: Path
) -> AsyncIterator[Server]:
    settings = {
        "VISAVIS_EARS": "deepgram",
        "VISAVIS_STT__DEEPGRAM__API_KEY": KEY,
        "VISAVIS_STT__DEEPGRAM__BASE_URL": ears.url,
        "VISAVIS_TTS__ELEVENLABS__API_KEY": KEY,
        "VISAVIS_TTS__ELEVENLABS__BASE_URL": voices.url,
        "VISAVIS_LLM_URL": minds.url,
        "VISAVIS_LLM_MODEL": "test",
    }
    with ExitStack() as stack:
        # in a thread: the servers that it asks live in this loop
        yield await asyncio.to_thread(stack.enter_context, serve(tmp_path, **settings))
        await asyncio.to_thread(stack.close)


async def test_a_person_is_heard_understood_and_answered_by_others(
    keyed_server: Server, voices: FakeElevenLabsSpeech, minds: FakeOpenAI, ears: FakeDeepgramEars, page_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    voice = await asyncio.to_thread(keyed_server.ask, "GET", f"/v1/voices/{DOCUMENTED['voiceId']}")
    assert voice.json()["servedBy"] == {"provider": "elevenlabs", "model": "eleven_flash_v2_5"}
    sentence = await asyncio.to_thread(speech.record, SENTENCE, tmp_path / "microphone.wav", before_s=4, after_s=10)
    token = await asyncio.to_thread(token_for, keyed_server, skipGreeting=True)
    async with js_client(page_url, microphone=sentence) as client:
        await client.ready(baseUrl=keyed_server.url, token=token)
        # the browser plays the recording over and over, so a slow start costs one round and not the test
        await client.wait_until("textsOf('user').length", within_s=180)
        assert (await client.message("user", 1))["content"] == QUESTION
        assert (await client.message("persona", 1))["content"].strip() == ANSWER
    assert minds.requests[-1]["messages"][-1] == {"role": "user", "content": QUESTION}
    said = "".join(request.get("text") or "" for request in voices.requests)
    assert "5 dollars each" in said  # captions show what was written, and the voice reads what can be said
    assert "*" not in said
    assert len(ears.pcm) > ears.rate_hz  # half a second of speech, and what was around it


async def test_somebody_else_says_what_a_provider_does_not(
    keyed_server: Server, voices: FakeElevenLabsSpeech, page_url: str
) -> None:
    voices.answer_with(Plan(status=402))
    token = await asyncio.to_thread(token_for, keyed_server)
    async with js_client(page_url) as client:
        await client.ready(baseUrl=keyed_server.url, token=token, options=NO_MICROPHONE)
        assert (await client.message("persona", 1))["content"] == GREETING
        warning = await client.wait_for("SERVER_WARNING")
        assert "ElevenLabs answered 402" in str(warning)
        assert "Another voice speaks" in str(warning)
