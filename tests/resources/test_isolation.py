"""What one organization owns does not exist for another, by any route: every route of the app is tried."""

from collections.abc import Iterator
from typing import Any

from tests.resources import samples
from tests.resources.owner import IN_FIELD, SECRET, Owner
from tests.rest import DOCUMENTED, Rest
from tests.routes import keyed_routes, routes
from visavis.db.models import new_id
from visavis.http.routing import JsonRoute

# Bodies that need more than their schema says before anybody looks at the id: "POST /v1/things/{id}" → fields.
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/knowledge/groups/{id}/documents/presigned-upload": {"filename": "a.txt"},
}
# Routes with something in their address that take no key, and what they go by instead.
OPEN = {
    "/v1/personas/{id}/widget": "the origin of the page",
    "/v1/uploads/{id}": "a signature in the address",
    "/v1/files/{id}": "a signature in the address",
    "/assets/avatars/{id}/{file}": "nothing for built-in ones, a signature in the address for others",
    "/assets/voices/{id}/sample.wav": "nothing for built-in ones, a signature in the address for others",
    "/{prefix:path}/talk": "the id of a session",
    "/{prefix:path}/ws": "the id of a session",
    "/lab/{name}": "nothing: the Lab's own files",
    "/share/{token}": "the token of a share link, which the page shows to the server",
    "/frame/{token}": "the token of a share link, and the origin of the page around it",
    "/v1/auth/share-link/{token}": "the token of a share link",
}


def test_a_route_that_takes_no_key_says_what_it_goes_by(rest: Rest) -> None:
    keyed = [id(route) for route in keyed_routes(rest.app)]
    without = {route.path for route in routes(rest.app) if "{" in getattr(route, "path", "") and id(route) not in keyed}
    assert without - set(OPEN) == set(), "add it to OPEN with its reason, or let it take a key"


def test_the_owner_sees_what_it_has(rest: Rest) -> None:
    """Or what follows would show nothing."""
    owner = Owner(rest)
    for method, route in with_ids(rest):
        if method == "GET" and route.path.endswith("}"):
            assert rest.ask("GET", owner.address(route.path)).status_code == 200, route.path


def test_nothing_of_one_organization_is_seen_or_touched_by_another(rest: Rest) -> None:
    owner = Owner(rest)
    before = owner.everything()
    rest.new_organization()
    tried, wrong = 0, list[str]()
    for method, route in with_ids(rest):
        name = f"{method} {route.path}"
        content, headers = request(rest, method, route, BODIES.get(name, {}))
        answer = rest.ask(method, owner.address(route.path), content=content, headers=headers)
        tried += 1
        if answer.status_code == 400:
            wrong.append(f"{name}: the body is refused before the id is looked at; say in BODIES what else it needs:")
        if answer.status_code != 404 or SECRET in answer.text:
            wrong.append(f"{name}: {answer.status_code} {answer.text}")
    assert tried > 15
    assert not wrong, "\n".join(wrong)
    assert owner.everything() == before


def test_no_list_shows_what_another_organization_has(rest: Rest) -> None:
    owner = Owner(rest)
    rest.new_organization()
    for route in keyed_routes(rest.app):
        if route.methods == {"GET"} and "{" not in route.path:
            for params in ({"perPage": 100}, {"search": SECRET}, {"personaId": owner.ids[IN_FIELD["personaId"]]}):
                text = rest.ask("GET", route.path, params=params).text
                assert SECRET not in text, (route.path, params)
                assert not [row_id for row_id in owner.ids.values() if f'"id":"{row_id}"' in text], route.path


def test_what_another_organization_has_cannot_be_referred_to(rest: Rest) -> None:
    owner = Owner(rest)
    before = owner.everything()
    rest.new_organization()
    tried = 0
    for route in keyed_routes(rest.app):
        [method] = route.methods or ()
        if method in ("POST", "PUT") and "{" not in route.path and route.include_in_schema:
            for field, value in references(rest, method, route, owner).items():
                content, headers = request(
                    rest, method, route, {**BODIES.get(f"{method} {route.path}", {}), field: value}
                )
                answer = rest.ask(method, route.path, content=content, headers=headers)
                assert answer.status_code in (400, 404), (method, route.path, field, answer.text)
                assert SECRET not in answer.text
                tried += 1
    assert tried > 3
    assert owner.everything() == before


def test_what_another_organization_has_cannot_be_talked_with(rest: Rest) -> None:
    owner = Owner(rest)
    rest.new_organization()
    persona, llm = owner.ids[IN_FIELD["personaId"]], owner.ids[IN_FIELD["llmId"]]
    for address in ("/v1/auth/session-token", "/v1/engine/session"):
        for config in ({"personaId": persona}, {**DOCUMENTED, "llmId": llm}):
            assert rest.ask("POST", address, {"personaConfig": config}).status_code == 400


def test_every_management_route_wants_a_key(rest: Rest) -> None:
    asked = 0
    for route in keyed_routes(rest.app):
        [method] = route.methods or ()
        address = route.path.replace("{id}", new_id())
        assert rest.ask(method, address, {} if method in ("POST", "PUT") else None, key="").status_code == 401, address
        asked += 1
    assert asked > 15


def with_ids(rest: Rest) -> Iterator[tuple[str, JsonRoute]]:
    for route in keyed_routes(rest.app):
        if "{" in route.path:
            [method] = route.methods or ()
            yield method, route


def request(rest: Rest, method: str, route: JsonRoute, fields: dict[str, Any]) -> tuple[bytes | None, dict[str, str]]:
    return samples.request(described(rest, method, route), rest.app.openapi(), fields)


def references(rest: Rest, method: str, route: JsonRoute, owner: Owner) -> dict[str, Any]:
    """The fields of this route's body that hold an id, each with one of this owner's."""
    document, found = rest.app.openapi(), dict[str, Any]()
    for name in samples.fields(described(rest, method, route), document):
        if name.endswith(("Id", "Ids")):
            assert name in IN_FIELD, (
                f"{method} {route.path}: say in IN_FIELD of tests/resources/owner.py what {name} is"
            )
            if IN_FIELD[name] is not None:
                found[name] = [owner.ids[IN_FIELD[name]]] if name.endswith("s") else owner.ids[IN_FIELD[name]]
    return found


def described(rest: Rest, method: str, route: JsonRoute) -> dict[str, Any]:
    return rest.app.openapi()["paths"].get(route.path, {}).get(method.lower(), {})
