"""A conversation in the terminal, with fake media and real everything else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rest import QuietMedia
from visavis.cli.talk import talk
from visavis.core.errors import InvalidRequest
from visavis.resources.personas.stock import PEOPLE
from visavis.settings import Settings

ANSWER = "I have nothing more to say."


async def lines(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield f"{text}\n"


async def conversation(settings: Settings, *texts: str, persona: str | None = None, prompt: str | None = None) -> str:
    written: list[str] = []
    await talk(settings, persona, prompt, lines(*texts), written.append, QuietMedia().open)
    return "".join(written)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def test_every_line_is_answered(settings: Settings) -> None:
    shown = await conversation(settings, "Hello", "", "Again")
    assert shown.count(f"{PEOPLE[0]['name']}: {ANSWER}\n") == 2


async def test_a_prompt_makes_a_persona_for_this_talk(settings: Settings) -> None:
    assert f"Visavis: {ANSWER}" in await conversation(settings, "Hello", prompt="You are a pirate.")


async def test_the_first_key_is_shown_and_a_server_beside_it_is_left_alone(settings: Settings) -> None:
    assert "API key" in await conversation(settings)
    node = (settings.data_dir / "node").read_text()
    again = await conversation(settings, "Hello", persona=PEOPLE[1]["id"])
    assert "API key" not in again
    assert f"{PEOPLE[1]['name']}: " in again
    assert (settings.data_dir / "node").read_text() == node
    assert (settings.data_dir / "talk" / "node").read_text() != node


async def test_a_persona_that_is_not_there(settings: Settings) -> None:
    with pytest.raises(InvalidRequest, match="nobody"):
        await conversation(settings, persona="nobody")
