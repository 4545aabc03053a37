"""JSON that a client already has is not sent again."""

from typing import Any

import pytest

from tests.rest import Rest
from visavis.http import etags
from visavis.http.etags import ETags


def test_what_has_not_changed_is_not_sent_again(rest: Rest) -> None:
    persona = rest.persona()
    address = f"/v1/personas/{persona['id']}"
    first = rest.ask("GET", address)
    tag = first.headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = rest.ask("GET", address, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["access-control-allow-origin"] == "*"
        assert again.headers["x-request-id"]
        assert "content-type" not in again.headers

    rest.ask("PUT", address, {"name": "New"})
    changed = rest.ask("GET", address, headers={"if-none-match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "New")
    assert changed.headers["etag"] != tag


def test_somebody_elses_copy_is_not_yours(rest: Rest) -> None:
    address = f"/v1/personas/{rest.persona()['id']}"
    tag = rest.ask("GET", address).headers["etag"]
    rest.new_organization()

    assert rest.ask("GET", address, headers={"if-none-match": tag}).status_code == 404
    assert rest.ask("GET", address, headers={"if-none-match": tag}, key="").status_code == 401


def test_only_successes_that_are_read_have_a_tag(rest: Rest) -> None:
    assert "etag" not in rest.ask("GET", "/v1/personas/nobody").headers
    assert "etag" not in rest.ask("POST", "/v1/personas", {}).headers
    assert rest.ask("GET", "/openapi.json").headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("pieces", "media_type", "tagged"),
    [
        ([b"1234"], b"application/json", True),
        ([b"12", b"34"], b"application/json", False),
        ([b"12345"], b"application/json", False),
        ([b"1234"], b"text/vtt", False),
        ([b""], b"application/json", True),
    ],
)
async def test_large_and_streamed_answers_pass_untouched(
    monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], media_type: bytes, tagged: bool
) -> None:
    monkeypatch.setattr(etags, "HASHED_BYTES_MAX", 4)
    sent: list[dict[str, Any]] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media_type)]})
        for number, piece in enumerate(pieces, 1):
            await send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})

    async def send(message: Any) -> None:
        sent.append(message)

    await ETags(answer)({"type": "http", "method": "GET", "headers": []}, None, send)  # type: ignore[arg-type]

    assert [message["body"] for message in sent[1:]] == pieces
    assert any(name == b"etag" for name, _ in sent[0]["headers"]) is tagged
