"""The router that serves the built Lab."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from visavis.lab.pages import IMMUTABLE, lab_router

SCRIPT = "console.log('hello');\n" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "lab").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Visavis Lab</title>")
    (built / "docs.html").write_text("<!doctype html><title>Visavis API</title>")
    (built / "guest.html").write_text("<!doctype html><title>Somebody</title>")
    (built / "demo.html").write_text("<!doctype html><title>Widget</title>")
    (built / "widget.js").write_text("customElements")
    (built / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (built / "licenses.md").write_text("# Licenses")
    (built / "lab" / "index-abc123.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("not for you")
    return built


FRAMES: dict[str, Sequence[str] | None] = {
    "open": None,
    "closed": [],
    "some": ["https://a.test/", "http://b.test:8080", "https://c.test/*; script-src *", "https://d.test 'none'"],
}


async def frames(request: Request, token: str) -> Sequence[str] | None:
    return FRAMES[token]


def client_of(dist: Path, *urls: str) -> httpx.AsyncClient:
    app = FastAPI(docs_url=None)
    app.include_router(lab_router(dist, urls, frames))

    @app.get("/v1/personas")
    async def personas() -> list[str]:
        return []

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://lab.test:8000")


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dist) as client:
        yield client


async def test_page_is_revalidated_and_guarded(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "Visavis Lab" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://lab.test:8000 wss://lab.test:8000"
    assert policy["frame-ancestors"] == "'none'"


async def test_the_page_about_the_api_is_guarded_alike(client: httpx.AsyncClient) -> None:
    lab, docs = await client.get("/"), await client.get("/docs")
    assert (docs.status_code, "Visavis API" in docs.text) == (200, True)
    assert docs.headers["content-security-policy"] == lab.headers["content-security-policy"]
    assert (await client.get("/docs.html")).status_code == 404


async def rule_of(client: httpx.AsyncClient, path: str, name: str) -> str:
    policy = (await client.get(path)).headers["content-security-policy"]
    return dict(rule.split(" ", 1) for rule in policy.split("; "))[name]


@pytest.mark.parametrize(
    ("token", "ancestors"),
    [("open", "*"), ("closed", "'self'"), ("some", "'self' https://a.test http://b.test:8080")],
)
async def test_pages_that_were_allowed_may_hold_a_guests_page_in_a_frame(
    client: httpx.AsyncClient, token: str, ancestors: str
) -> None:
    assert await rule_of(client, f"/frame/{token}", "frame-ancestors") == ancestors
    assert await rule_of(client, f"/share/{token}", "frame-ancestors") == "'none'"
    assert "Somebody" in (await client.get(f"/frame/{token}")).text


async def test_the_demo_shows_frames_of_its_own(client: httpx.AsyncClient) -> None:
    assert await rule_of(client, "/demo", "frame-src") == "'self'"
    assert await rule_of(client, "/", "frame-src") == "'none'"


async def test_the_widget_is_asked_for_again_so_that_pages_get_the_newest(client: httpx.AsyncClient) -> None:
    answer = await client.get("/widget.js")
    assert (answer.text, answer.headers["cache-control"]) == ("customElements", "no-cache")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert (await client.get("/widget.mjs")).status_code == 404


async def test_unchanged_page_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/")
    second = await client.get("/", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert second.status_code == 304
    assert second.content == b""


async def test_hashed_files_are_kept_for_ever_and_sent_compressed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/lab/index-abc123.js")
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 2
    plain = await client.get("/lab/index-abc123.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == SCRIPT
    assert "content-encoding" not in plain.headers


async def test_a_head_request_gets_headers_alone(client: httpx.AsyncClient) -> None:
    answer = await client.head("/")
    assert answer.status_code == 200
    assert answer.content == b""


async def test_icon_answers_under_both_names(client: httpx.AsyncClient) -> None:
    for path in ("/favicon.svg", "/favicon.ico"):
        answer = await client.get(path)
        assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"


async def test_licenses_of_what_is_bundled_can_be_read(client: httpx.AsyncClient) -> None:
    assert (await client.get("/licenses.md")).text == "# Licenses"


@pytest.mark.parametrize(
    "path", ["/lab/none.js", "/lab/..%2f..%2fsecret.txt", "/lab/%2e%2e/index.html", "/index.php", "/v1/none"]
)
async def test_unknown_paths_are_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_api_beside_it_keeps_its_own_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/personas")).json() == []
    assert (await client.patch("/v1/personas")).status_code == 405


async def test_a_public_address_is_allowed_too(dist: Path) -> None:
    async with client_of(dist, "https://personas.example/") as client:
        policy = (await client.get("/")).headers["content-security-policy"]
    assert "img-src 'self' https://personas.example data:;" in policy
    assert "wss://personas.example;" in policy


async def test_a_strange_host_header_adds_nothing_to_the_policy(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers={"Host": "evil.test; script-src *"})
    assert "connect-src 'self';" in answer.headers["content-security-policy"]


async def test_without_a_build_the_page_says_what_is_missing(tmp_path: Path) -> None:
    async with client_of(tmp_path / "nothing") as client:
        answer = await client.get("/")
        docs = await client.get("/docs")
        icon = await client.get("/favicon.ico")
    assert docs.text == answer.text
    assert answer.status_code == 200
    assert "Node.js" in answer.text
    assert "/v1" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert icon.status_code == 204
