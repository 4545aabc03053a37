"""`POST /v1/engine/session` and what becomes of a session."""

import asyncio
import base64
import hmac
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests.resources import contract
from tests.rest import DOCUMENTED, URL, Rest
from visavis.core.events import Talk
from visavis.core.spec import SessionSpec
from visavis.db.models import ApiKey, Session
from visavis.http.auth import hash_key

LIV = DOCUMENTED["avatarId"]
FACE_ONLY = {"avatarId": LIV, "llmId": "CUSTOMER_CLIENT_V1"}


def start(rest: Rest, body: Any = None, **request: Any) -> Any:
    answer = rest.ask("POST", "/v1/engine/session", body or {"personaConfig": DOCUMENTED}, **request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def spec_of(rest: Rest, body: Any = None, **request: Any) -> SessionSpec:
    """What the engine was told."""
    return rest.media.specs[start(rest, body, **request)["sessionId"]]


def token_of(rest: Rest, **body: Any) -> str:
    return rest.ask("POST", "/v1/auth/session-token", body).json()["sessionToken"]


def ended(rest: Rest, session_id: str) -> Any:
    """The record of a session, once it has ended."""
    deadline_s = time.monotonic() + 10
    while time.monotonic() < deadline_s:
        found = rest.ask("GET", f"/v1/sessions/{session_id}").json()
        if found["endTime"] is not None:
            return found
    raise AssertionError(f"session {session_id} did not end")


def test_h8_h9_h10_h11_h12_h25_the_answer_has_what_every_client_needs(rest: Rest) -> None:
    answer = start(rest)

    contract.check(answer, contract.ENGINE_SESSION)
    assert (answer["region"], answer["engineHost"], answer["engineProtocol"]) == ("local", "visavis.test", "http")
    assert answer["signallingEndpoint"] == "/ws"


def test_h4_h28_a_token_starts_several_sessions_without_any_configuration(rest: Rest) -> None:
    token = token_of(rest, personaConfig={**DOCUMENTED, "systemPrompt": "Be kind."}, clientLabel="page")

    first, second = (start(rest, {"clientMetadata": {"client": "js-sdk", "version": "4"}}, key=token) for _ in "12")

    assert first["sessionId"] != second["sessionId"]
    record = rest.ask("GET", f"/v1/sessions/{first['sessionId']}").json()
    assert (record["clientLabel"], record["clientMetadata"]["client"]) == ("page", "js-sdk")
    assert record["personaConfig"]["systemPrompt"] == "Be kind."


def test_a_session_token_needs_no_body_at_all(rest: Rest) -> None:
    token = token_of(rest, personaConfig=DOCUMENTED)

    assert rest.ask("POST", "/v1/engine/session", key=token).status_code == 200


def test_h27_a_second_configuration_beside_a_token_is_ignored(rest: Rest) -> None:
    token = token_of(rest, personaConfig={**DOCUMENTED, "systemPrompt": "From the token."})
    body = {
        "personaConfig": {"systemPrompt": "From the page."},
        "colour": "green",
        "sessionOptions": {"videoQuality": "high"},
    }

    spec = spec_of(rest, body, key=token)

    assert spec.persona.system_prompt == "From the token."
    assert spec.video_quality == "auto"


def test_h29_a_page_sets_how_eagerly_it_is_answered(rest: Rest) -> None:
    token = token_of(rest, personaConfig={**DOCUMENTED, "voiceDetectionOptions": {"endOfSpeechSensitivity": 0.2}})

    js = spec_of(rest, {"sessionOptions": {"voiceDetection": {"endOfSpeechSensitivity": 0.7}}}, key=token)
    kotlin = spec_of(rest, {"voiceDetection": {"endOfSpeechSensitivity": 1}}, key=token)
    neither = spec_of(rest, {}, key=token)

    assert [s.listening.end_of_speech_sensitivity for s in (js, kotlin, neither)] == [0.7, 1, 0.2]


@pytest.mark.parametrize("address", ["/None/engine/session", f"{URL}//v1/engine/session", "/v1//engine/session/"])
def test_h19_h20_addresses_that_clients_build_by_mistake_work(rest: Rest, address: str) -> None:
    assert rest.ask("POST", address, {"personaConfig": DOCUMENTED}).status_code == 200
    token = rest.ask("POST", "/None/auth/session-token", {"personaConfig": DOCUMENTED})
    assert token.status_code == 200


@pytest.mark.parametrize("credential", ["", "vv_wrong", "a.b.c", "eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0."])
def test_h14_h16_a_wrong_credential_is_401_json(rest: Rest, credential: str) -> None:
    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}, key=credential)

    assert answer.status_code == 401
    contract.check(answer.json(), contract.ERROR)


