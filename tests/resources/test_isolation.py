"""What one organization owns does not exist for another, by any route."""

from typing import Any

from tests.rest import DOCUMENTED, Rest

LLM = {"displayName": "Mine", "llmFormat": "openai", "modelName": "m", "url": "http://a.test/v1", "secret": "s"}


def test_nothing_of_one_organization_is_seen_or_touched_by_another(rest: Rest) -> None:
    owner = rest.key
    persona, llm = rest.persona(name="Owned"), rest.create("/v1/llms", **LLM)
    session = rest.ask("POST", "/v1/engine/session", {"personaConfig": {"personaId": persona["id"]}}).json()
    stranger = rest.new_organization()
    addresses = {
        f"/v1/personas/{persona['id']}": ("GET", "PUT", "DELETE"),
        f"/v1/llms/{llm['id']}": ("GET", "PUT", "DELETE"),
        f"/v1/sessions/{session['sessionId']}": ("GET",),
        f"/v1/sessions/{session['sessionId']}/stop": ("POST",),
        f"/v1/engine/session/{session['sessionId']}/kill": ("POST",),
    }
    before = {address: rest.ask("GET", address, key=owner).json() for address in addresses}

    for address, methods in addresses.items():
        for method in methods:
            answer = rest.ask(method, address, {"name": "Stolen"} if method == "PUT" else None, key=stranger)
            assert answer.status_code == 404, (method, address)
            assert "Owned" not in answer.text

    for noun in ("personas", "llms", "sessions", "avatars", "voices"):
        assert "Owned" not in rest.ask("GET", f"/v1/{noun}", params={"perPage": 100}, key=stranger).text
    assert rest.ask("GET", "/v1/sessions", key=stranger).json()["meta"]["total"] == 0
    assert {address: rest.ask("GET", address, key=owner).json() for address in addresses} == before


def test_what_another_organization_owns_cannot_be_referred_to(rest: Rest) -> None:
    persona, llm = rest.persona(), rest.create("/v1/llms", **LLM)
    rest.new_organization()
    requests: list[tuple[str, dict[str, Any]]] = [
        ("/v1/personas", {**DOCUMENTED, "llmId": llm["id"]}),
        ("/v1/auth/session-token", {"personaConfig": {**DOCUMENTED, "llmId": llm["id"]}}),
        ("/v1/auth/session-token", {"personaConfig": {"personaId": persona["id"]}}),
        ("/v1/engine/session", {"personaConfig": {"personaId": persona["id"]}}),
    ]

    for address, body in requests:
        assert rest.ask("POST", address, body).status_code == 400


def test_every_management_route_wants_a_key(rest: Rest) -> None:
    open_routes = {
        "/healthz", "/readyz", "/talk", "/v1/metrics/client", "/assets/avatars/{id}/{file}",
        "/assets/voices/{id}/sample.wav",
    }  # fmt: skip
    schema = rest.app.openapi()
    asked = 0
    for path, operations in schema["paths"].items():
        if path in open_routes:
            continue
        for method in operations:
            address = path.replace("{id}", "00000000-0000-4000-8000-000000000000")
            answer = rest.ask(method.upper(), address, {} if method in ("post", "put") else None, key="")
            assert answer.status_code == 401, (method, path)
            asked += 1
    assert asked > 15
