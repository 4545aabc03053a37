"""The vendors' own clients are content with our servers, so that those are not merely our reading of a protocol."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import environments
from tests.providers.fake_speech_server import GAP_MS, KEY, RATE_HZ, WORD_MS
from tests.providers.vendors import VENDORS

DRIVER = Path(environments.HERE) / "voice_sdks" / "driver.py"
TEXT = "one two, three"
WORDS = ["one", "two,", "three"]
BYTES = 3 * (WORD_MS + GAP_MS) * RATE_HZ // 1000 * 2
WITHIN_S = 120.0
# what each of them must have understood besides the sound
UNDERSTOOD: dict[str, dict[str, Any]] = {
    "elevenlabs": {},
    "elevenlabs v3": {"chars": TEXT},
    "cartesia": {"words": WORDS, "phones": 12, "done": True},
    "deepgram": {},
    "openai_speech": {},
    "fish_audio": {},
    "azure": {"words": ["one", "two", "three"], "visemes": 15},
}
CALLED = {"elevenlabs v3": "elevenlabs_v3", "openai_speech": "openai"}

pytestmark = pytest.mark.clients


async def told_by_client(vendor: str, *keys: str) -> list[dict[str, Any]]:
    """For each key, what came of it: one after the other, because loading such a client takes seconds."""
    interpreter = await asyncio.to_thread(environments.voice_sdks)
    async with VENDORS[vendor].server() as server:
        process = await asyncio.create_subprocess_exec(
            *(interpreter, DRIVER, CALLED.get(vendor, vendor), server.url, TEXT, *keys),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                out, err = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise
    assert out, err.decode()
    return [json.loads(line) for line in out.splitlines()]


def test_every_server_has_its_judge() -> None:
    assert set(UNDERSTOOD) == set(VENDORS)


@pytest.mark.parametrize("vendor", sorted(VENDORS))
async def test_the_vendors_client_hears_a_sentence_and_knows_a_wrong_key(vendor: str) -> None:
    heard, refused = await told_by_client(vendor, KEY, "another")
    assert heard == {"bytes": BYTES, **UNDERSTOOD[vendor]}
    assert "error" in refused
    assert "bytes" not in refused
