"""What a microphone hears while the persona talks, in a real Chromium: what must not stop her, and what must.

Chromium plays a recording over and over as its microphone, so that wherever a slow start ends, some of it falls into
her speech. Her echo comes from the page, which lets its microphone hear what it plays.
"""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.clients import speech
from tests.clients.browser import JsClient, js_client
from tests.clients.personas import token_for
from tests.clients.server import Server
from visavis.core.frames import SPEECH_RATE_HZ
from visavis.testing import sounds

pytestmark = [pytest.mark.clients, pytest.mark.browser]

STORY = (
    "There is a rose in the garden that nobody had ever seen before, because it only sings in the evening, "
    "and then everybody comes to hear it, and they stand at the fence until it is dark and the lights go on."
)
ROOM_DB, NEAR_DB = -62.0, -24.0
ECHO = {"delayMs": 120, "gain": 0.25}
ENERGY_MIN = 1e-4  # of full scale, squared, times seconds: a murmur has ten times as much
INTERRUPTED = "history().some(({ role, interrupted }) => role === 'persona' && interrupted)"


def recorded(path: Path, *heard: sounds.Sound, quiet_s: float) -> Path:
    """Each sound after some quiet, in a room with a little noise."""
    quiet = np.zeros(round(quiet_s * SPEECH_RATE_HZ), np.float32)
    sound = np.concatenate([part for one in heard for part in (quiet, _near(one))])
    sound += sounds.gain(ROOM_DB) * np.random.default_rng(5).standard_normal(sound.size, np.float32)
    loud = soxr.resample(sound, SPEECH_RATE_HZ, speech.MICROPHONE_RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.MICROPHONE_RATE_HZ)
        file.writeframes((loud.clip(-1, 1) * 32_767).astype("<i2").tobytes())
    return path


def _near(sound: sounds.Sound) -> sounds.Sound:
    level = float(np.sqrt(np.mean(sound**2)))
    return sound * np.float32(sounds.gain(NEAR_DB) / level)


async def talking(client: JsClient, server: Server, **wanted: object) -> None:
    """She has begun to tell her story."""
    await client.ready(baseUrl=server.url, token=token_for(server, skipGreeting=True), **wanted)
    await client.wait_until("sound.recording")
    await client.run("(text) => client.talk(text)", STORY)
    await client.wait_until("sound.loud > 3")


async def heard_energy(client: JsClient) -> float:
    """How much sound the microphone has had so far, as the browser counts it."""
    return float(await client.run("microphoneEnergy()"))


async def tells_all(client: JsClient) -> None:
    """Nothing stops her until the end of her story, although the microphone heard something meanwhile."""
    before = await heard_energy(client)
    told = "(text) => history().some(({ role, content }) => role === 'persona' && content === text)"
    await client.wait_until(told, argument=STORY)
    assert await heard_energy(client) > before + ENERGY_MIN
    assert not await client.run(INTERRUPTED)


async def test_a_cough_and_a_murmur_of_agreement_do_not_stop_her(
    sqlite_server: Server, page_url: str, tmp_path: Path
) -> None:
    heard = await asyncio.to_thread(recorded, tmp_path / "microphone.wav", sounds.cough(), sounds.mm_hm(), quiet_s=1.5)
    async with js_client(page_url, microphone=heard) as client:
        await talking(client, sqlite_server)
        await tells_all(client)


async def test_wait_stop_stops_her(sqlite_server: Server, page_url: str, tmp_path: Path) -> None:
    words = await asyncio.to_thread(sounds.Speaker().say, "Wait, stop!", "rms", 1.0)
    heard = await asyncio.to_thread(recorded, tmp_path / "microphone.wav", words, quiet_s=8)
    async with js_client(page_url, microphone=heard) as client:
        await talking(client, sqlite_server)
        await client.wait_until(INTERRUPTED)
        assert (await client.message("user", 1))["content"]  # what exactly is up to a recogniser of demo quality
        assert not await client.run("(text) => history().some(({ content }) => content === text)", STORY)


@pytest.mark.slow
async def test_her_own_echo_does_not_stop_her(sqlite_server: Server, page_url: str) -> None:
    """No canceller stands between: what a page makes itself goes out as it is."""
    async with js_client(page_url) as client:
        await talking(client, sqlite_server, echo=ECHO)
        await tells_all(client)
        assert not await client.run("history().some(({ role }) => role === 'user')")
