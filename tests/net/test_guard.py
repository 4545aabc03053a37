"""Requests to addresses that somebody else chose, against real servers on this machine."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.certificates import certificate
from tests.net.servers import Server, answers, serving
from visavis.core.errors import InvalidRequest
from visavis.net.guard import Guard, Refused, Resolve

PUBLIC = "93.184.215.14"
TLS = ssl.create_default_context()


def resolving(*rounds: Sequence[str]) -> Resolve:
    """Answers one round after the other, and the last one for ever."""
    left = list(rounds)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
def near() -> Guard:
    return Guard(allow_private=True)


async def refusal(guard: Guard, url: str) -> str:
    with pytest.raises(InvalidRequest) as raised:
        await guard.check(url)
    assert raised.value.details[0].path == "url"
    assert raised.value.details[0].code == "address_refused"
    return raised.value.message


# --- judging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", "begins with"),
        ("file:///etc/passwd", "begins with"),
        ("gopher://example.com:70/", "begins with"),
        ("//example.com/", "begins with"),
        ("/v1/chat", "begins with"),
        ("http://", "begins with"),
        ("", "begins with"),
        ("http://[broken", "not a web address"),
        ("https://a.test:99999/", "port 99999"),
        ("https://xn--\u00fc\u2764.test/", "not a web address"),
        ("https://name:secret@example.com/", "name and password"),
        ("https://name@example.com/", "name and password"),
        ("http://example.com:22/", "port 22"),
        ("http://example.com:0/", "port 0"),
        ("https://example.com/" + "x" * 3000, "characters"),
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
async def test_a_url_that_is_not_for_the_web_is_refused(url: str, reason: str, allow_private: bool) -> None:
    assert reason in await refusal(Guard(allow_private, resolve=resolving([PUBLIC])), url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
async def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    message = await refusal(Guard(allow_private=False), f"http://{host}:8000/")

    assert "VISAVIS_ALLOW_PRIVATE_URLS" in message
    await Guard(allow_private=True).check(f"http://{host}:8000/")


async def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    await refusal(Guard(allow_private=False, resolve=resolving([PUBLIC, "10.0.0.7"])), "https://mixed.test/")
    await refusal(Guard(allow_private=True, resolve=resolving([PUBLIC, "169.254.169.254"])), "https://mixed.test/")
    assert await Guard(False, resolve=resolving([PUBLIC, "2606:4700::1"])).check("https://good.test/") is None


async def test_a_name_without_an_address_passes_until_it_is_asked() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    guard = Guard(allow_private=False, resolve=nobody)
    await guard.check("https://later.test/")
    with pytest.raises(InvalidRequest) as raised:
        await guard.fetch("https://later.test/", max_bytes=10, timeout_s=5)
    assert "cannot be reached" in raised.value.message


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://[", "https://a@", "http://a:"]))
def test_any_text_is_refused_or_passes(text: str, before: str) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC]

    try:
        asyncio.run(Guard(allow_private=False, resolve=resolve, tls=TLS).check(before + text))
    except InvalidRequest:
        assert asked == []
    else:
        assert len(asked) == 1
        assert asked[0]


# --- connecting ---------------------------------------------------------------------------------------------------


async def test_what_is_allowed_is_fetched(near: Guard, server: Server) -> None:
    server.answers["/picture?x=1"] = answers(200, b"pixels", content_type="image/png")

    fetched = await near.fetch(f"{server.url}/picture?x=1", max_bytes=6, timeout_s=5)

    assert (fetched.content, fetched.content_type) == (b"pixels", "image/png")
    assert f"host: 127.0.0.1:{server.port}" in server.requests[0][0].lower()


async def test_a_name_that_changes_its_mind_gains_nothing(server: Server) -> None:
    """The check hears a public address; when the connection is made, the same name leads to this machine."""
    guard = Guard(allow_private=False, resolve=resolving([PUBLIC], ["127.0.0.1"]))
    url = f"http://rebinding.test:{server.port}/"

    await guard.check(url)
    async with guard.client(timeout_s=5) as client:
        with pytest.raises(Refused):
            await client.get(url)
    assert server.requests == []


async def test_the_connection_goes_to_the_address_that_was_judged(server: Server) -> None:
    """One answer is judged and used; a second one is never asked for."""
    server.answers["/"] = answers(200, b"here")
    guard = Guard(allow_private=True, resolve=resolving(["127.0.0.1"], ["203.0.113.1"]))

    async with guard.client(timeout_s=5) as client:
        answer = await client.get(f"http://name.test:{server.port}/")

    assert answer.text == "here"
    assert f"host: name.test:{server.port}" in server.requests[0][0].lower()


async def test_the_next_address_is_tried_when_one_is_dead(server: Server) -> None:
    server.answers["/"] = answers(200, b"here")
    guard = Guard(allow_private=True, resolve=resolving(["::1", "127.0.0.1"]))

    assert (await guard.fetch(f"http://both.test:{server.port}/", max_bytes=10, timeout_s=5)).content == b"here"


async def test_a_certificate_is_verified_for_the_name(tmp_path: Path) -> None:
    files = certificate(tmp_path, "good.test")
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(*files)
    trusting = ssl.create_default_context(cafile=str(files[0]))
    guard = Guard(allow_private=True, resolve=resolving(["127.0.0.1"]), tls=trusting)
    async with serving(served) as server:
        server.answers["/"] = answers(200, b"sealed")
        fetched = await guard.fetch(f"https://good.test:{server.port}/", max_bytes=10, timeout_s=5)
        assert fetched.content == b"sealed"
        with pytest.raises(InvalidRequest):
            await guard.fetch(f"https://other.test:{server.port}/", max_bytes=10, timeout_s=5)


async def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/"] = answers(200, b"direct")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async with Guard(allow_private=True).client(timeout_s=5) as client:
        assert (await client.get(f"{server.url}/")).text == "direct"


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "http://inside.test:{port}/secret",
        "file:///etc/passwd",
        "http://a:b@front.test:{port}/",
        "http://front.test:22/",
    ],
)
async def test_a_redirect_is_judged_like_a_first_request(server: Server, target: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "front.test" else ["169.254.169.254"]

    server.answers["/"] = answers(302, location=target.format(port=server.port))
    guard = Guard(allow_private=True, resolve=resolve)

    with pytest.raises(InvalidRequest):
        await guard.fetch(f"http://front.test:{server.port}/", max_bytes=10, timeout_s=5)
    assert len(server.requests) == 1


async def test_redirects_are_followed_and_counted(near: Guard, server: Server) -> None:
    server.answers["/a"] = answers(302, location="/b")
    server.answers["/b"] = answers(200, b"arrived")
    server.answers["/round"] = answers(302, location="/round")

    assert (await near.fetch(f"{server.url}/a", max_bytes=10, timeout_s=5)).content == b"arrived"
    with pytest.raises(InvalidRequest, match="more than 5 times"):
        await near.fetch(f"{server.url}/round", max_bytes=10, timeout_s=5)
    async with near.client(timeout_s=5) as client:
        assert (await client.get(f"{server.url}/a")).status_code == 302


# --- limits -------------------------------------------------------------------------------------------------------


async def test_a_body_without_end_is_cut_off(near: Guard, server: Server) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    server.answers["/"] = endless

    with pytest.raises(InvalidRequest, match="more than 50000 bytes"):
        await near.fetch(f"{server.url}/", max_bytes=50_000, timeout_s=5)


async def test_a_body_that_drips_is_not_waited_for(near: Guard, server: Server) -> None:
    """Each step comes in time, the whole would not."""
    stop = asyncio.Event()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while not stop.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    server.answers["/"] = drip

    with pytest.raises(InvalidRequest, match=r"within 0\.2 seconds"):
        await near.fetch(f"{server.url}/", max_bytes=1_000_000, timeout_s=0.2)
    stop.set()


async def test_a_server_that_says_nothing_is_not_waited_for(near: Guard, server: Server) -> None:
    waiting = asyncio.Event()

    async def silence(writer: asyncio.StreamWriter) -> None:
        await waiting.wait()

    server.answers["/"] = silence
    with pytest.raises(InvalidRequest):
        await near.fetch(f"{server.url}/", max_bytes=10, timeout_s=0.2)
    async with near.client(timeout_s=0.1) as client:
        with pytest.raises(httpx.TimeoutException):
            await client.get(f"{server.url}/")
    waiting.set()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answers(404), "answers 404"),
        (answers(200, b"\x1f\x8b", content_encoding="gzip"), "compressed"),
        (answers(500), "answers 500"),
    ],
)
async def test_an_answer_that_is_no_file_is_refused(near: Guard, server: Server, answer: object, reason: str) -> None:
    server.answers["/"] = answer  # pyright: ignore[reportArgumentType]

    with pytest.raises(InvalidRequest, match=reason):
        await near.fetch(f"{server.url}/", max_bytes=10, timeout_s=5)
