"""Creating, reading, changing, listing and removing personas."""

from typing import Any

import pytest

from tests.resources import contract
from tests.rest import DOCUMENTED, URL, Rest

# The request of the public documentation, byte for byte.
DOCUMENTED_BODY = b"""
{
  "name": "Cara",
  "description": "A helpful assistant",
  "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
  "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
  "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
  "systemPrompt": "You are a helpful assistant."
}
"""
DOCUMENTED_KEYS = [
    "id", "name", "description", "personaPreset", "avatar", "avatarModel", "voice", "voiceSpeed", "llmId", "brain",
    "tools", "knowledge", "shareLinks", "primaryShareLink", "enableAudioPassthrough", "skipGreeting",
    "zeroDataRetention", "voiceDetectionOptions", "voiceGenerationOptions", "widgetConfig", "createdAt", "updatedAt",
]  # fmt: skip
CARA_AVATAR = "30fa96d0-26c4-4e55-94a0-517025942e18"
CARA_VOICE = "6bfbe25a-979d-40f3-a92b-5394170af54b"
STOCK_PERSONA = "4314d606-bab4-5fc8-808b-878c43ae6a4c"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_the_documented_request_makes_the_documented_persona(rest: Rest) -> None:
    answer = rest.ask("POST", "/v1/personas", content=DOCUMENTED_BODY)

    assert answer.status_code == 201
    persona = answer.json()
    contract.check(persona, contract.PERSONA)
    assert list(persona)[: len(DOCUMENTED_KEYS)] == DOCUMENTED_KEYS
    assert persona["avatar"]["id"] == DOCUMENTED["avatarId"]
    assert persona["voice"]["id"] == DOCUMENTED["voiceId"]
    empty = {
        "personaPreset": "", "avatarModel": "cara-3", "voiceSpeed": 1, "llmId": DOCUMENTED["llmId"],
        "brain": {"personality": None, "systemPrompt": "You are a helpful assistant."}, "tools": [], "knowledge": [],
        "shareLinks": None, "primaryShareLink": None, "enableAudioPassthrough": False, "skipGreeting": False,
        "zeroDataRetention": False, "voiceDetectionOptions": None, "voiceGenerationOptions": None, "widgetConfig": {},
    }  # fmt: skip
    assert {name: persona[name] for name in empty} == empty
    assert rest.ask("GET", f"/v1/personas/{persona['id']}").json() == persona


def test_every_field_is_kept_and_read_back(rest: Rest) -> None:
    detection = {
        "endOfSpeechSensitivity": 0.7, "silenceBeforeSkipTurnSeconds": 0, "silenceBeforeSessionEndSeconds": 7200,
        "silenceBeforeAutoEndTurnSeconds": 0.5, "speechEnhancementLevel": 1, "sttProvider": "deepgram",
    }  # fmt: skip
    given = {
        "name": "Ünïcode 🙂", "description": None, "avatarModel": "cara-4", "voiceSpeed": 1.25,
        "initialMessage": "Hello.", "skipGreeting": True, "uninterruptibleGreeting": True, "zeroDataRetention": True,
        "enableAudioPassthrough": True, "languageCode": "de", "maxSessionLengthSeconds": 600,
        "voiceDetectionOptions": detection, "voiceGenerationOptions": {"stability": 0.5, "speed": 1.2},
        "directorNotes": {"presetStyle": "warm", "expressivity": 0.5}, "widgetConfig": {"layout": "inline"},
    }  # fmt: skip

    persona = rest.persona(**given, systemPrompt="Be kind.", personality="Dry.")

    assert {name: persona[name] for name in given} == given
    assert persona["brain"] == {"personality": "Dry.", "systemPrompt": "Be kind."}


@pytest.mark.parametrize("model", ["cara-2", "cara-3", "cara-4", "cara-4-latest"])
def test_every_documented_avatar_model_is_accepted(rest: Rest, model: str) -> None:
    assert rest.persona(avatarModel=model)["avatarModel"] == model


