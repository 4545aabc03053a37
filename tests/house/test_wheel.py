"""What is built for others to install is whole: it starts, answers, and brings its pages and migrations along."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.clients.server import serve

ROOT = Path(__file__).resolve().parents[2]
NEEDED = [
    "visavis/lab/dist/index.html",
    "visavis/lab/dist/guest.html",
    "visavis/lab/dist/widget.js",
    "visavis/lab/dist/widget-room.js",
    "visavis/db/migrations/env.py",
    "visavis/renderers/people/cara.toml",
    "visavis/db/migrations/versions/0001_the_first_schema.py",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("visavis-*.whl"))


def test_nothing_is_left_out_and_nothing_slips_in(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in NEEDED if name not in names] == []
    strangers = [name for name in names if not name.startswith(("visavis/", "visavis-"))]
    assert strangers == []


def test_it_starts_and_answers(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    # the checkout is importable too, but what is on this path comes first
    monkeypatch.setenv("PYTHONPATH", str(unpacked))
    monkeypatch.chdir(tmp_path)
    where = subprocess.run(
        [sys.executable, "-c", "import visavis; print(visavis.__file__)"], capture_output=True, text=True
    )
    assert os.path.realpath(where.stdout.strip()).startswith(os.path.realpath(unpacked))
    with serve(tmp_path, VISAVIS_RENDER_WORKERS="1") as server:
        assert server.ask("GET", "/healthz").status == 200
        page = server.ask("GET", "/", key="")
        assert page.status == 200
        assert b"<script" in page.body
