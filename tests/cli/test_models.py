"""`visavis models` against a hub on loopback: progress, digests, going on where it was broken off, plain words."""

import gc
import hashlib
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.providers.fake_hub import FakeHub, fake_hub
from tests.providers.tiny_voices import make_kokoro, make_piper
from visavis.cli.main import app
from visavis.core.spec import VoiceSpec
from visavis.providers import catalog
from visavis.providers.downloads import Hub

LARGE = random.Random(7).randbytes(3_000_000)
SMALL = "Systran/faster-whisper-small"
WHISPER = {
    "config.json": b"{}",
    "model.bin": LARGE,
    "tokenizer.json": b"{ }",
    "vocabulary.json": b"[]",
    "README.md": b"x",
}
LESSAC = "en/en_US/lessac/medium/en_US-lessac-medium.onnx"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    (tmp_path / "made").mkdir()
    tiny = make_piper(tmp_path / "made") / "tiny.onnx"
    kokoro = make_kokoro(tmp_path / "made")
    style = bytes(511 * 256 * 4)
    repositories = {
        SMALL: WHISPER,
        "rhasspy/piper-voices": {
            LESSAC: tiny.read_bytes(),
            f"{LESSAC}.json": tiny.with_name("tiny.onnx.json").read_bytes(),
            "en/en_US/lessac/medium/MODEL_CARD": b"about it",
        },
        "onnx-community/Kokoro-82M-v1.0-ONNX": {
            "onnx/model.onnx": kokoro["model"].read_bytes(),
            "onnx/model_fp16.onnx": LARGE,
            "voices/af_heart.bin": style,
            "voices/bm_george.bin": style,
        },
        "hexgrad/Kokoro-82M": {"config.json": kokoro["config"].read_bytes()},
    }
    with fake_hub(repositories) as running:
        yield running


def models(hub: FakeHub | str, data_dir: Path, *arguments: str) -> Result:
    url = hub if isinstance(hub, str) else hub.url
    settings = {"VISAVIS_MODELS_URL": url, "VISAVIS_DATA_DIR": str(data_dir)}
    return CliRunner().invoke(app, ["models", *arguments], env=settings)


def spoken_ms(name: str, voice: str, **options: Any) -> float:
    provider = catalog.declared("tts", name)
    if provider.missing():
        pytest.skip(provider.missing())
    speaker = provider(provider.Settings(**options))
    duration_ms = speaker.synthesize("Hello.", VoiceSpec(name, voice)).audio.duration_ms
    del speaker
    gc.collect()  # its child ends with it
    return duration_ms


def test_a_model_is_downloaded_and_its_settings_are_said(hub: FakeHub, tmp_path: Path) -> None:
    done = models(hub, tmp_path, "get", "whisper", "small")
    folder = tmp_path / "models" / "whisper" / "small"
    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: content for name, content in WHISPER.items() if name != "README.md"
    }
    assert "VISAVIS_EARS=whisper" in done.output
    assert f"VISAVIS_STT__WHISPER__MODEL={folder}" in done.output
    listed = models(hub, tmp_path, "list").output.splitlines()
    assert [line.split()[1] for line in listed if " here " in line] == ["small"]


def test_nothing_is_fetched_twice(hub: FakeHub, tmp_path: Path) -> None:
    models(hub, tmp_path, "get", "whisper", "small")
    hub.asked.clear()
    assert models(hub, tmp_path, "get", "whisper", "small").exit_code == 0
    assert hub.asked == [(f"/api/models/{SMALL}/tree/main", "")]


def test_it_goes_on_where_it_was_broken_off(hub: FakeHub, tmp_path: Path) -> None:
    hub.break_off_after = 1_200_000
    broken = models(hub, tmp_path, "get", "whisper", "small")
    assert broken.exit_code == 1
    assert "the same command goes on" in broken.output
    folder = tmp_path / "models" / "whisper" / "small"
    part = (folder / "model.bin.part").stat().st_size
    assert 0 < part <= 1_200_000
    assert not (folder / "model.bin").exists()
    hub.break_off_after = None
    assert models(hub, tmp_path, "get", "whisper", "small").exit_code == 0
    assert (f"/{SMALL}/resolve/main/model.bin", f"bytes={part}-") in hub.asked
    assert (folder / "model.bin").read_bytes() == LARGE