def test_a_token_dies_with_the_key_that_made_it(rest: Rest) -> None:
    token = token_of(rest, personaConfig=DOCUMENTED)

    async def withdraw() -> None:
        async with rest.database.writing() as session:
            await session.execute(delete(ApiKey).where(ApiKey.key_hash == hash_key(rest.key)))

    rest.run(withdraw())

    assert rest.ask("POST", "/v1/engine/session", {}, key=token).status_code == 401


def test_a_token_opens_nothing_but_sessions(rest: Rest) -> None:
    token = token_of(rest, personaConfig=DOCUMENTED)

    assert rest.ask("GET", "/v1/personas", key=token).status_code == 401


def test_a_saved_persona_becomes_what_the_engine_is_told(rest: Rest) -> None:
    persona = rest.persona(
        systemPrompt="Be kind.", personality="Dry.", initialMessage="Hello!", skipGreeting=False, voiceSpeed=1.5,
        uninterruptibleGreeting=True, languageCode="en", maxSessionLengthSeconds=90,
        voiceGenerationOptions={"speed": 1.2, "volume": 0.5},
        voiceDetectionOptions={"silenceBeforeSkipTurnSeconds": 0, "silenceBeforeSessionEndSeconds": 7,
                               "silenceBeforeAutoEndTurnSeconds": 2.5, "speechEnhancementLevel": 0},
    )  # fmt: skip

    spec = spec_of(rest, {"personaConfig": {"personaId": persona["id"], "avatarId": "ignored"}})

    assert spec.persona.system_prompt == "Dry.\n\nBe kind."
    assert (spec.persona.opening_line, spec.persona.uninterruptible_greeting) == ("Hello!", True)
    assert (spec.face.renderer, spec.face.identity, spec.face.width_px, spec.face.height_px) == (
        "character",
        "liv",
        720,
        480,
    )
    assert spec.voice is not None
    assert (spec.voice.provider, spec.voice.voice, spec.voice.volume) == ("flite", "slt-bright", 0.5)
    assert spec.voice.speed == pytest.approx(1.8)
    assert spec.mind is not None
    assert spec.mind.provider == "responder"
    assert spec.ears is not None
    assert (spec.ears.provider, spec.ears.language) == ("scripted", "en")
    listening = spec.listening
    assert (listening.skip_turn_after_ms, listening.end_session_after_ms, listening.auto_end_turn_after_ms) == (
        0,
        7000,
        2500,
    )
    assert listening.speech_enhancement_level == 0
    assert spec.max_length_ms == 90_000


def test_changes_to_a_saved_persona_reach_tokens_that_were_made_before(rest: Rest) -> None:
    persona = rest.persona(systemPrompt="Old.")
    token = token_of(rest, personaConfig={"personaId": persona["id"]})
    rest.ask("PUT", f"/v1/personas/{persona['id']}", {"systemPrompt": "New."})

    assert spec_of(rest, {}, key=token).persona.system_prompt == "New."

    rest.ask("DELETE", f"/v1/personas/{persona['id']}")
    assert rest.ask("POST", "/v1/engine/session", {}, key=token).status_code == 400


