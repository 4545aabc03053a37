"""An organization's own minds."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from tests.resources import contract
from tests.rest import Rest
from visavis.core.minds import FoundServer

OWN: dict[str, Any] = {
    "displayName": "Mine",
    "description": "On my own machine.",
    "urls": [{"url": "http://127.0.0.1:11434/v1/chat/completions"}],
    "llmFormat": "openai",
    "modelName": "llama3.2",
    "secret": "sk-very-secret",
    "temperature": 0.5,
    "maxTokens": 200,
    "metadata": {"team": "a"},
    "reasoningEffort": "low",
}
STOCK = "0934d97d-0c3a-4f33-91b0-5e136a0ef466"


def test_a_mind_is_made_read_changed_and_removed(rest: Rest) -> None:
    made = rest.create("/v1/llms", **OWN)
    contract.check(made, contract.LLM)
    assert made["urls"] == [{"url": OWN["urls"][0]["url"], "region": "default"}]
    assert made["servedBy"] == {"provider": "openai_compatible", "model": "llama3.2"}
    assert (made["isDefault"], made["isGlobal"], made["updatedAt"]) == (False, False, None)

    address = f"/v1/llms/{made['id']}"
    changed = rest.ask("PUT", address, {"temperature": 1, "url": "https://other.test/v1", "description": None}).json()
    assert changed["temperature"] == 1
    assert changed["urls"] == [{"url": "https://other.test/v1", "region": "default"}]
    assert changed["description"] is None
    assert changed["updatedAt"] is not None
    assert changed["displayName"] == "Mine"
    assert rest.ask("GET", address).json() == changed
    assert made["id"] == rest.ask("GET", "/v1/llms", params={"includeDefaults": "false"}).json()["data"][0]["id"]

    answer = rest.ask("DELETE", address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert rest.ask("GET", address).status_code == 404


def test_a_secret_is_sealed_and_never_returned(rest: Rest) -> None:
    made = rest.ask("POST", "/v1/llms", OWN)
    listed = rest.ask("GET", "/v1/llms").text
    replaced = rest.ask("PUT", f"/v1/llms/{made.json()['id']}", {"secret": "sk-other-secret"})

    async def stored() -> str:
        async with rest.database.reading() as session:
            return str((await session.execute(text("SELECT * FROM llms"))).all())

    for found in (made.text, listed, replaced.text, rest.run(stored())):
        assert "sk-" not in found


def test_the_spellings_of_official_tools_are_understood(rest: Rest) -> None:
    made = rest.create("/v1/llms", name="Tool", provider="openai", model="m", apiKey="k", baseUrl="http://a.test/v1")

    assert (made["displayName"], made["llmFormat"], made["modelName"]) == ("Tool", "openai", "m")
    assert made["urls"][0]["url"] == "http://a.test/v1"
    assert rest.ask("PUT", f"/v1/llms/{made['id']}", {"name": "Renamed"}).json()["displayName"] == "Renamed"


def test_servers_on_this_machine_are_offered(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (FoundServer("Ollama", "http://127.0.0.1:11434/v1", ("llama3.2",)),)

    async def look() -> tuple[FoundServer, ...]:
        return answers

    minds = rest.app.state.minds
    monkeypatch.setitem(rest.app.state._state, "minds", replace(minds, discover=look))
    found = rest.ask("GET", "/v1/llms/discovered")
    assert (found.status_code, found.json()["data"]) == (
        200,
        [{"name": "Ollama", "url": "http://127.0.0.1:11434/v1", "models": ["llama3.2"]}],
    )
    assert found.json()["usable"] == (minds.reach != "public")
    assert rest.ask("GET", "/v1/llms", params={"search": "Ollama"}).json()["data"] == []  # offered, not made


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_built_in_mind_cannot_be_changed(rest: Rest, method: str) -> None:
    assert rest.ask(method, f"/v1/llms/{STOCK}", {"displayName": "x"} if method == "PUT" else None).status_code == 403


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"displayName": None}, "displayName"),
        ({"displayName": ""}, "displayName"),
        ({"modelName": None}, "modelName"),
        ({"llmFormat": None}, "llmFormat"),
        ({"llmFormat": "smoke signals"}, "llmFormat"),
        ({"llmFormat": "azure_openai", "urls": [{"url": "https://a.test"}]}, "deploymentName"),
        ({"llmFormat": "azure_openai"}, "apiVersion"),
        ({"llmFormat": "azure_openai", "deploymentName": "d", "apiVersion": "a&b"}, "apiVersion"),
        ({"urls": []}, "urls"),
        ({"llmFormat": "custom", "urls": None}, "urls"),
        ({"llmFormat": "azure_openai", "urls": None}, "urls"),
        ({"urls": [{"url": "ftp://a.test"}]}, "urls.0.url"),
        ({"urls": [{"region": "eu"}]}, "urls.0.url"),
        ({"urls": [{"url": "http://[broken"}]}, "urls.0.url"),
        ({"urls": [{"url": "https://a.test"}, {"url": "http://169.254.169.254/v1"}]}, "urls.1.url"),
        ({"urls": [{"url": "https://me:pass@a.test/v1"}]}, "urls.0.url"),
        ({"url": "http://0.0.0.0/v1", "urls": None}, "url"),
        ({"urls": [{"url": "https://a.test:99999/v1"}]}, "urls.0.url"),
        ({"urls": [{"url": "https://xn--\u00fc\u2764.test/v1"}]}, "urls.0.url"),
        ({"url": "/v1/chat/completions", "urls": None}, "url"),
        ({"temperature": 3}, "temperature"),
        ({"maxTokens": 1.5}, "maxTokens"),
        ({"metadata": {"x": "y" * 60_000}}, "metadata"),
    ],
)
def test_a_wrong_field_is_named(rest: Rest, change: dict[str, Any], path: str) -> None:
    answer = rest.ask("POST", "/v1/llms", {**OWN, **change})

    assert answer.status_code == 400, answer.text
    contract.check(answer.json(), contract.ERROR)
    assert answer.json()["details"][0]["path"] == path