def test_everything_is_optional_and_unknown_keys_are_ignored(rest: Rest) -> None:
    persona = rest.create("/v1/personas", colour="green", toolIds=[], llmId=None)

    contract.check(persona, contract.PERSONA)
    assert persona["name"]
    assert (persona["avatar"], persona["voice"], persona["llmId"]) == (None, None, None)


def test_the_brain_of_old_clients_is_understood(rest: Rest) -> None:
    persona = rest.persona(brain={"systemPrompt": "Old.", "personality": "Shy.", "fillerPhrases": []})

    assert persona["brain"] == {"personality": "Shy.", "systemPrompt": "Old."}
    assert rest.persona(systemPrompt="New.", brain={"systemPrompt": "Old."})["brain"]["systemPrompt"] == "New."


def test_an_llm_can_be_switched_off(rest: Rest) -> None:
    assert rest.persona(llmId="CUSTOMER_CLIENT_V1")["llmId"] == "CUSTOMER_CLIENT_V1"


def test_an_update_changes_what_it_names_and_nothing_else(rest: Rest) -> None:
    before = rest.persona(systemPrompt="Be kind.", voiceSpeed=1.5)

    answer = rest.ask("PUT", f"/v1/personas/{before['id']}", {"name": "Clara", "somethingNew": 1})

    assert answer.status_code == 200
    after = answer.json()
    assert after["updatedAt"] >= before["updatedAt"]
    assert {**after, "updatedAt": ""} == {**before, "name": "Clara", "updatedAt": ""}
    assert rest.ask("GET", f"/v1/personas/{before['id']}").json() == after


def test_null_clears_what_may_be_empty(rest: Rest) -> None:
    persona = rest.persona(initialMessage="Hi.", languageCode="en", voiceDetectionOptions={"endOfSpeechSensitivity": 1})
    cleared = {"initialMessage": None, "languageCode": None, "voiceDetectionOptions": None, "avatarId": None}

    after = rest.ask("PUT", f"/v1/personas/{persona['id']}", {**cleared, "name": None, "skipGreeting": None}).json()

    assert (after["initialMessage"], after["languageCode"], after["voiceDetectionOptions"]) == (None, None, None)
    assert (after["avatar"], after["name"], after["skipGreeting"]) == (None, "Cara", False)


def test_another_voice_forgets_the_tuning_of_the_last_one(rest: Rest) -> None:
    persona = rest.persona(voiceGenerationOptions={"stability": 0.1})
    address = f"/v1/personas/{persona['id']}"

    same = rest.ask("PUT", address, {"voiceId": DOCUMENTED["voiceId"]}).json()
    other = rest.ask("PUT", address, {"voiceId": CARA_VOICE}).json()
    both = rest.ask("PUT", address, {"voiceId": DOCUMENTED["voiceId"], "voiceGenerationOptions": {"speed": 1}}).json()

    assert same["voiceGenerationOptions"] == {"stability": 0.1}
    assert other["voiceGenerationOptions"] is None
    assert both["voiceGenerationOptions"] == {"speed": 1}


def test_the_widget_is_merged_key_by_key(rest: Rest) -> None:
    address = f"/v1/personas/{rest.persona()['id']}"

    rest.ask("PUT", address, {"widgetConfig": {"layout": "inline", "allowedOrigins": ["example.com", "http://a.test"]}})
    after = rest.ask("PUT", address, {"widgetConfig": {"callToAction": "Talk", "layout": None}}).json()

    assert after["widgetConfig"] == {"allowedOrigins": ["https://example.com", "http://a.test"], "callToAction": "Talk"}


def test_a_removed_persona_is_gone(rest: Rest) -> None:
    address = f"/v1/personas/{rest.persona()['id']}"

    answer = rest.ask("DELETE", address)

    assert (answer.status_code, answer.json()) == (200, {"message": "Persona deleted"})
    assert rest.ask("GET", address).status_code == 404
    assert rest.ask("PUT", address, {"name": "x"}).status_code == 404
    assert rest.ask("DELETE", address).status_code == 404