def test_a_session_without_a_mind_only_says_what_it_is_told(rest: Rest) -> None:
    spec = spec_of(rest, {"personaConfig": FACE_ONLY})

    assert (spec.mind, spec.voice) == (None, None)
    assert spec.ears is not None


def test_passthrough_counts_even_beside_a_persona_id_and_is_not_stored(rest: Rest) -> None:
    persona = rest.persona()

    spec = spec_of(rest, {"personaConfig": {"personaId": persona["id"], "enableAudioPassthrough": True}})

    assert spec.persona.audio_passthrough
    assert (spec.mind, spec.ears) == (None, None)
    assert not rest.ask("GET", f"/v1/personas/{persona['id']}").json()["enableAudioPassthrough"]


def test_typed_text_comes_back_only_to_clients_that_expect_it(rest: Rest) -> None:
    def echoes(client: str) -> bool:
        return spec_of(rest, {"personaConfig": DOCUMENTED, "clientMetadata": {"client": client}}).echo_typed_text

    assert (echoes("python-sdk"), echoes("js-sdk")) == (True, False)


def test_an_organizations_own_mind_is_called_with_its_secret(rest: Rest) -> None:
    llm = rest.create(
        "/v1/llms", displayName="Mine", llmFormat="openai", modelName="m", secret="sk-1", temperature=0.1,
        urls=[{"url": "http://a.test/v1"}, {"url": "http://b.test/v1"}], reasoningEffort="high",
    )  # fmt: skip

    session = start(rest, {"personaConfig": {**DOCUMENTED, "llmId": llm["id"]}})

    mind = rest.media.specs[session["sessionId"]].mind
    assert mind is not None
    assert (mind.provider, mind.model, mind.secret) == ("openai_compatible", "m", "sk-1")
    assert mind.urls == ("http://a.test/v1", "http://b.test/v1")
    assert mind.options["reasoning_effort"] == "high"
    record = rest.ask("GET", f"/v1/sessions/{session['sessionId']}")
    assert record.json()["personaConfig"]["llmConfig"]["encrypted_secret"] == "[REDACTED]"
    assert "sk-1" not in record.text


def test_a_persona_whose_mind_is_gone_is_refused_by_name(rest: Rest) -> None:
    llm = rest.create("/v1/llms", displayName="M", llmFormat="openai", modelName="m", url="http://a.test/v1")
    persona = rest.persona(llmId=llm["id"])
    rest.ask("DELETE", f"/v1/llms/{llm['id']}")

    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": {"personaId": persona["id"]}})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "personaConfig.llmId"
    assert rest.ask("PUT", f"/v1/personas/{persona['id']}", {"name": "Still here"}).status_code == 200


def test_nothing_is_kept_of_a_session_without_retention(rest: Rest) -> None:
    session = start(rest, {"personaConfig": {**DOCUMENTED, "systemPrompt": "private", "zeroDataRetention": True}})

    record = rest.ask("GET", f"/v1/sessions/{session['sessionId']}")

    assert record.json()["personaConfig"] == {"type": "ephemeral", "zeroDataRetention": True}


def test_h24_talk_needs_no_key(rest: Rest) -> None:
    session_id = start(rest)["sessionId"]
    told: list[Any] = []
    rest.app.state.desk.host.get(session_id).receive = told.append

    answer = rest.ask("POST", f"/talk?session_id={session_id}", {"content": "Hello"}, key="")

    assert answer.status_code == 200
    assert told == [Talk("Hello")]


def test_talk_to_nobody_and_about_nothing(rest: Rest) -> None:
    session_id = start(rest)["sessionId"]
    assert rest.ask("POST", "/talk?session_id=nobody", {"content": "Hello"}).status_code == 404
    assert rest.ask("POST", "/talk", {"content": "Hello"}).status_code == 400
    for body in ({}, {"content": 5}, {"content": "x" * 5_001}, [], None):
        assert rest.ask("POST", f"/talk?session_id={session_id}", body).status_code == 400


