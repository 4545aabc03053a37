"""Who speaks for a voice: its provider where there is a key, and a built-in voice that knows the language elsewhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.resources.test_attachments import spec_of
from tests.rest import DOCUMENTED, Rest
from visavis.core.spec import VoiceSpec
from visavis.core.voices import VoiceProvider

LUCY = DOCUMENTED["voiceId"]
SPANISH = {"languageCode": "es"}
IMPORT = {"displayName": "Nova", "provider": "ELEVENLABS", "providerVoiceId": "abc", "providerModelId": "eleven_v3"}
KEY = {"provider": "elevenlabs", "secret": "sk-of-ours"}


@pytest.fixture
def keyed(rest: Rest) -> Iterator[Rest]:
    """The operator has a key for ElevenLabs."""
    speakers = rest.app.state.speakers
    mine = {"elevenlabs": VoiceProvider("elevenlabs", "ElevenLabs", needs_key=True, has_key=True)}
    object.__setattr__(speakers, "providers", {**speakers.providers, **mine})
    yield rest
    object.__setattr__(speakers, "providers", rest.media.speakers())


def chain(rest: Rest, **changes: Any) -> list[VoiceSpec]:
    """Who speaks in a session of such a persona."""
    persona = rest.persona(**changes)
    spec = spec_of(rest, {"personaId": persona["id"]})
    return [voice for voice in (spec.voice, *spec.fallback_voices) if voice is not None]


def speakers_of(voices: list[VoiceSpec]) -> list[tuple[str, str]]:
    return [(voice.provider, voice.voice) for voice in voices]


def test_without_a_key_a_built_in_voice_speaks(rest: Rest) -> None:
    assert speakers_of(chain(rest)) == [("flite", "slt-bright")]


def test_with_the_operators_key_the_provider_speaks_and_the_built_in_voice_waits(keyed: Rest) -> None:
    voices = chain(keyed, voiceGenerationOptions={"stability": 0.3, "speed": 1.1})
    assert speakers_of(voices) == [("elevenlabs", "lcMyyd2HUfFzxdCaC4Ta"), ("flite", "slt-bright")]
    assert (voices[0].model, voices[0].secret, voices[0].speed) == ("eleven_flash_v2_5", "", 1.1)
    assert voices[0].options["stability"] == 0.3
    voice = keyed.ask("GET", f"/v1/voices/{LUCY}").json()
    assert voice["servedBy"] == {"provider": "elevenlabs", "model": "eleven_flash_v2_5"}
    assert not voice["isZdr"]


def test_an_organizations_own_key_is_used_sealed_and_never_shown(rest: Rest) -> None:
    assert rest.persona(voiceId=LUCY)["voice"]["servedBy"]["provider"] == "flite"
    stored = rest.ask("POST", "/v1/provider-secrets", KEY)
    assert stored.status_code == 201
    assert set(stored.json()) == {"id", "provider", "createdAt", "updatedAt"}
    assert chain(rest)[0].secret == "sk-of-ours"
    assert "sk-of-ours" not in rest.ask("GET", "/v1/provider-secrets").text
    persona = rest.persona(voiceId=LUCY)
    assert persona["voice"]["servedBy"]["provider"] == "elevenlabs"
    rest.new_organization()
    assert speakers_of(chain(rest)) == [("flite", "slt-bright")]  # it is nobody else's


def test_a_second_key_replaces_the_first_and_a_deleted_one_is_gone(rest: Rest) -> None:
    first = rest.ask("POST", "/v1/provider-secrets", KEY).json()
    second = rest.ask("POST", "/v1/provider-secrets", {**KEY, "secret": "sk-2"}).json()
    assert first["id"] == second["id"]
    assert chain(rest)[0].secret == "sk-2"
    assert rest.ask("DELETE", f"/v1/provider-secrets/{first['id']}").status_code == 204
    assert rest.ask("GET", "/v1/provider-secrets").json()["data"] == []
    assert speakers_of(chain(rest)) == [("flite", "slt-bright")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provider": "polly"}, "provider"),
        ({"provider": "flite"}, "provider"),
        ({"provider": ""}, "provider"),
        ({"secret": ""}, "secret"),
        ({"secret": "two\r\nlines"}, "secret"),
        ({"secret": None}, "secret"),
    ],
)
def test_a_wrong_secret_is_400_and_named(rest: Rest, change: dict[str, Any], field: str) -> None:
    answer = rest.ask("POST", "/v1/provider-secrets", {**KEY, **change})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == field
    assert "two" not in answer.text


def test_another_language_is_spoken_by_somebody_who_knows_it(keyed: Rest) -> None:
    assert speakers_of(chain(keyed, **SPANISH)) == [
        ("elevenlabs", "lcMyyd2HUfFzxdCaC4Ta"),
        ("espeak", "es-female"),
        ("flite", "slt"),
    ]
    assert [voice.language for voice in chain(keyed, **SPANISH)] == ["es", "es", "es"]
    assert speakers_of(chain(keyed, languageCode="xx"))[1:] == [("flite", "slt-bright")]


def test_a_persona_names_who_comes_next(keyed: Rest) -> None:
    nova = keyed.create("/v1/voices", **IMPORT, gender="MALE")
    voices = chain(keyed, fallbackVoiceIds=[nova["id"]])
    assert speakers_of(voices) == [
        ("elevenlabs", "lcMyyd2HUfFzxdCaC4Ta"),
        ("elevenlabs", "abc"),
        ("flite", "slt-bright"),
    ]
    answer = keyed.ask("POST", "/v1/personas", {"name": "x", "fallbackVoiceIds": [LUCY, "nobody"]})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "fallbackVoiceIds.1"


def test_a_persona_that_keeps_nothing_is_not_spoken_by_who_keeps_something(keyed: Rest) -> None:
    nova = keyed.create("/v1/voices", **IMPORT)
    assert speakers_of(chain(keyed, zeroDataRetention=True)) == [("flite", "slt-bright")]
    answer = keyed.ask("POST", "/v1/personas", {"voiceId": nova["id"], "zeroDataRetention": True})
    assert answer.status_code == 400
    assert "Nova" in answer.json()["message"]


def test_a_provider_that_keeps_nothing_speaks_for_those_who_need_that(keyed: Rest) -> None:
    discreet = VoiceProvider("elevenlabs", "ElevenLabs", needs_key=True, has_key=True, keeps_nothing_of_ours=True)
    speakers = keyed.app.state.speakers
    object.__setattr__(speakers, "providers", {**speakers.providers, "elevenlabs": discreet})
    nova = keyed.create("/v1/voices", **IMPORT)
    assert nova["isZdr"]
    assert speakers_of(chain(keyed, voiceId=nova["id"], zeroDataRetention=True))[0] == ("elevenlabs", "abc")
    # an account of the organization's own is not the one that the operator spoke of
    keyed.ask("POST", "/v1/provider-secrets", KEY)
    assert speakers_of(chain(keyed, voiceId=nova["id"], zeroDataRetention=True)) == [("flite", "slt")]


@pytest.mark.parametrize(
    ("model", "options", "path"),
    [
        ("eleven_flash_v2_5", {"stability": 1.1}, "stability"),
        ("eleven_flash_v2_5", {"speed": 1.3}, "speed"),
        ("eleven_multilingual_v1", {"similarityBoost": -1}, "similarityBoost"),
        ("eleven_v3", {"style": "much"}, "style"),
    ],
)
def test_options_out_of_range_are_named(rest: Rest, model: str, options: dict[str, Any], path: str) -> None:
    voice = rest.create("/v1/voices", **{**IMPORT, "providerModelId": model})
    answer = rest.ask("POST", "/v1/personas", {"voiceId": voice["id"], "voiceGenerationOptions": options})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == f"voiceGenerationOptions.{path}"


def test_a_sample_is_spoken_by_whoever_would_speak(keyed: Rest) -> None:
    keyed.media.made.clear()
    address = keyed.ask("GET", f"/v1/voices/{LUCY}").json()["sampleUrl"]
    assert keyed.ask("GET", address).status_code == 200
    assert keyed.media.made == ["sample of lcMyyd2HUfFzxdCaC4Ta"]
