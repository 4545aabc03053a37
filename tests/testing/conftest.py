"""The built-in voice, ears and voice detection, loaded once for all rehearsals."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from visavis.testing.player import Ask, Outcome, Player
from visavis.testing.script import Script, parse
from visavis.testing.sounds import Speaker
from visavis.testing.staging import RehearsalStage, Studio

Perform = Callable[..., Awaitable[Outcome]]


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    found = Studio()
    # its threads begin with its first work, and belong to this fixture
    asyncio.run(
        _play(parse("steps: [{talk: Hello.}, {expect: persona finishes}]", Path("warm-up.yaml")), found, Speaker())
    )
    yield found
    asyncio.run(found.close())


@pytest.fixture(scope="session")
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def perform(studio: Studio, speaker: Speaker) -> Perform:
    """Rehearse a script, or the text of one."""

    async def performed(script: Script | str, ask: Ask | None = None) -> Outcome:
        return await _play(
            parse(script, Path("script.yaml")) if isinstance(script, str) else script, studio, speaker, ask
        )

    return performed


async def _play(script: Script, studio: Studio, speaker: Speaker, ask: Ask | None = None) -> Outcome:
    return await Player(script, RehearsalStage(script, studio), speaker, ask).play()
