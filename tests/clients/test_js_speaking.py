"""What the official JavaScript client has said, played and changed: cues, settings, ready-made speech, idle streams."""

from pathlib import Path
from typing import Any

import pytest

from tests.clients import speech
from tests.clients.browser import NO_MICROPHONE, JsClient, js_client
from tests.clients.personas import DOCUMENTED, session_token, token_for
from tests.clients.server import Server

pytestmark = [pytest.mark.clients, pytest.mark.browser, pytest.mark.slow]

PATIENT = {"silenceBeforeSkipTurnSeconds": 0, "silenceBeforeSessionEndSeconds": 0}
SEND_TONE = """({ hertz, durationMs, rate, channels, pieceBytes, end }) => {
  const frames = Math.round((rate * durationMs) / 1000);
  const samples = new Int16Array(frames * channels);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = 10000 * Math.sin((2 * Math.PI * hertz * Math.floor(at / channels)) / rate);
  }
  const bytes = new Uint8Array(samples.buffer);
  window.speech = client.createAgentAudioInputStream({ encoding: 'pcm_s16le', sampleRate: rate, channels });
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    speech.sendAudioChunk(bytes.slice(start, start + pieceBytes));
  }
  if (end) speech.endSequence();
}"""


async def acting(client: JsClient, server: Server) -> None:
    """A persona whose face takes direction."""
    token = token_for(server, skipGreeting=True, avatarModel="cara-4")
    await client.ready(baseUrl=server.url, token=token, options=NO_MICROPHONE)


async def test_d5_d19_cues_in_the_text_are_played_and_told_and_not_spoken(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        await acting(client, sqlite_server)
        await client.run("client.talk('Good morning. [warm] How are you today?')")
        message = await client.message("persona", 1)
        assert message["content"] == "Good morning. How are you today?"
        said = await client.run("textsOf('persona').map(({ content, cueTag }) => [cueTag ?? '', content])")
        assert [[tag, text.strip()] for tag, text in said if tag] == [["warm", "How"]]
        (applied,) = await client.wait_for("DIRECTOR_NOTE_CUE_APPLIED")
        turn_id = await client.run("textsOf('persona')[0].correlationId")
        assert applied == {"cueTag": "warm", "correlationId": turn_id}


async def test_d19_d24_cues_of_the_page_are_played_when_they_are_due(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        await acting(client, sqlite_server)
        await client.run("client.sendDirectorNoteCue('happy')")
        (applied,) = await client.wait_for("DIRECTOR_NOTE_CUE_APPLIED")
        assert applied["cueTag"] == "happy"
        await client.run("client.sendDirectorNoteCue('warm', { atSeconds: 0.5 })")
        await client.run("client.talk('A sentence of some length, which is being said now.')")
        await client.wait_for("DIRECTOR_NOTE_CUE_APPLIED", count=2)
        cues = await client.run("named('DIRECTOR_NOTE_CUE_APPLIED').map(({ details }) => details[0])")
        turn_id = await client.run("textsOf('persona')[0].correlationId")
        assert cues[1] == {"cueTag": "warm", "correlationId": turn_id}
        await client.run(
            "client.sendDataMessage(JSON.stringify({ message_type: 'director_note_cue', cue: { tag: 'bored' } }))"
        )
        (warning,) = await client.wait_for("SERVER_WARNING")
        assert "cue.tag has to be one of" in warning


async def test_d19_h29_settings_of_a_living_session_change(sqlite_server: Server, page_url: str) -> None:
    async with js_client(page_url) as client:
        detection = {**PATIENT, "endOfSpeechSensitivity": 0.2}
        token = token_for(sqlite_server, skipGreeting=True, voiceDetectionOptions=detection)
        # what the page itself asks for weighs more; a microphone that is never allowed is enough for that
        await client.run("() => { watched.allowed = new Promise(() => {}); }")
        wanted = {"voiceDetection": {"endOfSpeechSensitivity": 0.4}}
        await client.ready(baseUrl=sqlite_server.url, token=token, options=wanted)
        change = "(data) => client.sendDataMessage(JSON.stringify({ message_type: 'persona_config', data }))"
        await client.run(change, {"voiceDetectionOptions": {"endOfSpeechSensitivity": 0.8}})
        (applied,) = await client.wait_for("PERSONA_CONFIG_UPDATE_APPLIED")
        path = "voiceDetectionOptions.endOfSpeechSensitivity"
        assert applied == {"changedFields": {path: {"before": 0.4, "after": 0.8}}}
        await client.run(change, {"voiceGenerationOptions": {"speed": 1.2}, "languageCode": "en"})
        await client.wait_for("PERSONA_CONFIG_UPDATE_APPLIED", count=2)
        await client.run("client.talk('Said by the voice as it is now.')")
        assert (await client.message("persona", 1))["content"] == "Said by the voice as it is now."
        await client.run(change, {"systemPrompt": "Be a pirate."})
        (warning,) = await client.wait_for("SERVER_WARNING")
        assert warning.startswith("systemPrompt: cannot be changed")


# --- ready-made speech --------------------------------------------------------------------------------------------


async def face_only(client: JsClient, server: Server) -> None:
    """A persona with neither voice nor mind."""
    token = session_token(server, avatarId=DOCUMENTED["avatarId"], enableAudioPassthrough=True)
    await client.ready(baseUrl=server.url, token=token, options=NO_MICROPHONE)
    await client.wait_until("sound.recording")
    await client.run("forget()")


def wanted(hertz: float, duration_ms: int, **changes: Any) -> dict[str, Any]:
    usual = {"rate": 24_000, "channels": 1, "pieceBytes": 4_801, "end": True}
    return {"hertz": hertz, "durationMs": duration_ms, **usual, **changes}


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1)])
async def test_a1_a2_a5_ready_made_speech_keeps_its_pitch_and_its_length(
    sqlite_server: Server, page_url: str, tmp_path: Path, rate: int, channels: int
) -> None:
    async with js_client(page_url) as client:
        await face_only(client, sqlite_server)
        await client.run(SEND_TONE, wanted(440.0, 2_000, rate=rate, channels=channels))
        await client.wait_until("sound.loud > 3 && heard().quietForMs > 700")
        sound = await client.save_sound(tmp_path / "tone.wav")
        loud_ms, hertz = speech.loud_part(sound)
        assert 1_800 <= loud_ms <= 3_000  # a browser that is short of time stretches what it plays
        assert hertz == pytest.approx(440.0, abs=3)
        assert await client.run("history().length") == 0
        assert await client.run("named('SERVER_WARNING').length") == 0


