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
from tests.clients.personas import ended_session, token_for
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
STOPPED_WITHIN_MS = 3_000  # on a machine that is busy; bench/ says how long it takes on one that is not
SLOWEST, FASTEST = 1.0, 5.0  # words a second; the whole story in the time that was left to her would be more
STREAMED = """(text) => {
  window.told = client.createTalkMessageStream();
  return told.streamMessageChunk(text, true);
}"""
INTERRUPTED = "history().some(({ role, interrupted }) => role === 'persona' && interrupted)"


def recorded(path: Path, *heard: sounds.Sound, quiet_s: float, after_s: float = 0.0) -> Path:
    """Each sound after some quiet, in a room with a little noise."""
    quiet, after = (np.zeros(round(span_s * SPEECH_RATE_HZ), np.float32) for span_s in (quiet_s, after_s))
    sound = np.concatenate([*(part for one in heard for part in (quiet, _near(one))), after])
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


async def test_t4_wait_stop_stops_her(sqlite_server: Server, page_url: str, tmp_path: Path) -> None:
    """Her words come from the page, as a stream; nobody answers the user, so that after them it is silent."""
    words = await asyncio.to_thread(sounds.Speaker().say, "Wait, stop!", "rms", 1.0)
    heard = await asyncio.to_thread(recorded, tmp_path / "microphone.wav", words, quiet_s=8)
    async with js_client(page_url, microphone=heard) as client:
        token = token_for(sqlite_server, skipGreeting=True, llmId="CUSTOMER_CLIENT_V1")
        session_id = await client.ready(baseUrl=sqlite_server.url, token=token)
        await client.wait_until("sound.recording")
        await client.run("forget()")
        await client.run(STREAMED, STORY)
        await client.wait_until("sound.loud > 3")
        await client.run("awaitSpeech()")
        await client.wait_until(INTERRUPTED)
        await client.wait_until("heard().quietForMs > 1000")
        assert await client.run("sound.lastLoudAt - spokenAt") < STOPPED_WITHIN_MS
        spoken_ms, _ = speech.loud_part(await client.save_sound(tmp_path / "story.wav"))

        # what she says she said is what was heard
        kept = await client.message("persona", 1)
        assert kept["content"].strip()
        assert STORY.startswith(kept["content"].strip())
        assert len(kept["content"]) < len(STORY)
        assert SLOWEST < len(kept["content"].split()) / (spoken_ms / 1000) < FASTEST

        # the stream is told once, and the next one works at once
        (interrupted,) = await client.run("named('TALK_STREAM_INTERRUPTED').map(({ details }) => details[0])")
        assert interrupted == await client.run("told.getCorrelationId()")
        assert (await client.message("user", 1))["content"]  # what exactly is up to a recogniser of demo quality
        await client.run(STREAMED, "As you wish.")
        await client.wait_until("textsOf('persona').some((text) => text.correlationId === told.getCorrelationId())")
        await client.run("client.stopStreaming()")
    await asyncio.to_thread(ended_session, sqlite_server, session_id)
    transcript = (await asyncio.to_thread(sqlite_server.ask, "GET", f"/v1/sessions/{session_id}/transcript")).json()
    began = next(at for at, message in enumerate(transcript["messages"]) if message["role"] == "persona")
    story, *after = transcript["messages"][began:]
    assert (story["message"], story["wasInterrupted"]) == (kept["content"], True)
    assert story["speakingDurationSeconds"] * 1000 == pytest.approx(spoken_ms, rel=0.3, abs=500)
    assert [message for message in after if message["role"] == "user" and message["message"]]


@pytest.mark.slow
async def test_her_own_echo_does_not_stop_her(sqlite_server: Server, page_url: str) -> None:
    """No canceller stands between: what a page makes itself goes out as it is."""
    async with js_client(page_url) as client:
        await talking(client, sqlite_server, echo=ECHO)
        await tells_all(client)
        assert not await client.run("history().some(({ role }) => role === 'user')")
