"""A POST that is sent twice: one piece of work, one answer."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from tests.resources import contract
from tests.rest import DOCUMENTED, Rest
from visavis.core.errors import Conflict
from visavis.db.models import IdempotentAnswer, Persona, new_id, now
from visavis.http import idempotency
from visavis.http.auth import Caller
from visavis.http.deps import Reading
from visavis.http.routing import router

ADDRESS = "/v1/personas"


def post(rest: Rest, body: Any, key: str = "k-1", address: str = ADDRESS, **request: Any) -> httpx.Response:
    return rest.ask("POST", address, body, headers={"idempotency-key": key}, **request)


def personas(rest: Rest) -> int:
    return rest.ask("GET", ADDRESS, params={"search": "Once"}).json()["meta"]["total"]


def test_the_first_answer_is_given_again(rest: Rest) -> None:
    first, again = (post(rest, {"name": "Once", **DOCUMENTED}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert personas(rest) == 1


def test_another_request_under_the_same_key_is_refused(rest: Rest) -> None:
    post(rest, {"name": "Once"})

    for answer in (post(rest, {"name": "Once more"}), post(rest, {"name": "Once"}, address="/v1/llms")):
        assert answer.status_code == 422
        contract.check(answer.json(), contract.ERROR)
        assert answer.json()["details"][0]["path"] == "Idempotency-Key"
    assert personas(rest) == 1


def test_the_same_key_of_another_organization_is_another_key(rest: Rest) -> None:
    first = post(rest, {"name": "Once"}).json()
    rest.new_organization()

    assert post(rest, {"name": "Once"}).json()["id"] != first["id"]


def test_other_keys_of_the_organization_share_its_answers_if_they_may(rest: Rest) -> None:
    first = post(rest, {"name": "Once"}).json()

    writer, reader = rest.new_key(rest.organization), rest.new_key(rest.organization, "personas:read")
    headers = {"idempotency-key": "k-1"}
    assert rest.ask("POST", ADDRESS, {"name": "Once"}, key=writer, headers=headers).json() == first
    assert rest.ask("POST", ADDRESS, {"name": "Once"}, key=reader, headers=headers).status_code == 403


def test_a_request_that_failed_may_be_tried_again(rest: Rest) -> None:
    wrong = {"name": "Once", "avatarId": "nobody"}

    assert [post(rest, wrong).status_code for _ in range(2)] == [400, 400]
    assert post(rest, {"name": "Once"}).status_code == 201
    assert personas(rest) == 1


def test_of_many_at_once_one_does_the_work(rest: Rest) -> None:
    async def together() -> list[httpx.Response]:
        headers = {"idempotency-key": "at-once"}
        requests = (rest.send("POST", ADDRESS, {"name": "Once"}, headers=headers) for _ in range(8))
        return await asyncio.gather(*requests)

    answers = rest.run(together())

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert personas(rest) == 1


def test_answers_are_sealed_and_forgotten_after_a_day(rest: Rest) -> None:
    first = post(rest, {"name": "Once", "systemPrompt": "private words"}).json()

    async def stored() -> list[IdempotentAnswer]:
        async with rest.database.reading() as session:
            owner = select(Persona.organization_id).where(Persona.id == first["id"]).scalar_subquery()
            rows = await session.scalars(select(IdempotentAnswer).where(IdempotentAnswer.organization_id == owner))
            return list(rows)

    async def expire() -> None:
        async with rest.database.writing() as session:
            await session.execute(update(IdempotentAnswer).values(expires_at=now() - timedelta(seconds=1)))

    [row] = rest.run(stored())
    assert (row.status, b"private words" in row.body) == (201, False)
    rest.run(expire())
    post(rest, {"name": "Once"}, key="another")
    assert [row.key for row in rest.run(stored())] == ["another"]
    assert post(rest, {"name": "Once", "systemPrompt": "private words"}).json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "two words", "\u00fc"])
def test_a_strange_key_is_refused(rest: Rest, key: str) -> None:
    answer = rest.ask("POST", ADDRESS, {"name": "Once"}, headers={"idempotency-key": key.encode("latin-1")})  # type: ignore[dict-item]

    assert answer.status_code == 400
    assert personas(rest) == 0


def test_a_key_is_ignored_where_answers_are_credentials(rest: Rest) -> None:
    for address in ("/v1/auth/session-token", "/v1/engine/session"):
        first, again = (post(rest, {"personaConfig": DOCUMENTED}, address=address) for _ in range(2))
        assert first.is_success
        assert again.json() != first.json()


def test_an_answer_too_large_to_keep_is_remembered_without_its_text(
    rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "ANSWER_BYTES_MAX", 100)

    assert [post(rest, {"name": "Once"}).status_code for _ in range(2)] == [201, 409]
    assert personas(rest) == 1


# --- work that is not one transaction ---------------------------------------------------------------------------------


class Steps:
    """A route that works in several steps, at an address of its own, and what it has done."""

    def __init__(self, rest: Rest) -> None:
        self.rest, self.name, self.done = rest, new_id(), list[str]()
        routes = router(tag="Tools")
        routes.post(f"/tools/{self.name}", status_code=201, include_in_schema=False)(self.work)
        rest.app.include_router(routes)

    async def work(self, what: str, caller: Caller, transaction: Reading) -> dict[str, str]:
        self.done.append(what)
        if what == "conflict":
            raise Conflict("not now")
        if what == "cut":
            raise asyncio.CancelledError
        return {"did": what}

    def post(self, what: str) -> httpx.Response:
        return post(self.rest, None, address=f"/v1/tools/{self.name}?what={what}")


def test_steps_are_taken_once(rest: Rest) -> None:
    steps = Steps(rest)

    assert [steps.post("one").json() for _ in range(2)] == [{"did": "one"}] * 2
    assert steps.done == ["one"]


def test_steps_that_were_refused_may_be_tried_again(rest: Rest) -> None:
    steps = Steps(rest)

    assert [steps.post("conflict").status_code for _ in range(2)] == [409, 409]
    assert steps.done == ["conflict", "conflict"]


def test_steps_that_were_cut_off_are_not_repeated_behind_the_clients_back(rest: Rest) -> None:
    steps = Steps(rest)
    with pytest.raises(asyncio.CancelledError):
        steps.post("cut")

    answer = steps.post("cut")

    assert (answer.status_code, steps.done) == (409, ["cut"])
    assert "cut off" in answer.json()["message"]