@pytest.mark.parametrize("content", [b'{"name":"x","value":"1"}', b"[]", b"not json", b""])
def test_h22_metrics_are_accepted_whatever_they_say(rest: Rest, content: bytes) -> None:
    answer = rest.ask("POST", "/v1/metrics/client", content=content, key="")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ["/v1/sessions/{}/stop", "/v1/engine/session/{}/kill"])
def test_a_session_is_stopped_and_recorded(rest: Rest, address: str) -> None:
    session_id = start(rest, {"personaConfig": DOCUMENTED, "clientLabel": "kiosk"})["sessionId"]
    running = rest.ask("GET", f"/v1/sessions/{session_id}").json()
    contract.check(running, contract.SESSION)
    assert (running["endTime"], running["exitStatus"], running["toolCalls"]) == (None, None, [])

    answer = rest.ask("POST", address.format(session_id), {"sessionId": session_id})

    assert answer.status_code == 200
    assert isinstance(answer.json()["message"], str)
    record = ended(rest, session_id)
    contract.check(record, contract.SESSION)
    assert (record["exitStatus"], record["clientLabel"]) == ("CLOSED_BY_ENGINE", "kiosk")
    assert record["sessionLengthMs"] >= 0
    assert rest.ask("POST", address.format(session_id)).status_code == 200  # stopping twice does no harm
    assert rest.ask("POST", f"/talk?session_id={session_id}", {"content": "x"}).status_code == 404


def test_sessions_are_listed_and_filtered(rest: Rest) -> None:
    persona = rest.persona()
    saved = start(rest, {"personaConfig": {"personaId": persona["id"]}, "clientLabel": "saved one"})["sessionId"]
    other = start(rest, {"personaConfig": DOCUMENTED})["sessionId"]
    rest.ask("POST", f"/v1/sessions/{other}/stop")
    ended(rest, other)

    def ids(**query: Any) -> list[str]:
        found = rest.ask("GET", "/v1/sessions", params=query).json()
        contract.check(found, contract.page_of(contract.SESSION))
        return [row["id"] for row in found["data"]]

    key_id = rest.ask("GET", f"/v1/sessions/{saved}").json()["apiKeyId"]
    assert ids() == [other, saved]
    assert ids(personaId=persona["id"]) == [saved]
    assert ids(search="SAVED") == ids(search=saved) == [saved]
    assert ids(active="true") == [saved]
    assert ids(active="false") == [other]
    assert ids(apiKeyId=key_id) == [other, saved]
    assert ids(apiKeyId=persona["id"]) == []
    assert rest.ask("GET", "/v1/sessions", params={"organizationId": "another"}).status_code == 403
    assert rest.ask("GET", "/v1/sessions", params={"personaId": "x"}).status_code == 400


@pytest.mark.parametrize("session_id", ["00000000-0000-4000-8000-000000000000", "nobody", "%00"])
def test_an_unknown_session_is_404_and_a_malformed_id_400(rest: Rest, session_id: str) -> None:
    expected = 404 if len(session_id) == 36 else 400
    assert rest.ask("GET", f"/v1/sessions/{session_id}").status_code == expected
    assert rest.ask("POST", f"/v1/sessions/{session_id}/stop").status_code == expected


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Rest]:
    settings = {"sessions_max": 1, "public_url": "https://example.com/personas/", "session_connect_seconds": 0.2}
    with Rest("", tmp_path, region="eu", heartbeat_seconds=2, **settings) as rest:
        yield rest


def test_h17_the_limit_has_exactly_the_words_that_clients_compare(tmp_path: Path) -> None:
    with Rest("", tmp_path, sessions_max=1) as rest:
        start(rest)
        refused = rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED})

        assert (refused.status_code, refused.json()["error"]) == (429, "Concurrent session limit reached")
        contract.check(refused.json(), contract.ERROR)
        assert rest.ask("GET", "/v1/sessions").json()["meta"]["total"] == 1  # a refused session leaves no record


