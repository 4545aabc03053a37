"""Asks a mind for one word, to see whether it thinks at all and how soon it answers."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

from visavis.core.errors import ProviderError
from visavis.core.spec import MindSpec
from visavis.providers import catalog
from visavis.providers.base import ChatMessage, LanguageModel, MindDelta

TRIAL_TIMEOUT_S = 30.0
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
            deltas = cast(AsyncGenerator[MindDelta, None], mind.reply(QUESTION))
            async with aclosing(deltas):
                if await anext(deltas, None) is None:
                    raise ProviderError("The language model answered without a word.")
        return (time.perf_counter() - started_s) * 1000
    except TimeoutError:
        raise ProviderError(f"The language model said nothing within {TRIAL_TIMEOUT_S:g} seconds.") from None
    finally:
        await mind.close()