async def test_a3_a4_an_interrupt_takes_the_old_sound_and_nothing_of_the_new(
    sqlite_server: Server, page_url: str, tmp_path: Path
) -> None:
    async with js_client(page_url) as client:
        await face_only(client, sqlite_server)
        await client.run(SEND_TONE, wanted(440.0, 0))  # an end without any sound
        await client.run(SEND_TONE, wanted(440.0, 20_000, end=False))
        await client.wait_until("sound.loud > 3")
        await client.run("() => { client.interruptPersona(); speech.endSequence(); }")
        await client.wait_for("TALK_STREAM_INTERRUPTED")
        await client.wait_until("heard().quietForMs > 500")
        await client.run("forget()")
        await client.run(SEND_TONE, wanted(880.0, 1_000))
        await client.wait_until("sound.loud > 3 && heard().quietForMs > 700")
        loud_ms, hertz = speech.loud_part(await client.save_sound(tmp_path / "tone.wav"))
        assert loud_ms >= 800
        assert hertz == pytest.approx(880.0, abs=3)
        assert await client.run("named('SERVER_WARNING').length") == 0


# --- talk streams that nobody writes to ---------------------------------------------------------------------------


async def test_t2_t3_an_idle_stream_is_closed_with_a_warning_and_later_words_are_not_said(
    particular_server: Server, page_url: str
) -> None:
    """This server waits for two seconds; empty pieces do not make it wait longer."""
    async with js_client(page_url) as client:
        token = token_for(particular_server, skipGreeting=True)
        await client.ready(baseUrl=particular_server.url, token=token, options=NO_MICROPHONE)
        await client.run(
            """async () => {
              window.idle = client.createTalkMessageStream();
              await idle.streamMessageChunk('The beginning is said.', false);
              window.writing = setInterval(() => idle.streamMessageChunk('', false), 300);
            }"""
        )
        (warning,) = await client.wait_for("SERVER_WARNING")
        assert "no text arrived" in warning
        assert (await client.message("persona", 1))["content"] == "The beginning is said."
        await client.run("() => { clearInterval(writing); return idle.streamMessageChunk('Too late.', true); }")
        await client.wait_for("SERVER_WARNING", count=2)
        await client.run("client.createTalkMessageStream().streamMessageChunk('A new one works.', true)")
        assert (await client.message("persona", 2))["content"] == "A new one works."
        assert await client.run("named('TALK_STREAM_INTERRUPTED').length") == 0