def test_h26_a_session_that_nobody_connects_to_makes_room(small: Rest) -> None:
    assert ended(small, start(small)["sessionId"])["exitStatus"] == "CLOSED_BY_ENGINE"
    deadline_s = time.monotonic() + 10
    while small.app.state.desk.host.live and time.monotonic() < deadline_s:
        small.ask("GET", "/healthz")
    start(small)


def test_h13_ice_servers_have_the_form_that_the_strictest_client_wants(tmp_path: Path) -> None:
    turn = {"turn_urls": ["turn:a.test:3478?transport=udp", "turns:a.test:5349"], "turn_secret": "shared"}
    with Rest("", tmp_path, stun_urls=["stun:a.test:3478"], **turn) as rest:
        answer = start(rest)

    contract.check(answer, contract.ENGINE_SESSION)
    stun, relay = answer["clientConfig"]["iceServers"]
    assert stun == {"urls": ["stun:a.test:3478"], "credentialType": "password"}
    assert relay["urls"] == turn["turn_urls"]
    expires_s = int(relay["username"].split(":")[0])
    assert 23 * 3600 < expires_s - time.time() <= 24 * 3600
    digest = hmac.digest(b"shared", relay["username"].encode(), "sha1")
    assert relay["credential"] == base64.b64encode(digest).decode()


def test_admission_is_atomic(tmp_path: Path) -> None:
    with Rest("", tmp_path, sessions_max=3) as rest:

        async def open_many() -> list[int]:
            requests = (rest.send("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}) for _ in range(8))
            return sorted(answer.status_code for answer in await asyncio.gather(*requests))

        assert rest.run(open_many()) == [200] * 3 + [429] * 5


def test_the_operators_own_server_thinks_for_built_in_minds(tmp_path: Path) -> None:
    own = {"llm_url": "http://127.0.0.1:11434/v1", "llm_model": "llama3.2", "llm_api_key": "sk-operator"}
    with Rest("", tmp_path, **own) as rest:
        mind = spec_of(rest).mind
        shown = rest.ask("GET", f"/v1/llms/{DOCUMENTED['llmId']}")

    assert mind is not None
    assert (mind.provider, mind.model, mind.urls) == ("openai_compatible", "llama3.2", (own["llm_url"],))
    assert mind.secret == "sk-operator"
    assert shown.json()["servedBy"] == {"provider": "openai_compatible", "model": "llama3.2"}
    assert "sk-operator" not in shown.text


def test_h23_a_public_address_may_have_a_path(small: Rest) -> None:
    answer = start(small)

    assert (answer["engineHost"], answer["engineProtocol"]) == ("example.com/personas", "https")
    assert answer["signallingEndpoint"] == "/personas/ws"
    assert (answer["region"], answer["clientConfig"]["heartbeatIntervalSeconds"]) == ("eu", 2)
    assert small.persona()["avatar"]["imageUrl"].startswith("https://example.com/personas/assets/")


def test_a_session_that_a_crash_left_open_is_over_after_the_next_start(tmp_path: Path) -> None:
    with Rest("", tmp_path) as rest:
        session_id = start(rest)["sessionId"]
        key = rest.key

    async def as_if_it_had_crashed(rest: Rest) -> None:
        async with rest.database.writing() as session:
            await session.execute(update(Session).values(end_time=None, exit_status=None))

    with Rest("", tmp_path) as rest:
        assert rest.ask("GET", f"/v1/sessions/{session_id}", key=key).json()["endTime"]  # a polite end was recorded
        rest.run(as_if_it_had_crashed(rest))
    with Rest("", tmp_path) as rest:
        record = rest.ask("GET", f"/v1/sessions/{session_id}", key=key).json()
        assert (record["exitStatus"], record["endTime"] is not None) == ("ERROR", True)
