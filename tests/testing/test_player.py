"""What a performance says about a conversation that does not go as it was written."""

import asyncio
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.recordings import recording
from tests.testing.conftest import Perform
from visavis.testing import reports
from visavis.testing.player import Outcome
from visavis.testing.script import parse
from visavis.testing.sounds import from_file

GREETING = "persona: {greeting: Good morning.}\n"


async def test_what_is_said_otherwise_is_quoted_and_ends_the_performance(perform: Perform) -> None:
    outcome = await perform(
        GREETING + "steps:\n- {expect: persona finishes, says: Good night.}\n- expect: session ends"
    )
    assert [step.status for step in outcome.steps] == ["failed", "not reached", "passed"]
    assert outcome.steps[0].reason == "it was 'Good morning.' instead of 'Good night.'"
    assert not reports.holds([outcome], strict=False)


async def test_what_does_not_happen_fails_with_what_happened_instead(perform: Perform) -> None:
    outcome = await perform("steps:\n- talk: Hello.\n- {expect: user heard, within: 3 s}")
    assert outcome.steps[0].reason == "it did not happen within 3000 ms; instead: persona finishes"


async def test_order_counts(perform: Perform) -> None:
    steps = (
        "- talk: One.\n- type: Two.\n- {expect: user heard}\n- {expect: persona finishes, contains: One, within: 4 s}"
    )
    outcome = await perform(f"persona: {{mind: [Three.]}}\nsteps:\n{steps}")
    assert outcome.steps[1].reason == "'Three.' does not contain 'One'"


async def test_nothing_means_that_nobody_says_anything(perform: Perform) -> None:
    outcome = await perform(GREETING + "steps:\n- {expect: nothing, for: 1 s}")
    assert outcome.steps[0].reason == "persona starts, after all"


async def test_a_missed_target_fails_only_where_it_is_asked_to(perform: Perform) -> None:
    outcome = await perform(GREETING + "steps:\n- {expect: persona finishes, target: 100 ms}")
    assert outcome.steps[0].late
    assert reports.holds([outcome], strict=False)
    assert not reports.holds([outcome], strict=True)
    assert "(target 100 ms, missed)" in reports.table([outcome])


async def test_an_interruption_may_be_forbidden(perform: Perform) -> None:
    text = "never: [interruption]\nsteps:\n- {do: interrupt, into_reply: 300 ms}\n- wait: 1 s"
    outcome = await perform(f"persona: {{greeting: Good morning to everybody who is here.}}\n{text}")
    assert not outcome.passed
    assert "interrupted after 'Good" in outcome.steps[-1].reason


async def test_nobody_can_break_into_a_silence(perform: Perform) -> None:
    outcome = await perform("steps:\n- {user: Stop, into_reply: 1 s}\n- expect: user heard")
    assert outcome.trouble == "the persona did not speak for 1000 ms, so nobody could break in"


async def test_a_sound_that_is_not_there_is_trouble(perform: Perform) -> None:
    outcome = await perform("steps:\n- sound: roses.wav")
    assert "roses.wav cannot be read as a WAV file" in outcome.trouble


async def test_a_conversation_is_the_same_every_time(perform: Perform) -> None:
    text = "persona: {mind: [I am here.]}\nroom: {noise: -60 dB}\nsteps:\n- user: Hello\n- expect: persona finishes"
    first, second = await perform(text), await perform(text)
    assert first == second
    assert first.passed


async def test_a_judge_is_asked_about_the_conversation(perform: Perform) -> None:
    asked: list[tuple[str, str]] = []

    async def ask(conversation: str, criterion: str) -> tuple[bool, str]:
        asked.append((conversation, criterion))
        return criterion == "It is polite.", "because"

    steps = "steps:\n- expect: persona finishes\n- judge: It is polite.\n- judge: It is rude."
    judged, unjudged = await perform(GREETING + steps, ask), await perform(GREETING + steps)
    assert asked == [("Persona: Good morning.", "It is polite."), ("Persona: Good morning.", "It is rude.")]
    assert [step.status for step in judged.steps[:3]] == ["passed", "passed", "failed"]
    assert [step.status for step in unjudged.steps[:3]] == ["passed", "skipped", "skipped"]
    assert unjudged.passed


async def test_a_recording_is_heard(perform: Perform, tmp_path: Path) -> None:
    path = tmp_path / "hum.wav"
    path.write_bytes(await asyncio.to_thread(recording, 0.5))
    script = parse("steps:\n- sound: hum.wav\n- {expect: nothing, for: 1 s}", tmp_path / "script.yaml")
    assert (await perform(script)).passed
    assert from_file(path).size == 8_000


@pytest.fixture
async def outcomes(perform: Perform) -> list[Outcome]:
    good = await perform(GREETING + "name: Good <one>\nsteps:\n- {expect: persona finishes, target: 9 s}")
    bad = await perform(GREETING + "name: Bad\nsteps:\n- {expect: persona finishes, says: x}\n- expect: user heard")
    return [good, bad, await perform("name: Ugly\nsteps:\n- sound: no.wav")]


async def test_a_report_for_people(outcomes: list[Outcome]) -> None:
    table = reports.table(outcomes)
    assert "ok      Good <one> (" in table
    assert "        FAILED  expect: persona finishes" in table
    assert "could not be performed" in table
    assert "1 of 3 conversations went as expected; 0 steps took longer than their target." in table


async def test_a_report_for_build_servers(outcomes: list[Outcome]) -> None:
    suites = ElementTree.fromstring(reports.junit(outcomes))
    assert [suite.get("name") for suite in suites] == ["Good <one>", "Bad", "Ugly"]
    assert [(suite.get("failures"), suite.get("errors")) for suite in suites] == [("0", "0"), ("1", "0"), ("0", "1")]
    bad = suites[1]
    assert [child.tag for case in bad for child in case] == ["failure", "skipped"]
    assert suites[2].find("testcase/error") is not None


async def test_a_report_for_programs(outcomes: list[Outcome]) -> None:
    found = json.loads(reports.as_json(outcomes))["conversations"]
    assert [one["passed"] for one in found] == [True, False, False]
    assert found[0]["steps"][0]["target_ms"] == 9_000
    assert found[0]["steps"][0]["took_ms"] > 0
