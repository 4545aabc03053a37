"""`POST /v1/auth/session-token`: what a token says, and that a wrong session is refused when its token is made."""

import base64
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.resources import contract
from tests.rest import DOCUMENTED, Rest
from visavis.db.models import now
from visavis.resources.sessions.tokens import TokenSigner

STOCK_PERSONA = "4314d606-bab4-5fc8-808b-878c43ae6a4c"
NOBODY = "00000000-0000-4000-8000-000000000000"
ATOB = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def token_of(rest: Rest, **body: Any) -> str:
    answer = rest.ask("POST", "/v1/auth/session-token", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["sessionToken"]


def part(token: str, index: int) -> Any:
    """A part of a token, read as browsers read it."""
    text = token.split(".")[index]
    assert set(text) <= ATOB
    assert len(text) % 4 != 1
    return json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))


def test_h1_h3_h5_a_token_is_a_jwt_that_every_client_can_read(rest: Rest) -> None:
    token = token_of(rest, personaConfig=DOCUMENTED, clientLabel="js-sdk-api-key")

    assert token.count(".") == 2
    assert part(token, 0) == {"alg": "HS256", "typ": "JWT"}
    claims = part(token, 1)
    assert claims["type"] == "ephemeral"
    assert claims["accountId"]
    assert claims["exp"] - claims["iat"] == 3600
    assert "systemPrompt" not in json.dumps(claims)


def test_a_token_for_a_saved_persona_names_it(rest: Rest) -> None:
    persona = rest.persona()

    claims = part(token_of(rest, personaConfig={"personaId": persona["id"]}), 1)

    assert (claims["type"], claims["personaId"]) == ("stateful", persona["id"])


def test_h6_no_token_is_ever_legacy(rest: Rest) -> None:
    without_llm = {name: DOCUMENTED[name] for name in ("avatarId", "voiceId")}
    for config in (without_llm, {**without_llm, "llmId": None}, {**DOCUMENTED, "type": "legacy"}):
        assert part(token_of(rest, personaConfig=config), 1)["type"] == "ephemeral"


def test_a_longer_life_can_be_asked_for(rest: Rest) -> None:
    claims = part(token_of(rest, personaConfig=DOCUMENTED, expiresIn="2w"), 1)

    assert claims["exp"] - claims["iat"] == 14 * 24 * 3600


def test_h2_without_a_valid_key_the_answer_is_401_json(rest: Rest) -> None:
    for key in ("", "vv_wrong", "not.a.key", "vv_\xfc"):
        answer = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": DOCUMENTED}, key=key)
        assert answer.status_code == 401
        contract.check(answer.json(), contract.ERROR)


def test_h7_keys_have_no_dot(rest: Rest) -> None:
    assert all("." not in rest.new_organization() for _ in range(50))


@pytest.mark.parametrize(
    "config",
    [
        {"name": "Cara", "avatarId": DOCUMENTED["avatarId"], "voiceId": DOCUMENTED["voiceId"], "llmId": None,
         "systemPrompt": "x", "maxSessionLengthSeconds": 600},
        {**DOCUMENTED, "enableAudioPassthrough": False},
        {"avatarId": DOCUMENTED["avatarId"], "enableAudioPassthrough": True},
        {"type": "ephemeral", "avatarId": DOCUMENTED["avatarId"], "llmId": "CUSTOMER_CLIENT_V1",
         "avatarModel": "cara-4", "directorNotes": {"customStylePrompt": "calm"}},
        {"avatarId": DOCUMENTED["avatarId"], "voiceId": DOCUMENTED["voiceId"], "brainType": "ANAM_GPT_4O_MINI_V1"},
        {"personaId": STOCK_PERSONA, "avatarId": NOBODY, "skipGreeting": True},
        {**DOCUMENTED, "tools": [{"type": "client", "name": "open", "parameters": {"type": "object"}, "_toolId": "x"}]},
        {**DOCUMENTED, "somethingNew": {"a": 1}, "metadata": {"x": 1}},
    ],
    ids=["kotlin", "python", "passthrough", "livekit-like", "old-name", "saved-wins", "tools", "unknown-keys"],
)  # fmt: skip
def test_every_form_that_clients_send_is_accepted(rest: Rest, config: dict[str, Any]) -> None:
    assert token_of(rest, personaConfig=config)


def test_a_persona_that_was_read_can_be_sent_back(rest: Rest) -> None:
    persona = rest.persona(voiceDetectionOptions={"endOfSpeechSensitivity": 0.5})
    config = {
        "avatarId": persona["avatar"]["id"], "voiceId": persona["voice"]["id"], "llmId": persona["llmId"],
        "systemPrompt": persona["brain"]["systemPrompt"], "tools": persona["tools"],
        "voiceDetectionOptions": persona["voiceDetectionOptions"], "voiceSpeed": persona["voiceSpeed"],
        "voiceGenerationOptions": persona["voiceGenerationOptions"], "toolIds": persona["toolIds"],
    }  # fmt: skip

    assert token_of(rest, personaConfig=config)


