"""What is acknowledged is stored: the transaction is over before the answer leaves."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.rest import Rest
from tests.routes import routes
from visavis.core.errors import NotFound
from visavis.db.models import Persona
from visavis.db.repository import Repository


def test_another_connection_sees_a_row_when_its_201_begins(rest: Rest) -> None:
    body = json.dumps({"name": "Stored"}).encode()
    seen: list[str] = []
    answer = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal answer
        if message["type"] == "http.response.start":
            async with rest.database.reading() as session:
                rows = await session.execute(Persona.__table__.select().where(Persona.name == "Stored"))
                seen.extend(row.name for row in rows)
        else:
            answer += message["body"]

    headers = [(b"host", b"a.test"), (b"authorization", f"Bearer {rest.key}".encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/personas", "raw_path": b"/v1/personas", "query_string": b"", "root_path": "", "client": None,
        "server": ("a.test", 80), "headers": [*headers, (b"content-type", b"application/json")],
    }  # fmt: skip
    rest.run(rest.app(scope, receive, send))

    assert json.loads(answer)["name"] == "Stored"
    assert seen == ["Stored"]


def test_a_commit_that_fails_is_no_201(rest: Rest) -> None:
    def fail(_: Session) -> None:
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    event.listen(Session, "before_commit", fail)
    try:
        answer = rest.ask("POST", "/v1/personas", {"name": "Lost"})
    finally:
        event.remove(Session, "before_commit", fail)

    assert answer.status_code == 500
    assert "Lost" not in rest.ask("GET", "/v1/personas").text


def test_an_error_undoes_what_the_request_had_done(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    add = Repository[Persona].add

    async def add_then_fail(self: Repository[Persona], row: Persona) -> Persona:
        await add(self, row)
        raise NotFound("after all")

    with monkeypatch.context() as broken:
        broken.setattr(Repository, "add", add_then_fail)
        assert rest.ask("POST", "/v1/personas", {"name": "Undone"}).status_code == 404

    assert "Undone" not in rest.ask("GET", "/v1/personas").text


def test_nothing_that_routes_ask_for_costs_a_thread(rest: Rest) -> None:
    described = [route.dependant for route in routes(rest.app) if hasattr(route, "dependant")]
    asked = {call for dependant in described for call in dependencies(dependant)}
    assert len(asked) > 5
    plain = [call for call in asked if not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call)]
    assert [call for call in plain if inspect.isfunction(call)] == []


def dependencies(dependant: Any) -> Iterator[Any]:
    for child in dependant.dependencies:
        yield child.call
        yield from dependencies(child)
