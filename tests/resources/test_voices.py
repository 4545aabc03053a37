"""Voices: imported from a provider, cloned from a recording, found, changed, heard and let go again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.forms import send_form
from tests.providers.fake_elevenlabs import KEY, FakeElevenLabs
from tests.recordings import recording
from tests.resources import contract
from tests.rest import DOCUMENTED, URL, Rest

LUCY = DOCUMENTED["voiceId"]
NOBODY = "00000000-0000-4000-8000-000000000000"
IMPORT = {"displayName": "Nova", "provider": "ELEVENLABS", "providerVoiceId": "abc123"}
SPEECH = recording(6.0, "mp3")
UPLOAD = {"filename": "me.mp3", "contentType": "audio/mpeg", "fileSize": len(SPEECH)}


def detail(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["details"][0]["path"], body["details"][0]["code"]


def names(rest: Rest, **query: object) -> set[str]:
    answer = rest.ask("GET", "/v1/voices", params={"perPage": 100, **query})
    assert answer.status_code == 200, answer.text
    return {row["displayName"] for row in answer.json()["data"]}


def part(content: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"audioFile": ("me.mp3", content, "audio/mpeg")}


def clone(rest: Rest, name: str = "Ada", **fields: str) -> Any:
    answer = send_form(rest, "/v1/voices", {"name": name, **fields}, part(SPEECH))
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(rest: Rest, url: str, content: bytes, content_type: str = "audio/mpeg") -> int:
    headers = {"content-type": content_type}
    return rest.ask("PUT", url.removeprefix(URL), content=content, headers=headers, key="").status_code


def recordings(rest: Rest) -> list[Path]:
    return [path for path in rest.app.state.blobs._folder.rglob("*") if path.suffix in (".recording", ".upload")]


@pytest.fixture(scope="module")
def elevenlabs() -> Iterator[FakeElevenLabs]:
    with FakeElevenLabs() as fake:
        yield fake


@pytest.fixture(scope="module")
def running_studio(elevenlabs: FakeElevenLabs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    cloning = {"voice_cloning": "elevenlabs", "voice_cloning_api_key": KEY, "voice_cloning_url": elevenlabs.url}
    with Rest("", tmp_path_factory.mktemp("studio"), **cloning) as rest:
        yield rest


@pytest.fixture
def studio(running_studio: Rest, elevenlabs: FakeElevenLabs) -> Rest:
    """A server that clones voices."""
    elevenlabs.voices.clear()
    running_studio.new_organization()
    return running_studio


def test_a_voice_that_a_provider_has_is_taken_in_and_says_who_speaks_for_it(rest: Rest) -> None:
    voice = rest.create("/v1/voices", **IMPORT, gender="MALE", country="GB", description="Warm.", providerModelId="m1")

    contract.check(voice, contract.VOICE)
    assert {name: voice[name] for name in IMPORT} == IMPORT
    told = (voice["providerModelId"], voice["gender"], voice["country"], voice["description"])
    assert told == ("m1", "MALE", "GB", "Warm.")
    assert voice["servedBy"] == {"provider": "flite", "model": "awb"}
    assert voice["createdByOrganizationId"]
    assert rest.ask("GET", f"/v1/voices/{voice['id']}").json()["displayName"] == "Nova"
    persona = rest.persona(voiceId=voice["id"], voiceGenerationOptions={"stability": 0.4})
    contract.check(persona["voice"], contract.VOICE)


def test_official_tools_write_names_in_small_letters_and_crash_on_nulls(rest: Rest) -> None:
    sent = {"displayName": "Nova", "provider": "cartesia", "providerVoiceId": "x", "gender": "female", "country": "us"}
    voice = rest.create("/v1/voices", **sent)
    bare = rest.create("/v1/voices", **IMPORT)

    assert (voice["provider"], voice["gender"], voice["country"]) == ("CARTESIA", "FEMALE", "US")
    assert (bare["gender"], bare["country"], bare["providerModelId"]) == ("NEUTRAL", "US", "eleven_flash_v2_5")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"provider": "POLLY"}, "provider"),
        ({"provider": None}, "provider"),
        ({"providerVoiceId": ""}, "providerVoiceId"),
        ({"providerVoiceId": "x" * 256}, "providerVoiceId"),
        ({"displayName": " "}, "displayName"),
        ({"displayName": "nul\0l"}, "displayName"),
        ({"displayName": 7}, "displayName"),
        ({"gender": "OTHER"}, "gender"),
        ({"country": "GBR"}, "country"),
        ({"country": 44}, "country"),
        ({"description": "x" * 10_001}, "description"),
    ],
)
def test_a_wrong_import_is_400_and_named(rest: Rest, change: dict[str, Any], path: str) -> None:
    answer = rest.ask("POST", "/v1/voices", {**IMPORT, **change})

    assert detail(answer)[:2] == (400, path)
    if change == {"provider": "POLLY"}:
        assert "ELEVENLABS" in answer.json()["message"]


def test_voices_are_found_by_what_they_are(rest: Rest) -> None:
    rest.create("/v1/voices", **IMPORT, gender="NEUTRAL", country="CH")

    assert names(rest, search="nOv") == {"Nova"}
    assert names(rest, country="ch") == names(rest, gender="neutral") == {"Nova"}
    assert "Nova" in names(rest, provider="elevenlabs")
    assert "Nova" not in names(rest, provider="CARTESIA")
    assert "Lucy (built-in)" in names(rest, provider="ELEVENLABS", gender="FEMALE", country="US", tags="built-in, x")
    assert names(rest, tags="built") == set()
    assert names(rest, search="%") == set()
    for wrong in ({"provider": "POLLY"}, {"gender": "X"}, {"country": "Germany"}):
        assert rest.ask("GET", "/v1/voices", params=wrong).status_code == 400


def test_only_what_is_sent_changes(rest: Rest) -> None:
    voice = rest.create("/v1/voices", **IMPORT, gender="MALE", description="Warm.")
    path = f"/v1/voices/{voice['id']}"

    changed = rest.ask("PUT", path, {"displayName": "Other", "providerModelId": "m2", "country": "de"}).json()
    told = [changed[name] for name in ("displayName", "providerModelId", "country", "gender", "description")]
    assert told == ["Other", "m2", "DE", "MALE", "Warm."]
    changed = rest.ask("PUT", path, {"gender": None, "description": None, "displayName": None}).json()
    assert (changed["gender"], changed["description"], changed["displayName"]) == (None, None, "Other")
    for wrong in ({"displayName": ""}, {"gender": "X"}, {"country": ""}, {"providerModelId": ""}):
        assert rest.ask("PUT", path, wrong).status_code == 400
    # who they are is not to be changed
    assert rest.ask("PUT", path, {"provider": "CARTESIA"}).json()["provider"] == "ELEVENLABS"


def test_built_in_voices_are_protected(rest: Rest) -> None:
    assert rest.ask("PUT", f"/v1/voices/{LUCY}", {"displayName": "Mine"}).status_code == 403
    assert rest.ask("DELETE", f"/v1/voices/{LUCY}").status_code == 403
    assert rest.ask("DELETE", f"/v1/voices/{LUCY}?hard=true").status_code == 403


def test_a_deleted_voice_is_gone_for_all_but_the_personas_that_have_it(rest: Rest) -> None:
    voice = rest.create("/v1/voices", **IMPORT)
    persona = rest.persona(voiceId=voice["id"])

    deleted = rest.ask("DELETE", f"/v1/voices/{voice['id']}")

    assert (deleted.status_code, deleted.json()) == (200, {"message": "Voice deleted successfully"})
    assert rest.ask("GET", f"/v1/voices/{voice['id']}").status_code == 404
    assert rest.ask("DELETE", f"/v1/voices/{voice['id']}").status_code == 404
    assert "Nova" not in names(rest)
    kept = rest.ask("GET", f"/v1/personas/{persona['id']}").json()
    assert kept["voice"]["id"] == voice["id"]
    assert rest.ask("GET", kept["voice"]["sampleUrl"].removeprefix(URL), key="").status_code == 200
    new = rest.ask("POST", "/v1/personas", {"name": "Another", **DOCUMENTED, "voiceId": voice["id"]})
    assert detail(new)[:2] == (400, "voiceId")
    refused = rest.ask("DELETE", f"/v1/voices/{voice['id']}?hard=true")
    assert (refused.status_code, refused.json()["impactedPersonaIds"]) == (409, [persona["id"]])
    rest.ask("DELETE", f"/v1/personas/{persona['id']}")
    assert rest.ask("DELETE", f"/v1/voices/{voice['id']}?hard=true").status_code == 200
    assert rest.ask("DELETE", f"/v1/voices/{voice['id']}?hard=true").status_code == 404


def test_a_sample_is_spoken_by_who_speaks_and_heard_at_a_signed_address_alone(rest: Rest) -> None:
    voice = rest.create("/v1/voices", **IMPORT, gender="MALE")
    address = voice["sampleUrl"].removeprefix(URL)

    assert voice["previewSampleUrl"] == voice["sampleUrl"]
    assert rest.ask("GET", address, key="").headers["content-type"] == "audio/wav"
    assert "sample of rms" in rest.media.made
    assert rest.ask("GET", address.partition("?")[0], key="").status_code == 404
    assert rest.ask("GET", address[:-4] + "AAAA", key="").status_code == 401


def test_without_somebody_who_clones_it_is_403_and_names_the_setting(rest: Rest) -> None:
    for answer in (
        send_form(rest, "/v1/voices", {"name": "Ada"}, part(SPEECH)),
        rest.ask("POST", "/v1/voices", {"name": "Ada", "audioKey": NOBODY}),
        rest.ask("POST", "/v1/voices/presigned-upload", UPLOAD),
    ):
        assert answer.status_code == 403, answer.text
        assert "VISAVIS_VOICE_CLONING" in answer.json()["message"]
    assert "Ada" not in names(rest)


def test_a_recording_becomes_a_voice(studio: Rest, elevenlabs: FakeElevenLabs) -> None:
    voice = clone(studio, description="Calm.", language="de", enhance="false")

    contract.check(voice, contract.VOICE)
    assert (voice["displayName"], voice["description"], voice["displayTags"]) == ("Ada", "Calm.", ["cloned"])
    assert (voice["provider"], voice["providerVoiceId"]) == ("ELEVENLABS", "voice1")
    assert voice["providerModelId"] == "eleven_flash_v2_5"
    assert voice["servedBy"]["provider"] == "flite"
    sent = elevenlabs.voices["voice1"]
    assert (sent["name"], sent["remove_background_noise"]) == ("Ada", "false")
    assert sent["files"] == [("recording.mp3", "audio/mpeg", SPEECH)]
    assert not [path for path in recordings(studio) if path.suffix == ".recording"]


def test_a_large_recording_is_uploaded_first(studio: Rest, elevenlabs: FakeElevenLabs) -> None:
    before = recordings(studio)
    upload = studio.ask("POST", "/v1/voices/presigned-upload", UPLOAD).json()
    body = {"name": "Ada", "audioKey": upload["audioKey"]}

    assert upload["uploadUrl"].startswith(URL)
    assert detail(studio.ask("POST", "/v1/voices", body)) == (400, "audioKey", "not_found")
    assert put(studio, upload["uploadUrl"], SPEECH, "audio/wav") == 400
    assert put(studio, upload["uploadUrl"], SPEECH) == 200
    elevenlabs.plan = (500, {})
    assert studio.ask("POST", "/v1/voices", body).status_code == 502
    voice = studio.ask("POST", "/v1/voices", body)

    assert voice.status_code == 201, voice.text
    assert elevenlabs.voices[voice.json()["providerVoiceId"]]["files"][0][2] == SPEECH
    assert recordings(studio) == before
    assert detail(studio.ask("POST", "/v1/voices", body)) == (400, "audioKey", "not_found")


def test_an_upload_of_another_organization_is_not_found(studio: Rest) -> None:
    upload = studio.ask("POST", "/v1/voices/presigned-upload", UPLOAD).json()
    put(studio, upload["uploadUrl"], SPEECH)
    studio.new_organization()

    answer = studio.ask("POST", "/v1/voices", {"name": "Mine", "audioKey": upload["audioKey"]})
    assert detail(answer) == (400, "audioKey", "not_found")


def test_what_is_no_recording_of_a_voice_is_400_and_named(studio: Rest, elevenlabs: FakeElevenLabs) -> None:
    def ask(fields: dict[str, str], content: bytes | None) -> tuple[int, str, str]:
        return detail(send_form(studio, "/v1/voices", fields, None if content is None else part(content)))

    good, before = {"name": "Ada"}, recordings(studio)
    assert ask(good, b"not a recording") == (400, "audioFile", "wrong_format")
    assert ask(good, b"") == (400, "audioFile", "wrong_format")
    assert ask(good, recording(1.0)) == (400, "audioFile", "too_short")
    assert ask(good, recording(6.0, amplitude=0)) == (400, "audioFile", "silent")
    assert ask(good, bytes(4_718_593)) == (400, "audioFile", "too_large")
    assert ask(good, None) == (400, "audioFile", "missing")
    assert ask({**good, "audioFile": "text"}, None) == (400, "audioFile", "no_file")
    assert ask({}, SPEECH)[:2] == (400, "name")
    assert ask({**good, "language": "klingon!"}, SPEECH)[:2] == (400, "language")
    assert ask({**good, "enhance": "perhaps"}, SPEECH)[:2] == (400, "enhance")
    elevenlabs.plan = (400, {"detail": {"message": "Too noisy."}})
    refused = send_form(studio, "/v1/voices", good, part(SPEECH))
    assert detail(refused) == (422, "audioFile", "refused")
    assert "Too noisy." in refused.json()["message"]
    assert (elevenlabs.voices, recordings(studio)) == ({}, before)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"contentType": "video/mp4"}, "contentType"),
        ({"contentType": "audio/"}, "contentType"),
        ({"fileSize": 52_428_801}, "fileSize"),
        ({"fileSize": 0}, "fileSize"),
        ({"fileSize": "1"}, "fileSize"),
        ({"filename": ""}, "filename"),
    ],
)
def test_a_wrong_upload_is_400_and_named(studio: Rest, change: dict[str, Any], path: str) -> None:
    assert detail(studio.ask("POST", "/v1/voices/presigned-upload", {**UPLOAD, **change}))[:2] == (400, path)
    assert studio.ask("POST", "/v1/voices/presigned-upload", {**UPLOAD, "fileSize": 52_428_800}).status_code == 200


def test_a_clone_is_erased_at_its_provider_and_an_import_is_not(studio: Rest, elevenlabs: FakeElevenLabs) -> None:
    cloned = clone(studio)
    elevenlabs.voices["abc123"] = {}
    imported = studio.create("/v1/voices", **IMPORT)

    assert studio.ask("DELETE", f"/v1/voices/{cloned['id']}").status_code == 200
    assert set(elevenlabs.voices) == {"voice1", "abc123"}
    elevenlabs.plan = (500, {})
    assert studio.ask("DELETE", f"/v1/voices/{cloned['id']}?hard=true").status_code == 502
    assert studio.ask("DELETE", f"/v1/voices/{cloned['id']}?hard=true").status_code == 200
    assert studio.ask("DELETE", f"/v1/voices/{imported['id']}?hard=true").status_code == 200
    assert set(elevenlabs.voices) == {"abc123"}


def test_another_organization_has_no_such_voice(rest: Rest) -> None:
    voice = rest.create("/v1/voices", **IMPORT)
    rest.new_organization()

    for method, body in (("GET", None), ("PUT", {"displayName": "Mine"}), ("DELETE", None)):
        assert rest.ask(method, f"/v1/voices/{voice['id']}", body).status_code == 404
    assert rest.ask("DELETE", f"/v1/voices/{voice['id']}?hard=true").status_code == 404
    assert "Nova" not in names(rest)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["displayName", "name", "provider", "providerVoiceId", "gender", "country", "audioKey"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just("ELEVENLABS"), st.just("US")),
    )
)
def test_no_body_is_more_than_refused(studio: Rest, body: dict[str, Any]) -> None:
    answer = studio.ask("POST", "/v1/voices", body)
    assert answer.status_code in (201, 400), answer.text
