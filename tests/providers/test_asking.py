"""Which address of a model is asked first: the time is wound by hand."""

from collections.abc import AsyncGenerator

import pytest

from visavis.core.errors import ProviderError
from visavis.providers.asking import REMEMBERED_MAX, REST_S, Health, Patience, in_turn
from visavis.providers.base import MindDelta, TextDelta

URLS = ("first", "second", "third")
ONCE = Patience(rounds=1, pause_between_rounds_s=0)


class Addresses:
    """Every address answers its name, those in `dead` after a failure."""

    def __init__(self, *dead: str) -> None:
        self.dead, self.asked = set(dead), list[str]()
        self.now_s = 0.0
        self.health = Health(lambda: self.now_s)

    async def ask(self, url: str) -> AsyncGenerator[MindDelta, None]:
        self.asked.append(url)
        if url in self.dead:
            raise ProviderError("dead")
        yield TextDelta(url)

    async def reply(self) -> list[MindDelta]:
        self.asked.clear()
        return [delta async for delta in in_turn(URLS, self.ask, ONCE, self.health)]


async def test_the_first_that_answers_is_heard() -> None:
    addresses = Addresses("first")
    assert await addresses.reply() == [TextDelta("second")]
    assert addresses.asked == ["first", "second"]


async def test_an_address_that_failed_rests_behind_the_others() -> None:
    addresses = Addresses("first")
    await addresses.reply()
    assert await addresses.reply() == [TextDelta("second")]
    assert addresses.asked == ["second"]
    addresses.dead.clear()
    addresses.now_s = REST_S
    assert await addresses.reply() == [TextDelta("first")]


async def test_one_that_rests_is_asked_when_no_other_answers() -> None:
    addresses = Addresses("first")
    await addresses.reply()
    addresses.dead = {"second", "third"}
    assert await addresses.reply() == [TextDelta("first")]
    assert addresses.asked == ["second", "third", "first"]
    addresses.dead = set()
    await addresses.reply()
    assert addresses.asked == ["first"]  # it answered, so it rests no longer; the others do


async def test_where_nobody_answers_the_last_reason_is_told() -> None:
    addresses = Addresses(*URLS)
    with pytest.raises(ProviderError, match="dead"):
        await addresses.reply()
    assert addresses.asked == list(URLS)


def test_only_so_many_addresses_are_remembered() -> None:
    health = Health(lambda: 0.0)
    for number in range(REMEMBERED_MAX + 1):
        health.failed(f"url{number}")
    assert health.in_order(["url0", f"url{REMEMBERED_MAX}"]) == ["url0", f"url{REMEMBERED_MAX}"]
    assert health.in_order([f"url{REMEMBERED_MAX}", "url0"]) == ["url0", f"url{REMEMBERED_MAX}"]
