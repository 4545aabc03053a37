"""`visavis eval` as people start it, and the examples of its page."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from tests.testing.conftest import Perform
from visavis.cli.main import app
from visavis.testing import reports
from visavis.testing.script import parse

PAGE = Path(__file__).parents[2] / "docs" / "evals.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
GOOD = "persona: {greeting: Good morning.}\nsteps:\n- {expect: persona finishes, says: Good morning., target: 10 ms}\n"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_an_example_of_the_page_can_be_read(example: str) -> None:
    assert parse(example, PAGE).steps


async def test_the_first_example_of_the_page_goes_as_it_says(perform: Perform) -> None:
    outcome = await perform(EXAMPLES[0])
    assert outcome.passed, reports.table([outcome])


def test_every_option_is_on_the_page() -> None:
    shown = CliRunner().invoke(app, ["eval", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).output
    options = set(re.findall(r"(--[a-z-]+)", shown)) - {"--help"}
    assert options
    assert not [option for option in options if f"`{option}" not in PAGE.read_text(encoding="utf-8")]


def test_results_are_printed_and_written(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(GOOD.replace("says: Good", "says: Bad"))
    xml, data = tmp_path / "out.xml", tmp_path / "out.json"
    ended = CliRunner().invoke(app, ["eval", str(tmp_path), "--junit", str(xml), "--json", str(data)])
    assert ended.exit_code == 1, ended.output
    assert "1 of 2 conversations went as expected" in ended.output
    assert [suite.get("name") for suite in ElementTree.parse(xml).getroot()] == ["bad", "good"]
    assert [one["passed"] for one in json.loads(data.read_text())["conversations"]] == [False, True]


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_a_missed_target_counts_when_it_shall(tmp_path: Path, options: list[str], status: int) -> None:
    (tmp_path / "late.yaml").write_text(GOOD)
    assert CliRunner().invoke(app, ["eval", str(tmp_path / "late.yaml"), *options]).exit_code == status


def test_a_mistake_in_a_file_is_said_and_nothing_is_performed(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "wrong.yaml").write_text("steps:\n- say: x\n")
    ended = CliRunner().invoke(app, ["eval", str(tmp_path)])
    assert ended.exit_code == 2
    assert "wrong.yaml:2: steps[0]: a step has exactly one of these" in ended.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--persona", "x"], "--api-key"),
        (["--judge-url", "http://127.0.0.1"], "--judge-model"),
    ],
)
def test_options_that_need_others_say_so(tmp_path: Path, options: list[str], complaint: str) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    ended = CliRunner().invoke(app, ["eval", str(tmp_path), *options], env={"VISAVIS_API_KEY": "", "NO_COLOR": "1"})
    assert ended.exit_code == 2
    assert complaint in ended.output
