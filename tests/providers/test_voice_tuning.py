"""What a persona asks of its voice changes the request that is sent, as each vendor and model takes it."""

from typing import Any

import pytest

from tests.providers.fake_speech_server import FakeSpeechServer
from tests.providers.vendors import VENDORS, Vendor


async def sent(name: str, model: str = "", text: str = "Hello.", **changes: Any) -> FakeSpeechServer:
    """The server after one sentence of a voice with such options."""
    vendor = VENDORS[name]
    async with vendor.server() as server:
        voice = Vendor(**{**vendor.__dict__, "model": model or vendor.model}).speaker(server, **changes)
        async for _ in voice.speak(text):
            pass
        await voice.close()
    return server


def options(**given: Any) -> dict[str, Any]:
    return {"options": given}


EVERYTHING = {"stability": 0.3, "similarityBoost": 0.9, "style": 0.2, "useSpeakerBoost": False}


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("eleven_monolingual_v1", {"stability": 0.3, "similarity_boost": 0.9, "speed": 1.1}),
        (
            "eleven_multilingual_v2",
            {"stability": 0.3, "similarity_boost": 0.9, "style": 0.2, "use_speaker_boost": False, "speed": 1.1},
        ),
        ("eleven_v3", {"stability": 0.5}),  # it knows three steps, and no speed
    ],
)
async def test_elevenlabs_is_told_what_its_model_understands(model: str, settings: dict[str, Any]) -> None:
    server = await sent("elevenlabs", model, speed=1.1, **options(**EVERYTHING))
    assert server.requests[0]["voice_settings"] == settings


async def test_elevenlabs_voices_keep_their_own_settings_unless_asked() -> None:
    assert "voice_settings" not in (await sent("elevenlabs")).requests[0]


async def test_elevenlabs_takes_the_model_of_the_options_before_that_of_the_voice() -> None:
    server = await sent("elevenlabs", "eleven_multilingual_v2", **options(model="eleven_turbo_v2_5"))
    assert server.targets[-1][1]["model_id"] == "eleven_turbo_v2_5"


async def test_elevenlabs_is_told_the_language_where_its_model_takes_one() -> None:
    assert (await sent("elevenlabs", language="es")).targets[-1][1]["language_code"] == "es"
    assert "language_code" not in (await sent("elevenlabs", "eleven_multilingual_v2", language="es")).targets[-1][1]


@pytest.mark.parametrize(("model", "said"), [("eleven_v3", "[laughs] Hello."), ("eleven_flash_v2_5", "Hello.")])
async def test_directions_are_for_models_that_play_them(model: str, said: str) -> None:
    server = await sent("elevenlabs", model, text="[laughs] Hello.")
    texts = [" ".join(request.get("text", "").split()) for request in server.requests]
    assert [text for text in texts if text] == [said]


async def test_speed_beyond_what_a_provider_knows_is_its_limit() -> None:
    server = await sent("elevenlabs", speed=2.0)
    assert server.requests[0]["voice_settings"]["speed"] == 1.2


async def test_cartesia_is_told_how_to_feel() -> None:
    server = await sent("cartesia", speed=0.8, volume=1.5, language="fr", **options(emotion="sad"))
    assert server.requests[0]["generation_config"] == {"speed": 0.8, "volume": 1.5, "emotion": "sad"}
    assert server.requests[0]["language"] == "fr"
    assert "generation_config" not in (await sent("cartesia", "sonic-2", **options(emotion="sad"))).requests[0]


async def test_openai_is_told_how_to_speak() -> None:
    server = await sent("openai_speech", speed=1.5, **options(instructions="Whisper."))
    assert (server.requests[0]["speed"], server.requests[0]["instructions"]) == (1.5, "Whisper.")


async def test_azure_is_told_in_ssml() -> None:
    server = await sent("azure", speed=1.25, volume=0.5, text="A < B & C", **options(speakingStyle='cheer"ful'))
    ssml = server.requests[0]
    assert '<prosody rate="+25%" volume="-50%">' in ssml
    assert "<mstts:express-as style='cheer\"ful'>" in ssml
    assert "B  and  C" in ssml


async def test_deepgram_and_fish_audio_are_told_how_fast() -> None:
    assert (await sent("deepgram", speed=1.2)).requests[0]["speed"] == "1.2"
    assert (await sent("fish_audio", speed=1.2, volume=2.0)).requests[0]["prosody"] == {"speed": 1.2, "volume": 6.02}


@pytest.mark.parametrize(
    ("name", "asked"),
    [("elevenlabs", {"enable_logging": "false"}), ("deepgram", {"mip_opt_out": "true"})],
)
async def test_an_account_that_keeps_nothing_says_so(name: str, asked: dict[str, str]) -> None:
    vendor = VENDORS[name]
    async with vendor.server() as server:
        voice = Vendor(**{**vendor.__dict__, "settings": {"zero_retention": True}}).speaker(server)
        async for _ in voice.speak("Hello."):
            pass
        await voice.close()
    assert asked.items() <= server.targets[-1][1].items()
