"""Whatever is sent: an answer of the contract, never a server error, and what was accepted can be read again."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.resources import contract
from tests.rest import DOCUMENTED, Rest

FIELDS = [
    "name", "description", "avatarId", "avatarModel", "voiceId", "voiceSpeed", "llmId", "systemPrompt", "personality",
    "initialMessage", "skipGreeting", "uninterruptibleGreeting", "zeroDataRetention", "enableAudioPassthrough",
    "voiceDetectionOptions", "languageCode", "voiceGenerationOptions", "directorNotes", "maxSessionLengthSeconds",
    "toolIds", "personaPreset", "brain", "widgetConfig", "personaId", "tools", "type", "id", "metadata",
]  # fmt: skip
INNER = [
    "stability", "speed", "volume", "emotion", "model", "endOfSpeechSensitivity", "silenceBeforeSkipTurnSeconds",
    "presetStyle", "customStylePrompt", "expressivity", "layout", "allowedOrigins", "callToAction", "systemPrompt",
]  # fmt: skip
TEXTS = st.text(max_size=40) | st.sampled_from(["\0", "\ud800", "🙂" * 20, "", "inherit", "en", "cara-3", "x" * 300])
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from([*DOCUMENTED.values(), 2**70])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | TEXTS, inner, max_size=3),
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES, max_size=6)
FEW = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_json(value: Any) -> bytes:
    """What a careless client writes: NaN, infinities and halves of characters included."""
    return json.dumps(value).encode()


@FEW
@given(body=BODIES)
def test_any_persona(rest: Rest, body: dict[str, Any]) -> None:
    answer = rest.ask("POST", "/v1/personas", content=as_json(body))

    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 400:
        contract.check(answer.json(), contract.ERROR)
        return
    persona = answer.json()
    contract.check(persona, contract.PERSONA)
    address = f"/v1/personas/{persona['id']}"
    assert rest.ask("GET", address).json() == persona
    assert rest.ask("PUT", address, content=as_json(body)).status_code == 200
    assert rest.ask("DELETE", address).status_code == 200


@FEW
@given(
    config=BODIES, rest_of_it=st.dictionaries(st.sampled_from(["sessionOptions", "environment", "clientLabel"]), VALUES)
)
def test_any_session(rest: Rest, config: dict[str, Any], rest_of_it: dict[str, Any]) -> None:
    body = as_json({"personaConfig": {**DOCUMENTED, **config}, **rest_of_it})

    answer = rest.ask("POST", "/v1/auth/session-token", content=body)

    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        contract.check(answer.json(), contract.ERROR)
        return
    started = rest.ask("POST", "/v1/engine/session", content=b"{}", key=answer.json()["sessionToken"])
    assert started.status_code == 200, started.text
    rest.ask("POST", f"/v1/sessions/{started.json()['sessionId']}/stop")


@FEW
@given(content=st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(rest: Rest, content: bytes) -> None:
    for address in ("/v1/personas", "/v1/llms", "/v1/auth/session-token", "/v1/engine/session", "/talk?session_id=x"):
        answer = rest.ask("POST", address, content=content)
        assert answer.status_code in (201, 400, 404), answer.text
        if answer.status_code != 201:
            contract.check(answer.json(), contract.ERROR)
