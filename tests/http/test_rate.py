"""How many requests a key may make, with a clock wound by hand, and what clients are told."""

from pathlib import Path

import pytest

from tests.resources import contract
from tests.rest import DOCUMENTED, Rest
from visavis.http import rate
from visavis.http.rate import Buckets


def test_a_minutes_requests_may_come_at_once_and_then_they_drip() -> None:
    buckets = Buckets(60)

    assert [buckets.take("a", 0.0).left for _ in range(60)] == list(range(59, -1, -1))
    refused = buckets.take("a", 0.0)
    assert (refused.left, refused.wait_s, refused.full_in_s) == (0, 1, 60)
    assert buckets.take("a", 1.0).wait_s == 0
    assert buckets.take("a", 1.5).wait_s == 1
    assert buckets.take("a", 100.0).left == 59


def test_a_refusal_costs_nothing() -> None:
    buckets = Buckets(1)
    buckets.take("a", 0.0)

    assert [buckets.take("a", second).wait_s for second in (0.0, 30.0, 59.0)] == [60, 30, 1]
    assert buckets.take("a", 60.0).wait_s == 0


def test_each_key_has_its_own_and_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "KEYS_MAX", 2)
    buckets = Buckets(1)

    assert [buckets.take(name, 0.0).wait_s for name in ("a", "b", "a")] == [0, 0, 60]
    buckets.take("c", 0.0)
    assert [buckets.take(name, 0.0).wait_s for name in ("a", "b")] == [60, 0]


def test_clients_are_told_what_is_left_and_when_to_come_back(tmp_path: Path) -> None:
    with Rest("", tmp_path, requests_per_minute=2) as rest:
        first, second, third = (rest.ask("GET", "/v1/personas") for _ in range(3))

        assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
        assert second.headers["ratelimit-remaining"] == "0"
        assert 30 <= int(second.headers["ratelimit-reset"]) <= 60
        assert third.status_code == 429
        contract.check(third.json(), contract.ERROR)
        assert 0 < int(third.headers["retry-after"]) <= 30
        assert "retry-after" in third.headers["access-control-expose-headers"]
        # another key, no key, a conversation: not the same bucket, or none
        assert rest.ask("GET", "/v1/personas", key=rest.new_key("another")).status_code == 200
        for _ in range(3):
            assert rest.ask("GET", "/healthz").status_code == 200
            assert rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}).status_code == 200
            assert rest.ask("POST", "/v1/metrics/client", {}).status_code == 204
            assert rest.ask("GET", "/v1/personas", key="").status_code == 401


def test_guests_are_counted_by_their_address_and_apart_from_keys(tmp_path: Path) -> None:
    with Rest("", tmp_path, guest_requests_per_minute=2) as rest:
        for path in ("/v1/auth/share-link", "/v1/auth/widget"):
            assert rest.ask("POST", path, {}, key="").status_code == 400
        # where tokens could be guessed
        refused = rest.ask("GET", "/v1/auth/share-link/sh_guess", key="")

        assert refused.status_code == 429
        contract.check(refused.json(), contract.ERROR)
        assert "VISAVIS_GUEST_REQUESTS_PER_MINUTE" in refused.json()["message"]
        assert 0 < int(refused.headers["retry-after"]) <= 30
        assert rest.ask("GET", "/v1/personas").status_code == 200


def test_nothing_is_counted_where_the_operator_does_not_want_it(rest: Rest) -> None:
    assert "ratelimit-limit" not in rest.ask("GET", "/v1/personas").headers
