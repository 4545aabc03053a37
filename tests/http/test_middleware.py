"""What happens to every request: CORS, ids, sizes, proxies, and errors nobody expected."""

import ipaddress
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from tests.resources import contract
from tests.rest import DOCUMENTED, URL, Rest
from visavis.http.middleware import Proxies

PAGES = ["/v1/auth/session-token", "/v1/engine/session", "/v1/metrics/client", "/talk", "/v1/personas/x/widget"]


@pytest.mark.parametrize("path", PAGES)
def test_h21_a_browser_may_ask_before_it_calls(rest: Rest, path: str) -> None:
    wanted = {"origin": "https://a.test", "access-control-request-method": "POST"}

    answer = rest.ask("OPTIONS", path, headers=wanted, key="")

    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "x-anam-target-url"))
    methods = answer.headers["access-control-allow-methods"]
    assert all(name in methods for name in ("GET", "POST", "PUT", "DELETE", "OPTIONS"))
    assert int(answer.headers["access-control-max-age"]) > 0


def test_h21_every_error_is_json_that_other_origins_may_read(rest: Rest) -> None:
    too_large = {"name": "x" * 20_000}
    requests: list[tuple[int, str, str, Any, str | None]] = [
        (400, "POST", "/v1/personas", {"name": 5}, None),
        (401, "GET", "/v1/personas", None, ""),
        (403, "DELETE", "/v1/personas/4314d606-bab4-5fc8-808b-878c43ae6a4c", None, None),
        (404, "GET", "/v1/personas/nobody", None, None),
        (404, "GET", "/no/such/route", None, None),
        (404, "POST", "/v2/personas", {}, None),
        (405, "PATCH", "/v1/personas", None, None),
        (413, "POST", "/v1/personas", too_large, None),
    ]
    for status, method, path, body, key in requests:
        answer = rest.ask(method, path, body, key=key, headers={"origin": "https://a.test"})
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["access-control-allow-origin"] == "*"
        contract.check(answer.json(), contract.ERROR)
    assert rest.ask("PATCH", "/v1/personas").headers["allow"]
    assert rest.ask("GET", "/v1/personas", key="").headers["www-authenticate"] == "Bearer"


def test_an_unexpected_error_tells_nothing_about_the_inside(rest: Rest) -> None:
    async def fail() -> None:
        raise RuntimeError("secret inside")

    rest.app.add_api_route("/fail", fail)

    answer = rest.ask("GET", "/fail")

    assert answer.status_code == 500
    contract.check(answer.json(), contract.ERROR)
    assert "secret" not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-request-id"]


def test_a_body_without_a_length_is_cut_at_the_limit(rest: Rest) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 4096

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rest.app), base_url=URL) as client:
            headers = {"authorization": f"Bearer {rest.key}", "content-type": "application/json"}
            return await client.post("/v1/personas", content=endless(), headers=headers)

    answer = rest.run(send())

    assert answer.status_code == 413
    assert "10000" in answer.json()["message"]


@pytest.mark.parametrize(
    ("sent", "kept"), [("abc-123", True), ("x" * 65, False), ("new\tline", False), ("<script>", False)]
)
def test_a_request_id_is_kept_if_it_is_harmless(rest: Rest, sent: str, kept: bool) -> None:
    answer = rest.ask("GET", "/healthz", headers={"x-request-id": sent})

    assert (answer.headers["x-request-id"] == sent) is kept
    assert answer.headers["x-request-id"]


def test_a_log_line_says_which_route_and_nothing_private(rest: Rest) -> None:
    session_id = rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}).json()["sessionId"]
    with structlog.testing.capture_logs() as lines:
        rest.ask("POST", f"/v1/sessions/{session_id}/stop", headers={"x-request-id": "r1"})
        rest.ask("POST", f"{URL}//v1/personas", {"systemPrompt": "private words", "name": 5})

    written = json.dumps(lines, default=str)
    assert [line["route"] for line in lines if line["event"] == "request"] == ["/v1/sessions/{id}/stop", "/v1/personas"]
    assert not any(private in written for private in (session_id, "private words", rest.key))


BROKEN = [
    b"{", b"", b"null", b"[]", b'"text"', b"5", b"{'name': 'x'}", b'{"name": NaN}', b'{"voiceSpeed": 1e999}',
    b'{"voiceSpeed": ' + b"9" * 5000 + b"}", b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'{"\\u0000": 1}',
    b"\xff\xfe", b"[" * 5000, b'{"a":' * 70 + b"1" + b"}" * 70, b'{"widgetConfig": {"position": "\\udfff"}}',
]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_body_that_is_no_json_object_is_400(rest: Rest, content: bytes) -> None:
    answer = rest.ask("POST", "/v1/personas", content=content)

    assert answer.status_code == 400, answer.text
    contract.check(answer.json(), contract.ERROR)
    assert answer.json()["details"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_kind_of_body_is_400_with_advice(rest: Rest, media_type: str) -> None:
    answer = rest.ask("POST", "/v1/personas", content=b'{"name": "x"}', headers={"content-type": media_type})

    assert answer.status_code == 400
    assert "application/json" in answer.json()["message"]


def test_json_needs_no_content_type(rest: Rest) -> None:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rest.app), base_url=URL) as client:
            return await client.post("/v1/personas", content=b"{}", headers={"authorization": f"Bearer {rest.key}"})

    assert rest.run(send()).status_code == 201


@pytest.mark.parametrize("host", ["a b", "evil.test/path", "x@y", "", "a.test:port"])
def test_a_strange_host_header_makes_no_address(rest: Rest, host: str) -> None:
    answer = rest.ask("GET", "/v1/personas", headers={"host": host})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["path"] == "Host"


class Seen:
    """The inner application: remembers what it was told."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scheme, self.headers = scope["scheme"], dict(scope["headers"])


@pytest.mark.parametrize(
    ("client", "kind", "scheme", "host"),
    [
        ("10.1.2.3", "http", "https", b"public.test"),
        ("10.1.2.3", "websocket", "wss", b"public.test"),
        ("11.1.2.3", "http", "http", b"inner"),
        ("not an address", "http", "http", b"inner"),
        (None, "http", "http", b"inner"),
    ],
)
async def test_only_trusted_proxies_are_believed(client: str | None, kind: str, scheme: str, host: bytes) -> None:
    seen = Seen()
    headers = [
        (b"host", b"inner"),
        (b"x-forwarded-proto", b"https, http"),
        (b"x-forwarded-host", b"public.test, inner"),
    ]
    plain = "http" if kind == "http" else "ws"
    scope = {"type": kind, "scheme": plain, "headers": headers, "client": (client, 1) if client else None}

    await Proxies(seen, [ipaddress.ip_network("10.0.0.0/8")])(scope, None, None)  # type: ignore[arg-type]

    assert (seen.scheme, seen.headers[b"host"]) == (scheme, host)


def test_a_proxy_decides_the_addresses_in_answers(tmp_path: Path) -> None:
    with Rest("", tmp_path, trusted_proxies=["127.0.0.1"]) as rest:  # where the in-process client seems to be
        forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "public.test"}
        answer = rest.ask("POST", "/v1/engine/session", {"personaConfig": DOCUMENTED}, headers=forwarded).json()

    assert (answer["engineHost"], answer["engineProtocol"]) == ("public.test", "https")
