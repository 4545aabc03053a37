"""`visavis avatars`, as the command line runs it: lists, sheets and films, and what it says about nonsense."""

import asyncio
import sqlite3
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.photos import encoded, person
from visavis.cli.main import app
from visavis.db.blobs import Blobs
from visavis.providers import catalog
from visavis.resources.avatars.stock import PEOPLE

speaks = pytest.mark.skipif(
    bool(catalog.missing("tts", "flite") and catalog.missing("tts", "flite_wasm")), reason="no built-in voice"
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["avatars", *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> tuple[str, str]:
    return "--data-dir", str(tmp_path / "data")


def uploaded(data_dir: Path, name: str) -> str:
    """An avatar of a photo, in the database of this folder."""
    CliRunner().invoke(app, ["keys", "create", "--organization", "acme", "--data-dir", str(data_dir)])
    avatar_id = "0b0f5f5e-0000-4000-8000-000000000001"
    with sqlite3.connect(data_dir / "visavis.db") as database:
        (organization,) = database.execute("SELECT id FROM organizations WHERE name = 'acme'").fetchone()
        blob = asyncio.run(Blobs(data_dir / "files").put(organization, encoded(person(), ".png"), ".png", 20_000_000))
        database.execute(
            "INSERT INTO avatars (id, organization_id, display_name, variant_name, display_tags, render_style,"
            " renderer, identity, available_versions, active_version, picture, face_box, created_at, updated_at) VALUES"
            " (?, ?, ?, '', '[]', 'unknown', 'portrait', ?, '[\"cara-3\"]', 'cara-3', ?, '[0.38, 0.19, 0.24, 0.47]',"
            " '2026-01-02 00:00:00', '2026-01-02 00:00:00')",
            (avatar_id, organization, name, avatar_id, blob),
        )
    database.close()
    return avatar_id


def test_the_built_in_ones_are_listed_without_a_database(folder: tuple[str, str]) -> None:
    listed = run("list", *folder)
    assert listed.exit_code == 0, listed.output
    lines = listed.stdout.splitlines()
    assert lines[0].split() == ["id", "name", "kind", "organization", "models"]
    assert len(lines) == 1 + len(PEOPLE)
    assert all(any(row_id in line and name in line for line in lines) for row_id, name, *_ in PEOPLE)
    assert not Path(folder[1]).exists(), "looking changes nothing"


def test_what_organizations_made_is_listed_too(tmp_path: Path) -> None:
    avatar_id = uploaded(tmp_path, "Grace")
    (line,) = [line for line in run("list", "--data-dir", str(tmp_path)).stdout.splitlines() if avatar_id in line]
    assert line.split() == [avatar_id, "Grace", "portrait", "acme", "cara-3"]


@pytest.mark.parametrize("who", ["Gabriel", "gabriel (built-in)", "6cc28442-cccd-42a8-b6e4-24b7210a09c5"])
def test_a_sheet_is_drawn_of_whoever_is_named(who: str, tmp_path: Path, folder: tuple[str, str]) -> None:
    made = run("sheet", who, "--out", str(tmp_path / "sheet.png"), *folder)
    assert made.exit_code == 0, made.output
    assert made.stdout.strip() == str(tmp_path / "sheet.png")
    picture = cv2.imread(str(tmp_path / "sheet.png"))
    assert picture is not None
    assert picture.shape[1] == 8 * 216
    tiles = [picture[:270, left : left + 216].tobytes() for left in range(0, 8 * 216, 216)]
    assert len(set(tiles)) == 8, "no two mouths are alike"


@speaks
@pytest.mark.parametrize("size", ["720x480", "768x1152"])
def test_a_film_has_the_face_and_the_words(size: str, tmp_path: Path, folder: tuple[str, str]) -> None:
    target = tmp_path / "film.mp4"
    said = run("say", "Cara", "Hello. I am here.", "--out", str(target), "--size", size, "--disclosure", *folder)
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith(f"{target}  ")
    with av.open(str(target)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert f"{video.width}x{video.height}" == size
        shown = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    with av.open(str(target)) as film:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])
    assert 1.5 < len(shown) / 25 < 5
    assert samples.size / 48_000 == pytest.approx(len(shown) / 25, abs=0.06)
    assert np.abs(samples).max() > 0.1
    height = shown[0].shape[0]
    mouths = np.stack([picture[height * 40 // 100 : height * 75 // 100].astype(int) for picture in shown])
    assert np.abs(np.diff(mouths, axis=0)).mean(axis=(1, 2)).max() > 0.3
    assert list(tmp_path.glob(".film*")) == []


@speaks
def test_an_uploaded_face_and_another_voice(tmp_path: Path) -> None:
    avatar_id = uploaded(tmp_path, "Grace")
    folder, target = ("--data-dir", str(tmp_path)), tmp_path / "film.mp4"
    said = run("say", avatar_id, "Hello.", "--out", str(target), "--voice", "adam", *folder)
    assert said.exit_code == 0, said.output
    with av.open(str(target)) as film:
        assert sum(1 for _ in film.decode(video=0)) > 25


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("say", "Nobody", "Hi", "--out", "x.mp4"), 'no avatar has the id or name "Nobody"; there are Anne, Bella'),
        (("say", "Cara", "Hi", "--out", "x.mp4", "--voice", "Nobody"), 'no voice has the id or name "Nobody"'),
        (("say", "Cara", "Hi", "--out", "x.mp4", "--size", "9x9"), '"9x9" is none of 720x480, 1152x768, 768x1152'),
        (("say", "Cara", "Hi", "--out", "x.avi"), "must end in .mp4"),
        (("say", "Cara", "Hi", "--out", "no/such/folder/x.mp4"), "there is no folder"),
        (("say", "Cara", " ", "--out", "x.mp4"), "is empty"),
        (("say", "Cara", "x" * 20_001, "--out", "x.mp4"), "at most 20000"),
        (("sheet", "Nobody"), 'no avatar has the id or name "Nobody"'),
        (("sheet", "Cara", "--out", "x.jpg"), "must end in .png"),
    ],
)
def test_nonsense_is_answered_with_what_to_change(
    arguments: tuple[str, ...], said: str, folder: tuple[str, str]
) -> None:
    found = run(*arguments, *folder)
    assert found.exit_code == 1
    assert said in found.stderr
    assert not found.stdout


def test_a_name_that_two_have_is_no_answer(tmp_path: Path) -> None:
    avatar_id = uploaded(tmp_path, "Cara")
    found = run("sheet", "cara", "--data-dir", str(tmp_path))
    assert found.exit_code == 1
    assert '2 are called "cara"' in found.stderr
    assert avatar_id in found.stderr