def test_patch_is_not_offered(rest: Rest) -> None:
    answer = rest.ask("PATCH", f"/v1/personas/{rest.persona()['id']}", {"name": "x"})

    assert answer.status_code == 405
    contract.check(answer.json(), contract.ERROR)


def test_built_in_personas_are_listed_and_cannot_be_changed(rest: Rest) -> None:
    found = rest.ask("GET", "/v1/personas").json()

    contract.check(found, contract.page_of(contract.PERSONA_SUMMARY))
    assert found["data"]
    assert all(persona["isDefaultPersona"] and persona["name"].endswith("(built-in)") for persona in found["data"])
    contract.check(rest.ask("GET", f"/v1/personas/{STOCK_PERSONA}").json(), contract.PERSONA)
    for method, body in (("PUT", {"name": "Mine"}), ("DELETE", None)):
        answer = rest.ask(method, f"/v1/personas/{STOCK_PERSONA}", body)
        assert answer.status_code == 403
        contract.check(answer.json(), contract.ERROR)


def test_a_list_is_searched_and_paged_newest_first(rest: Rest) -> None:
    for number in range(5):
        rest.persona(name=f"Zora {number}", languageCode="en")
    rest.persona(name="100%_sure")

    first = rest.ask("GET", "/v1/personas", params={"search": "zORA", "perPage": 2}).json()
    last = rest.ask("GET", "/v1/personas", params={"search": "zora", "perPage": 2, "page": 3, "limit": 10}).json()
    beyond = rest.ask("GET", "/v1/personas", params={"search": "zora", "page": 9}).json()

    assert [persona["name"] for persona in first["data"]] == ["Zora 4", "Zora 3"]
    assert first["meta"] == {"total": 5, "lastPage": 3, "currentPage": 1, "perPage": 2, "prev": None, "next": 2}
    assert [persona["name"] for persona in last["data"]] == ["Zora 0"]
    assert last["meta"] == {"total": 5, "lastPage": 3, "currentPage": 3, "perPage": 2, "prev": 2, "next": None}
    assert (beyond["data"], beyond["meta"]["prev"], beyond["meta"]["next"]) == ([], 1, None)
    assert first["data"][0]["languageCode"] == "en"
    assert not first["data"][0]["isDefaultPersona"]
    names = [p["name"] for p in rest.ask("GET", "/v1/personas", params={"search": "%_"}).json()["data"]]
    assert names == ["100%_sure"]


def test_addresses_in_answers_begin_with_the_host_that_was_asked(rest: Rest) -> None:
    persona = rest.persona()

    assert persona["avatar"]["imageUrl"].startswith(f"{URL}/assets/avatars/")
    assert persona["voice"]["sampleUrl"].startswith(f"{URL}/assets/voices/")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"avatarId": NOBODY}, "avatarId"),
    ({"voiceId": NOBODY}, "voiceId"),
    ({"llmId": "NO_SUCH_LLM"}, "llmId"),
    ({"avatarId": 5}, "avatarId"),
    ({"avatarId": "x" * 129}, "avatarId"),
    ({"name": 5}, "name"),
    ({"name": ["Cara"]}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": "nul \0"}, "name"),
    ({"systemPrompt": "x" * 200_001}, "systemPrompt"),
    ({"systemPrompt": {"text": "x"}}, "systemPrompt"),
    ({"initialMessage": "x" * 5_001}, "initialMessage"),
    ({"avatarModel": "cara-9"}, "avatarModel"),
    ({"skipGreeting": "yes"}, "skipGreeting"),
    ({"zeroDataRetention": 1}, "zeroDataRetention"),
    ({"voiceSpeed": "fast"}, "voiceSpeed"),
    ({"voiceSpeed": -0.5}, "voiceSpeed"),
    ({"voiceSpeed": 5.1}, "voiceSpeed"),
    ({"voiceSpeed": True}, "voiceSpeed"),
    ({"languageCode": "english please"}, "languageCode"),
    ({"maxSessionLengthSeconds": 0}, "maxSessionLengthSeconds"),
    ({"voiceDetectionOptions": []}, "voiceDetectionOptions"),
    ({"voiceDetectionOptions": {"endOfSpeechSensitivity": 1.1}}, "voiceDetectionOptions.endOfSpeechSensitivity"),
    (
        {"voiceDetectionOptions": {"silenceBeforeSkipTurnSeconds": 901}},
        "voiceDetectionOptions.silenceBeforeSkipTurnSeconds",
    ),
    (
        {"voiceDetectionOptions": {"silenceBeforeAutoEndTurnSeconds": 0.4}},
        "voiceDetectionOptions.silenceBeforeAutoEndTurnSeconds",
    ),
    ({"voiceGenerationOptions": {"stability": 2}}, "voiceGenerationOptions.stability"),
    ({"voiceGenerationOptions": {"speed": 1.3}}, "voiceGenerationOptions.speed"),  # ElevenLabs ends at 1.2
    ({"voiceGenerationOptions": {"volume": 3}}, "voiceGenerationOptions.volume"),
    ({"voiceGenerationOptions": {"emotion": "bored"}}, "voiceGenerationOptions.emotion"),
    ({"voiceGenerationOptions": "fast"}, "voiceGenerationOptions"),
    ({"directorNotes": {"presetStyle": "warm", "customStylePrompt": "x"}}, "directorNotes"),
    ({"directorNotes": {"expressivity": -0.1}}, "directorNotes.expressivity"),
    ({"widgetConfig": {"layout": "wide"}}, "widgetConfig.layout"),
    ({"widgetConfig": {"allowedOrigins": "example.com"}}, "widgetConfig.allowedOrigins"),
    ({"toolIds": ["tool-id-1"]}, "toolIds.0"),
    ({"toolIds": [{}]}, "toolIds.0"),
]


