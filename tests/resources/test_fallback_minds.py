"""Which LLM answers where a persona's own fails."""

from typing import Any

import pytest

from tests.resources.test_attachments import spec_of
from tests.rest import DOCUMENTED, Rest

STOCK = DOCUMENTED["llmId"]
OURS = {
    "displayName": "Ours",
    "llmFormat": "openai",
    "urls": [{"url": "https://8.8.8.8/v1"}],
    "modelName": "m-1",
    "secret": "s",
}


def test_a_persona_names_who_answers_next(rest: Rest) -> None:
    own = rest.create("/v1/llms", **OURS)
    persona = rest.persona(llmId=own["id"], fallbackLlmIds=[STOCK])
    assert persona["fallbackLlmIds"] == [STOCK]
    spec = spec_of(rest, {"personaId": persona["id"]})
    assert spec.mind is not None
    assert spec.mind.model == "m-1"
    [after] = spec.fallback_minds
    assert after.options["persona_name"] == persona["name"]
    assert after.provider != ""
    # one that is gone is left out, and null clears the list
    rest.ask("PUT", f"/v1/personas/{persona['id']}", {"llmId": STOCK, "fallbackLlmIds": [own["id"]]})
    assert rest.ask("DELETE", f"/v1/llms/{own['id']}").status_code in (200, 204)
    assert spec_of(rest, {"personaId": persona["id"]}).fallback_minds == ()
    cleared = rest.ask("PUT", f"/v1/personas/{persona['id']}", {"fallbackLlmIds": None}).json()
    assert cleared["fallbackLlmIds"] == []


def test_a_client_that_thinks_by_itself_has_nobody_after_it(rest: Rest) -> None:
    persona = rest.persona(llmId="CUSTOMER_CLIENT_V1", fallbackLlmIds=[STOCK])
    spec = spec_of(rest, {"personaId": persona["id"]})
    assert (spec.mind, spec.fallback_minds) == (None, ())


@pytest.mark.parametrize(("ids", "path"), [([STOCK, "nobody"], "fallbackLlmIds.1"), ([STOCK] * 4, "fallbackLlmIds")])
def test_a_wrong_list_is_400_and_named(rest: Rest, ids: list[str], path: str) -> None:
    answer = rest.ask("POST", "/v1/personas", {"name": "x", "fallbackLlmIds": ids})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == path


def test_a_persona_that_keeps_nothing_is_not_thought_for_by_who_keeps_something(rest: Rest) -> None:
    own = rest.create("/v1/llms", **OURS)
    body: dict[str, Any] = {"name": "x", "zeroDataRetention": True, "fallbackLlmIds": [own["id"]]}
    answer = rest.ask("POST", "/v1/personas", body)
    assert answer.status_code == 400
    assert "Ours" in answer.json()["message"]


def test_whoever_keeps_something_by_now_is_refused_when_the_session_starts(rest: Rest) -> None:
    first = rest.create("/v1/llms", **OURS, isZdr=True)
    after = rest.create("/v1/llms", **{**OURS, "displayName": "After"}, isZdr=True)
    ids = ["CUSTOMER_CLIENT_V1", after["id"]]
    persona = rest.persona(llmId=first["id"], zeroDataRetention=True, fallbackLlmIds=ids)
    assert len(spec_of(rest, {"personaId": persona["id"]}).fallback_minds) == 1
    assert rest.ask("PUT", f"/v1/llms/{after['id']}", {"isZdr": False}).status_code == 200
    answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": {"personaId": persona["id"]}})
    assert answer.status_code == 400
    assert "After" in answer.json()["message"]