BIG_TOOL = {"type": "client", "name": "x", "parameters": {"description": "y" * 10_000}}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "personaConfig"),
    ({"personaConfig": None}, "personaConfig"),
    ({"personaConfig": "Cara"}, "personaConfig"),
    ({"personaConfig": {}}, "personaConfig.avatarId"),
    ({"personaConfig": {"id": STOCK_PERSONA}}, "personaConfig.id"),
    ({"personaConfig": {"personaId": NOBODY}}, "personaConfig.personaId"),
    ({"personaConfig": {"personaId": 7}}, "personaConfig.personaId"),
    ({"personaConfig": {**DOCUMENTED, "avatarId": NOBODY}}, "personaConfig.avatarId"),
    ({"personaConfig": {**DOCUMENTED, "voiceId": NOBODY}}, "personaConfig.voiceId"),
    ({"personaConfig": {**DOCUMENTED, "llmId": "x"}}, "personaConfig.llmId"),
    ({"personaConfig": {**DOCUMENTED, "voiceId": None}}, "personaConfig.voiceId"),
    ({"personaConfig": {**DOCUMENTED, "maxSessionLengthSeconds": "long"}}, "personaConfig.maxSessionLengthSeconds"),
    ({"personaConfig": {**DOCUMENTED, "voiceGenerationOptions": {"stability": 9}}},
     "personaConfig.voiceGenerationOptions.stability"),
    ({"personaConfig": {**DOCUMENTED, "tools": [{"type": "magic", "name": "x"}]}}, "personaConfig.tools.0.type"),
    ({"personaConfig": {**DOCUMENTED, "tools": [BIG_TOOL]}}, "personaConfig.tools.0.parameters"),
    ({"personaConfig": {**DOCUMENTED, "toolIds": [NOBODY]}}, "personaConfig.toolIds.0"),
    ({"environment": {"livekitUrl": "wss://a.test", "livekitToken": "t"}}, "environment.livekitUrl"),
    ({"environment": {"agoraSettings": {}}}, "environment.agoraSettings"),
    ({"environment": {"elevenLabsAgentSettings": {"agentId": "x"}}}, "environment.elevenLabsAgentSettings"),
    ({"sessionOptions": {"egress": {"mode": "daily"}}}, "sessionOptions.egress"),
    ({"sessionOptions": {"videoWidth": 720}}, "sessionOptions.videoWidth"),
    ({"sessionOptions": {"videoWidth": 1152, "videoHeight": 768}}, "sessionOptions.videoWidth"),
    ({"sessionOptions": {"videoWidth": "720", "videoHeight": 480}}, "sessionOptions.videoWidth"),
    ({"sessionOptions": {"videoQuality": "best"}}, "sessionOptions.videoQuality"),
    ({"sessionOptions": {"regionPolicy": "strict"}}, "sessionOptions.region"),
    ({"sessionOptions": {"voiceDetection": {"endOfSpeechSensitivity": 2}}},
     "sessionOptions.voiceDetection.endOfSpeechSensitivity"),
    ({"clientLabel": 5}, "clientLabel"),
    ({"expiresIn": "1y"}, "expiresIn"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path"), WRONG, ids=[f"{path}-{index}" for index, (_, path) in enumerate(WRONG)])
def test_what_cannot_work_is_refused_when_the_token_is_made(rest: Rest, change: dict[str, Any], path: str) -> None:
    body = {"personaConfig": DOCUMENTED, **change} if change else {}

    for address in ("/v1/auth/session-token", "/v1/engine/session"):
        answer = rest.ask("POST", address, body)
        if address.endswith("session") and path == "expiresIn":
            continue
        assert answer.status_code == 400, answer.text
        contract.check(answer.json(), contract.ERROR)
        assert answer.json()["details"][0]["path"] == path


def test_a_wrong_size_is_answered_with_the_right_ones(rest: Rest) -> None:
    body = {
        "personaConfig": {**DOCUMENTED, "avatarModel": "cara-4"},
        "sessionOptions": {"videoWidth": 720, "videoHeight": 480},
    }

    assert rest.ask("POST", "/v1/auth/session-token", body).json()["supportedDimensions"] == ["1152x768", "768x1152"]


def test_h15_h18_another_region_is_no_reason_to_refuse_unless_it_is_strict(rest: Rest) -> None:
    options = {"region": "eu", "regionPolicy": "preferred"}
    assert token_of(rest, personaConfig=DOCUMENTED, sessionOptions=options)

    strict = rest.ask(
        "POST",
        "/v1/auth/session-token",
        {"personaConfig": DOCUMENTED, "sessionOptions": {**options, "regionPolicy": "strict"}},
    )
    assert strict.status_code == 503
    contract.check(strict.json(), contract.ERROR)


def test_the_old_unbound_token_is_refused_with_advice(rest: Rest) -> None:
    answer = rest.ask("GET", "/v1/auth/session-token")

    assert answer.status_code == 400
    assert "personaConfig" in answer.json()["message"]


def test_keys_can_be_rotated() -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    moment = now()
    given: dict[str, Any] = {
        "grant_id": "?>~", "organization_id": "o", "kind": "stateful", "persona_id": "~?>" * 9, "issued_at": moment,
        "expires_at": moment.replace(year=moment.year + 1),
    }  # fmt: skip

    token = TokenSigner([old]).sign(**given)

    assert TokenSigner([new, old]).grant_of(token) == "?>~"
    assert part(token, 1)["personaId"] == "~?>" * 9
