"""What a key may do: one permission for each route, refused by name."""

from pathlib import Path

import pytest

from tests.rest import DOCUMENTED, Rest
from tests.routes import keyed_routes
from visavis.http.auth import KEY_TRUSTED_S, KnownKeys, Subject
from visavis.http.permissions import GRANTABLE, OTHER_ORGANIZATIONS, PERMISSIONS, RESOURCES, needed
from visavis.resources.organizations.service import revoke_key

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_every_route_that_takes_a_key_needs_one_permission_and_says_so(rest: Rest) -> None:
    described = rest.app.openapi()["paths"]
    routes = keyed_routes(rest.app)
    assert len(routes) > 15
    for route in routes:
        assert route.permission in GRANTABLE, route.path
        [method] = route.methods or ()
        if route.include_in_schema:
            schemes = described[route.path][method.lower()]["security"]
            assert route.permission in [name for scheme in schemes for names in scheme.values() for name in names]


def test_every_resource_has_routes(rest: Rest) -> None:
    assert {route.permission.split(":")[0] for route in keyed_routes(rest.app)} == set(RESOURCES)


def test_every_permission_is_documented() -> None:
    text = Path("docs/keys.md").read_text(encoding="utf-8")
    assert [name for name in PERMISSIONS if f"`{name}`" not in text] == []


def test_a_route_of_an_unknown_resource_cannot_be_made() -> None:
    with pytest.raises(LookupError, match="secrets"):
        needed("GET", "/v1/secrets")


def test_a_key_that_lacks_one_permission_is_refused_by_its_name(rest: Rest) -> None:
    """Refused before anything of the request is looked at: also where there would be nothing to find."""
    keys = {missing: rest.new_key("limited", *(set(GRANTABLE) - {missing})) for missing in GRANTABLE}
    for route in keyed_routes(rest.app):
        [method] = route.methods or ()
        body = {} if method in ("POST", "PUT") else None

        answer = rest.ask(method, route.path.replace("{id}", NOBODY), body, key=keys[route.permission])

        assert answer.status_code == 403, (method, route.path)
        assert f'"{route.permission}"' in answer.json()["message"]


def test_reading_and_writing_are_two_permissions(rest: Rest) -> None:
    address = f"/v1/personas/{rest.persona()['id']}"
    reader = rest.new_key(rest.organization, "personas:read")
    writer = rest.new_key(rest.organization, "personas:write")

    assert rest.ask("GET", address, key=reader).status_code == 200
    assert rest.ask("PUT", address, {"name": "New"}, key=reader).status_code == 403
    assert rest.ask("PUT", address, {"name": "New"}, key=writer).status_code == 200
    assert rest.ask("GET", address, key=writer).status_code == 403


def test_a_revoked_key_is_worthless_and_so_are_its_tokens(rest: Rest) -> None:
    key = rest.new_key(rest.organization)
    token = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": DOCUMENTED}, key=key).json()["sessionToken"]
    others = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": DOCUMENTED}).json()["sessionToken"]

    async def revoke() -> None:
        async with rest.database.writing() as session:
            await revoke_key(session, key[:8])

    rest.run(revoke())
    rest.app.state.known_keys = KnownKeys()  # a second later

    refused = rest.ask("GET", "/v1/personas", key=key)
    assert (refused.status_code, "revoked" in refused.json()["message"]) == (401, True)
    assert rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}, key=key).status_code == 401
    assert rest.ask("POST", "/v1/engine/session", {}, key=token).status_code == 401
    assert rest.ask("POST", "/v1/engine/session", {}, key=others).status_code == 200


def test_a_key_is_trusted_for_a_moment_and_no_longer() -> None:
    now_s = 0.0
    known, somebody = KnownKeys(lambda: now_s), Subject("o", "k")
    known.keep("hash", somebody)

    now_s = KEY_TRUSTED_S * 0.99
    assert (known.get("hash"), known.get("other")) == (somebody, None)
    now_s = KEY_TRUSTED_S
    assert known.get("hash") is None
    assert KEY_TRUSTED_S <= 1, "`visavis keys revoke` waits for as long"


def test_other_organizations_are_for_those_who_may_by_name(rest: Rest) -> None:
    rest.new_organization()
    started = rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}).json()["sessionId"]
    owner = rest.ask("GET", f"/v1/sessions/{started}").json()["organizationId"]
    everything = rest.new_organization()
    admin = rest.new_key(rest.organization, "sessions:read", OTHER_ORGANIZATIONS)
    wanted = {"organizationId": owner}

    assert rest.ask("GET", "/v1/sessions", params=wanted, key=everything).status_code == 403
    assert [row["id"] for row in rest.ask("GET", "/v1/sessions", params=wanted, key=admin).json()["data"]] == [started]
    assert rest.ask("GET", "/v1/sessions", key=admin).json()["data"] == []
    assert rest.ask("GET", f"/v1/sessions/{started}", key=admin).status_code == 404
