"""What the documents tell people to type works, on a real server."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.server import API_KEY, Server

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "lab" / "README.md"]
SERVER_OF_THE_EXAMPLES = "http://127.0.0.1:8000"
EXAMPLES = [
    pytest.param(example, id=f"{path.relative_to(ROOT)}:{number}")
    for path in DOCUMENTS
    for number, example in enumerate(re.findall(r"^```sh\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL))
]

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_shell_example_runs(sqlite_server: Server, example: str) -> None:
    """Blocks marked `sh` are run; what is only shown, such as starting a server, is marked `console`."""
    assert SERVER_OF_THE_EXAMPLES in example
    command = example.replace(SERVER_OF_THE_EXAMPLES, sqlite_server.url)
    environment = {"PATH": "/usr/bin:/bin", "VISAVIS_API_KEY": API_KEY}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in json.loads(done.stdout)


def test_there_are_examples() -> None:
    assert EXAMPLES
