"""API keys: the ones that are made, and the one the operator brings."""

from pathlib import Path

from tests.rest import Rest
from visavis.resources.organizations import service


def status(rest: Rest, key: str) -> int:
    return rest.ask("GET", "/v1/personas", key=key).status_code


def test_a_fresh_server_makes_one_key_and_says_it_once(tmp_path: Path) -> None:
    with Rest("", tmp_path) as rest:
        first = rest.app.state.first_key
        assert status(rest, first) == 200
    with Rest("", tmp_path) as rest:
        assert rest.app.state.first_key is None
        assert status(rest, first) == 200


def test_each_link_to_the_lab_replaces_the_one_before(rest: Rest) -> None:
    async def link() -> str | None:
        async with rest.app.state.database.writing() as session:
            return await service.link_key(session)

    first, second = rest.run(link()), rest.run(link())
    assert first
    assert second
    assert (status(rest, first), status(rest, second), status(rest, rest.key)) == (401, 200, 200)


def test_the_operators_own_key_is_valid_until_it_is_replaced(tmp_path: Path) -> None:
    with Rest("", tmp_path, api_key="operator-key-1") as rest:
        assert rest.app.state.first_key is None
        assert status(rest, "operator-key-1") == 200
        persona = rest.ask("POST", "/v1/personas", {"name": "Kept"}, key="operator-key-1").json()
        token = rest.ask(
            "POST", "/v1/auth/session-token", {"personaConfig": {"personaId": rest.persona()["id"]}}
        ).json()["sessionToken"]
    with Rest("", tmp_path, api_key="operator-key-1") as rest:
        assert status(rest, "operator-key-1") == 200
        assert rest.ask("POST", "/v1/engine/session", {}, key=token).status_code == 200
    with Rest("", tmp_path, api_key="operator-key-2") as rest:
        assert (status(rest, "operator-key-1"), status(rest, "operator-key-2")) == (401, 200)
        # the same organization, whatever its key
        assert rest.ask("GET", f"/v1/personas/{persona['id']}", key="operator-key-2").status_code == 200
    with Rest("", tmp_path) as rest:
        assert status(rest, "operator-key-2") == 401


def test_an_operator_may_bring_a_key_that_was_made_here(tmp_path: Path) -> None:
    with Rest("", tmp_path) as rest:
        made = rest.app.state.first_key
    with Rest("", tmp_path, api_key=made) as rest:
        assert status(rest, made) == 200
    with Rest("", tmp_path) as rest:
        assert status(rest, made) == 200  # it was never the environment's alone


def test_a_key_makes_another_that_may_no_more_than_itself(rest: Rest) -> None:
    clerk = rest.new_key(rest.organization, "keys:read", "keys:write", "personas:read")
    made = rest.ask("POST", "/v1/keys", {"label": "Shop", "permissions": ["personas:read"]}, key=clerk)
    assert made.status_code == 201
    key = made.json().pop("key")
    assert status(rest, key) == 200
    assert rest.ask("POST", "/v1/personas", {"name": "X"}, key=key).status_code == 403

    refused = rest.ask("POST", "/v1/keys", {"label": "More", "permissions": ["personas:write"]}, key=clerk)
    assert (refused.status_code, '"personas:write"' in refused.json()["message"]) == (403, True)
    unknown = rest.ask("POST", "/v1/keys", {"label": "Odd", "permissions": ["personas:sing"]})
    assert unknown.json()["details"][0]["path"] == "permissions.0"


def test_keys_are_listed_without_themselves_and_revoked_for_good(rest: Rest) -> None:
    made = rest.ask("POST", "/v1/keys", {"label": "Shop"}).json()
    listed = rest.ask("GET", "/v1/keys").json()
    assert [row["label"] for row in listed if row["id"] == made["id"]] == ["Shop"]
    assert made["key"] not in str(listed)
    assert made["key"].startswith(made["prefix"])

    revoked = rest.ask("DELETE", f"/v1/keys/{made['id']}").json()
    assert revoked["revokedAt"] is not None
    assert status(rest, made["key"]) == 401
    [mine] = [row["id"] for row in listed if row["isThis"]]
    assert rest.ask("DELETE", f"/v1/keys/{mine}").status_code == 409


def test_the_server_says_what_it_is_and_what_is_missing(rest: Rest) -> None:
    server = rest.ask("GET", "/v1/server").json()
    assert server["limits"]["sessionsMax"] > 0
    assert set(server["features"]) == {"recordings", "voiceCloning"}
    findings = rest.ask("GET", "/v1/server/health").json()["findings"]
    assert {"voice", "recogniser", "mind"} <= {finding["part"] for finding in findings}
    providers = rest.ask("GET", "/v1/server/providers").json()["providers"]
    assert {"kind": "tts", "name": "flite"} in [{key: row[key] for key in ("kind", "name")} for row in providers]
    assert all(row["usable"] == (row["missing"] == "") for row in providers)
