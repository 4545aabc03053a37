"""Documentation can fail: what is generated is current, links lead somewhere, and every promise has a test."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from scripts import docs
from visavis.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CONFORMANCE = ROOT / "docs" / "conformance.md"

# What the official clients depend on, as the conformance page numbers it; nothing may be left out.
ITEMS = [
    *(f"H{number}" for number in range(1, 30)),
    *(f"S{number}" for number in range(1, 28)),
    *(f"W{number}" for number in range(1, 16)),
    *(f"D{number}" for number in range(1, 27)),
    *(f"T{number}" for number in range(1, 7)),
    *(f"A{number}" for number in range(1, 7)),
    *(f"E{number}" for number in range(1, 6)),
]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return docs.pages()


def test_generated_pages_are_current(pages: dict[str, str]) -> None:
    stale = [name for name, text in pages.items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert not stale, "run `make docs`"


def test_every_setting_says_what_it_does(pages: dict[str, str]) -> None:
    described = re.findall(r"^\| `VISAVIS_\w+` \| .+ \| (.+) \|$", pages["settings.md"], re.MULTILINE)
    assert len(described) == len(Settings.model_fields)
    assert "None" not in described


def test_every_error_says_when_it_happens(pages: dict[str, str]) -> None:
    rows = [row for row in pages["errors.md"].splitlines() if re.match(r"\| \d{3} ", row)]
    assert rows
    undescribed = [row for row in rows if row.rstrip("| ").endswith(row.split("|")[3].strip())]
    assert not undescribed, "say it in the tree at the top of core/errors.py"


def test_every_event_and_command_says_what_it_means(pages: dict[str, str]) -> None:
    sections = re.split(r"^### ", pages["events.md"], flags=re.MULTILINE)[1:]
    silent = [section.splitlines()[0] for section in sections if section.splitlines()[2].startswith("- ")]
    assert not silent


def test_every_route_says_what_it_does(pages: dict[str, str]) -> None:
    rows = [row for row in pages["api.md"].splitlines() if row.startswith("| `")]
    assert rows
    assert not [row for row in rows if row.endswith("|  |")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert not missing


# --- conformance --------------------------------------------------------------------------------------------------


@cache
def conformance_rows() -> dict[str, list[str]]:
    """Item → what the page names as its proof: test ids, or why it is out of scope."""
    rows: dict[str, list[str]] = {}
    for line in CONFORMANCE.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| ([A-Z]\d+) \|.*\| (.+) \|$", line):
            rows[match.group(1)] = match.group(2).split("<br>")
    return rows


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_everything_the_clients_depend_on_is_listed() -> None:
    assert [item for item in ITEMS if item not in conformance_rows()] == []


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_is_shown_by_a_test_that_exists(item: str) -> None:
    proofs = conformance_rows()[item]
    assert proofs
    for proof in proofs:
        path, _, name = proof.strip("`").partition("::")
        assert (ROOT / path).is_file(), f"{item}: there is no {path}"
        assert name in names_in(path), f"{item}: {path} has no {name}"
