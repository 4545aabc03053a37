"""Asks a mind for one word, and has ears hear a moment of silence: to see whether they work, and how soon."""

import asyncio
import time
from contextlib import aclosing

from visavis.core.errors import ProviderError
from visavis.core.frames import SPEECH_RATE_HZ, AudioChunk
from visavis.core.spec import EarsSpec, MindSpec
from visavis.providers import catalog
from visavis.providers.base import ChatMessage, LanguageModel, SpeechToText

TRIAL_TIMEOUT_S = 30.0
SILENCE_MS = 200  # OpenAI takes nothing shorter than 100
_TICK_MS = 20
QUESTION = (
    ChatMessage("system", "You are being tested. Answer with one word."),
    ChatMessage("user", "Say hello."),
)


async def first_word_ms(spec: MindSpec) -> float:
    """How long until the answer began. Raises `ProviderError`."""
    # a library that takes a second to import would stop everybody's sound
    kind = await asyncio.to_thread(catalog.load, "llm", spec.provider)
    mind: LanguageModel = kind(spec)
    started_s = time.perf_counter()
    try:
        async with asyncio.timeout(TRIAL_TIMEOUT_S):
            async with aclosing(mind.reply(QUESTION)) as deltas:
                if await anext(deltas, None) is None:
                    raise ProviderError("The language model answered without a word.")
        return (time.perf_counter() - started_s) * 1000
    except TimeoutError:
        raise ProviderError(f"The language model said nothing within {TRIAL_TIMEOUT_S:g} seconds.") from None
    finally:
        await mind.close()


async def hear_silence(ears: SpeechToText) -> None:
    """Raises `ProviderError` where these ears cannot hear; what they make of it is their business."""
    transcription = await ears.open(EarsSpec(""))
    try:
        for _ in range(SILENCE_MS // _TICK_MS):
            await transcription.feed(AudioChunk(bytes(2 * SPEECH_RATE_HZ * _TICK_MS // 1000), SPEECH_RATE_HZ))
        await transcription.finish()
    finally:
        await transcription.cancel()