def test_a_hub_that_sends_everything_again_is_understood(hub: FakeHub, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "whisper" / "small"
    folder.mkdir(parents=True)
    (folder / "model.bin.part").write_bytes(b"left from another time")
    hub.ignores_ranges = True
    assert models(hub, tmp_path, "get", "whisper", "small").exit_code == 0
    assert (folder / "model.bin").read_bytes() == LARGE


def test_other_bytes_than_were_listed_are_thrown_away(hub: FakeHub, tmp_path: Path) -> None:
    hub.lies = True
    done = models(hub, tmp_path, "get", "whisper", "small")
    assert done.exit_code == 1
    assert "other bytes" in done.output
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file() and path.stat().st_size > 2]


def test_piper_voices_are_put_into_one_folder_and_speak(hub: FakeHub, tmp_path: Path) -> None:
    done = models(hub, tmp_path, "get", "piper", "en_US-lessac-medium")
    folder = tmp_path / "models" / "piper"
    assert f"VISAVIS_TTS__PIPER__FOLDER={folder}" in done.output
    assert spoken_ms("piper", "en_US-lessac-medium", folder=folder) > 0


def test_kokoro_comes_from_two_places_and_speaks(hub: FakeHub, tmp_path: Path) -> None:
    done = models(hub, tmp_path, "get", "kokoro", "v1.0")
    assert done.exit_code == 0, done.output
    lines = [line.strip().partition("=") for line in done.output.splitlines() if "KOKORO" in line]
    options = {name.removeprefix("VISAVIS_TTS__KOKORO__").lower(): value for name, _, value in lines}
    assert spoken_ms("kokoro", "bm_george", **options) > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("deepgram", "nova"), '"deepgram" needs no model.*kokoro, piper, whisper'),
        (("whisper", "huge"), 'no Whisper "huge".*small'),
        (("piper", "../../etc"), "no name of a Piper voice"),
        (("kokoro", "9"), 'no Kokoro "9"'),
        (("piper", "de_DE-nobody-low"), "answered 404|has no"),
    ],
)
def test_what_does_not_exist_is_said(hub: FakeHub, tmp_path: Path, arguments: tuple[str, str], message: str) -> None:
    done = models(hub, tmp_path, "get", *arguments)
    assert done.exit_code == 1
    assert re.search(message, done.output)


def test_without_a_network_it_says_what_to_do(tmp_path: Path) -> None:
    done = models("http://127.0.0.1:1", tmp_path, "get", "whisper", "small")
    assert done.exit_code == 1
    assert "http://127.0.0.1:1 cannot be reached" in done.output
    assert "copy a model's files" in done.output


def test_a_full_disk_is_noticed_before(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 20})())
    done = models(hub, tmp_path, "get", "whisper", "small")
    assert done.exit_code == 1
    assert "1 MB are free" in done.output
    assert len(hub.asked) == 1


def test_progress_is_told_in_bytes_and_only_grows(hub: FakeHub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    client = Hub(hub.url)
    whisper = catalog.declared("stt", "whisper").model_files("small")
    client.download(whisper, tmp_path, lambda done, total: told.append((done, total)))
    client.close()
    size = sum(len(content) for name, content in WHISPER.items() if name != "README.md")
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert len(told) > 4


JUDGE = """
import sys
from huggingface_hub import HfApi, hf_hub_download
found = {entry.path: entry for entry in HfApi().list_repo_tree(sys.argv[1])}
print(found["model.bin"].lfs.sha256, found["config.json"].blob_id)
print(hf_hub_download(sys.argv[1], "model.bin", local_dir=sys.argv[2]))
"""


def test_the_hubs_own_client_is_content_with_this_hub(hub: FakeHub, tmp_path: Path) -> None:
    """So that the hub here is not merely our reading of the protocol."""
    pytest.importorskip("huggingface_hub")
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", JUDGE, SMALL, str(tmp_path / "judge")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(LARGE).hexdigest() in done.stdout
    assert (tmp_path / "judge" / "model.bin").read_bytes() == LARGE