@pytest.mark.parametrize(("change", "path"), WRONG, ids=[path + str(index) for index, (_, path) in enumerate(WRONG)])
def test_a_wrong_field_is_named(rest: Rest, change: dict[str, Any], path: str) -> None:
    persona = rest.persona()
    for method, address in (("POST", "/v1/personas"), ("PUT", f"/v1/personas/{persona['id']}")):
        answer = rest.ask(method, address, {**DOCUMENTED, **change})
        assert answer.status_code == 400, answer.text
        contract.check(answer.json(), contract.ERROR)
        assert answer.json()["details"][0]["path"] == path
        assert answer.json()["message"] == answer.json()["summary"]
    assert rest.ask("GET", f"/v1/personas/{persona['id']}").json() == persona


def test_options_written_for_another_provider_are_kept(rest: Rest) -> None:
    options = {"volume": 1.5, "emotion": "calm", "speed": 1.1}

    assert rest.persona(voiceGenerationOptions={**options, "wobble": 3})["voiceGenerationOptions"] == options


def test_a_session_without_retention_needs_parts_without_retention(rest: Rest) -> None:
    llm = rest.create(
        "/v1/llms",
        displayName="Mine",
        llmFormat="openai",
        modelName="m",
        secret="s",
        urls=[{"url": "http://a.test/v1"}],
    )

    answer = rest.ask("POST", "/v1/personas", {**DOCUMENTED, "llmId": llm["id"], "zeroDataRetention": True})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "zeroDataRetention"
    assert rest.persona(zeroDataRetention=True)["zeroDataRetention"]


@pytest.mark.parametrize(
    "query", [{"page": 0}, {"page": "x"}, {"perPage": 101}, {"perPage": 0}, {"page": 10**18}, {"search": "\0"}]
)
def test_a_wrong_query_is_named(rest: Rest, query: dict[str, Any]) -> None:
    answer = rest.ask("GET", "/v1/personas", params=query)

    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] in query


@pytest.mark.parametrize("persona_id", ["%00", "nobody", NOBODY, "x" * 200, "%F0%9F%99%82", "..%2f", "%ED%A0%80"])
def test_a_strange_id_is_no_persona(rest: Rest, persona_id: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = rest.ask(method, f"/v1/personas/{persona_id}", {} if method == "PUT" else None)
        assert answer.status_code in (400, 404)
        contract.check(answer.json(), contract.ERROR)
