"""API keys: the ones that are made, and the one the operator brings."""

from pathlib import Path

from tests.rest import Rest


def status(rest: Rest, key: str) -> int:
    return rest.ask("GET", "/v1/personas", key=key).status_code


def test_a_fresh_server_makes_one_key_and_says_it_once(tmp_path: Path) -> None:
    with Rest("", tmp_path) as rest:
        first = rest.app.state.first_key
        assert status(rest, first) == 200
    with Rest("", tmp_path) as rest:
        assert rest.app.state.first_key is None
        assert status(rest, first) == 200


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
