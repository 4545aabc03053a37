"""The conversations of this folder's neighbour, performed by the real engine with the built-in voice and ears."""

from pathlib import Path

import pytest

from tests.testing.conftest import Perform
from visavis.testing import reports
from visavis.testing.script import load

FILES = sorted(Path(__file__).parents[1].joinpath("conversations").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_conversation_goes_as_written(path: Path, perform: Perform) -> None:
    outcome = await perform(load(path))
    assert reports.holds([outcome], strict=True), reports.table([outcome])
