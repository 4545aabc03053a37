"""Who may import whom is written in pyproject.toml; here it is carried out, and shown to bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

# module that sins, what it imports, and the contract that must notice
SINS = {
    "engine/turn.py": ("visavis.db.models", "The engine and what it drives know no database and no web framework"),
    "engine/think.py": ("visavis.providers.llm.echo", "Nobody imports a vendor; the catalog loads it by name"),
    "engine/listen.py": ("visavis.settings", "Settings are read once, at the top, and handed down"),
    "engine/speak.py": ("av", "The engine knows no vendor and no transport library"),
    "transports/base.py": ("visavis.engine.host", "Imports point down"),
    "media/opus.py": ("aiortc", "Only transports know the WebRTC library"),
    "resources/avatars/service.py": (
        "visavis.resources.voices.service",
        "Resources are strangers; sessions may know them all",
    ),
    "resources/voices/schemas.py": ("visavis.resources.voices.routes", "Inside a resource: routes, service, schemas"),
    "resources/llms/service.py": ("fastapi", "The web framework stays at the edge"),
    "resources/personas/service.py": (
        "visavis.engine.host",
        "The control plane reaches a living conversation only through sessions",
    ),
    "http/etags.py": ("prometheus_client", "Only telemetry knows the libraries of those who watch"),
    "lab/__init__.py": ("visavis.core.errors", "The Lab is a client like any other"),
}


def contracts(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [LINT, "--no-cache", "--config", folder / "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_every_contract_is_kept() -> None:
    done = contracts(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def sinful(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the contracts say about a copy of the house in which every sin was planted."""
    folder = tmp_path_factory.mktemp("sinful")
    shutil.copytree(ROOT / "visavis", folder / "visavis", ignore=shutil.ignore_patterns("dist", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, (imported, _) in SINS.items():
        module = folder / "visavis" / path
        module.write_text(f"import {imported}\n" + module.read_text())
    (folder / "visavis" / "misc").mkdir()
    (folder / "visavis" / "misc" / "__init__.py").touch()
    return contracts(folder).stdout


@pytest.mark.parametrize("path", SINS)
def test_a_planted_sin_is_reported(sinful: str, path: str) -> None:
    imported, contract = SINS[path]
    sinner = "visavis." + path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    explanation = sinful[sinful.index("Broken contracts") :] if "Broken contracts" in sinful else sinful
    assert f"{contract} BROKEN" in sinful
    assert f"{sinner} -> {imported}" in explanation


def test_a_folder_without_a_place_is_reported(sinful: str) -> None:
    assert "misc" in sinful
