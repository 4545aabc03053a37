"""Webhook tools against real servers on loopback: what is asked, how often, and what becomes of every answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.net.servers import Answer, Server, answers, serving
from visavis.core.spec import WebhookSpec
from visavis.core.tools import ToolAnswer, ToolFailed
from visavis.net.guard import Guard
from visavis.resources.tools.requests import Asking
from visavis.resources.tools.webhooks import RESPONSE_BYTES_MAX, Webhooks

ASKING = Asking("session-1")


@pytest.fixture
async def webhooks() -> AsyncIterator[Webhooks]:
    asking = Webhooks(Guard(allow_private=True), "1.0")
    yield asking
    await asking.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


async def ask(webhooks: Webhooks, server: Server, method: str, path: str = "/x", **arguments: object) -> ToolAnswer:
    return await webhooks.call(WebhookSpec(server.url + path, method), arguments, ASKING)


async def test_a_text_is_given_as_it_is(webhooks: Webhooks, server: Server) -> None:
    server.answers["/x"] = answers(200, "Grüße".encode("latin-1"), content_type="text/plain; charset=latin-1")
    assert (await ask(webhooks, server, "POST", item="tea")).text == "Grüße"
    head, body = server.requests[0]
    assert body == b'{"item": "tea"}'
    assert "user-agent: Visavis/1.0" in head
    assert "authorization" not in head.lower()


async def test_a_refusal_is_told_apart_from_what_the_server_wrote(webhooks: Webhooks, server: Server) -> None:
    server.answers["/x"] = answers(404, b'{"error": "no order 7"}', content_type="application/json")
    with pytest.raises(ToolFailed) as failed:
        await ask(webhooks, server, "POST")
    assert failed.value.message == "It answered 404."
    assert failed.value.said == '{"error": "no order 7"}'


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answers(200, b"\x89PNG", content_type="image/png"), "no text"),
        (answers(200, b"x" * (RESPONSE_BYTES_MAX + 1), content_type="text/plain"), "more than 256 KiB"),
        (answers(200, b"x", content_type="text/plain", content_encoding="gzip"), "compressed"),
        (answers(200, b"x", content_type="text/plain; charset=nobody-knows"), ""),
    ],
)
async def test_what_no_mind_could_read(webhooks: Webhooks, server: Server, answer: Answer, words: str) -> None:
    server.answers["/x"] = answer
    if not words:
        assert (await ask(webhooks, server, "POST")).text == "x"
        return
    with pytest.raises(ToolFailed, match=words):
        await ask(webhooks, server, "POST")


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Not a word."""


async def _break_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Said\r\ncontent-length: 100\r\ncontent-type: text/plain\r\n\r\nhalf")
    await writer.drain()


@pytest.mark.parametrize(("method", "times"), [("GET", 2), ("PUT", 2), ("DELETE", 2), ("POST", 1), ("PATCH", 1)])
async def test_only_what_can_arrive_twice_is_sent_again(
    webhooks: Webhooks, server: Server, method: str, times: int
) -> None:
    server.answers["/x"] = _hang_up
    with pytest.raises(ToolFailed, match="cannot be reached"):
        await ask(webhooks, server, method)
    assert len(server.requests) == times


async def test_a_second_try_may_work(webhooks: Webhooks, server: Server) -> None:
    async def second_time(writer: asyncio.StreamWriter) -> None:
        if len(server.requests) > 1:
            await answers(200, b"here", content_type="text/plain")(writer)

    server.answers["/x"] = second_time
    assert (await ask(webhooks, server, "GET")).text == "here"


async def test_once_it_answers_nothing_is_sent_again(webhooks: Webhooks, server: Server) -> None:
    server.answers["/x"] = _break_off
    with pytest.raises(ToolFailed, match="broke off"):
        await ask(webhooks, server, "GET")
    assert len(server.requests) == 1


async def test_redirects_are_for_reading(webhooks: Webhooks, server: Server) -> None:
    server.answers["/x"] = answers(302, location="/y")
    server.answers["/y"] = answers(200, b"here", content_type="text/plain")
    assert (await ask(webhooks, server, "GET")).text == "here"
    with pytest.raises(ToolFailed, match="302"):
        await ask(webhooks, server, "POST")


async def test_the_guard_is_asked(server: Server) -> None:
    asking = Webhooks(Guard(allow_private=False), "1.0")
    with pytest.raises(ToolFailed, match="not a public internet address"):
        await ask(asking, server, "GET")
    assert not server.requests
    await asking.close()


async def test_arguments_that_cannot_stand_in_the_address(webhooks: Webhooks, server: Server) -> None:
    with pytest.raises(ToolFailed, match="could not be made"):
        await ask(webhooks, server, "GET", "/users/{{id}}", id="..")
    assert not server.requests
