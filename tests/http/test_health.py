"""Alive is not the same as ready."""

from tests.rest import Rest
from visavis.http.health import PartHealth


def test_alive_as_long_as_it_answers(rest: Rest) -> None:
    rest.media.health = PartHealth(False, "ill")

    assert rest.ask("GET", "/healthz", key="").status_code == 200


def test_ready_says_what_has_fallen_back(rest: Rest) -> None:
    rest.media.health = PartHealth(True, "sound energy instead of a network", fell_back=True)

    answer = rest.ask("GET", "/readyz", key="")

    assert answer.status_code == 200
    assert answer.json()["ready"]
    assert answer.json()["fallbacks"] == ["media: sound energy instead of a network"]
    assert answer.json()["parts"]["database"]["ok"]


def test_not_ready_while_a_part_fails(rest: Rest) -> None:
    rest.media.health = PartHealth(False, "no worker")

    answer = rest.ask("GET", "/readyz", key="")

    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["parts"]["media"] == {"ok": False, "detail": "no worker", "fellBack": False}


def test_not_ready_when_a_part_cannot_even_answer(rest: Rest) -> None:
    async def broken() -> PartHealth:
        raise OSError("gone")

    rest.app.state.checks["broken"] = broken
    try:
        answer = rest.ask("GET", "/readyz", key="")
    finally:
        del rest.app.state.checks["broken"]

    assert (answer.status_code, answer.json()["parts"]["broken"]["ok"]) == (503, False)
