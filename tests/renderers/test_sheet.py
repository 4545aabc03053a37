"""The contact sheets are made, and say where they are."""

from pathlib import Path

import cv2
import pytest

from visavis.renderers import sheet


def test_all_sheets_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sheet, "LEADS", ("cara",))
    monkeypatch.setattr(sheet, "NAMES", ("cara",))
    monkeypatch.setattr(sheet, "VISEMES", ("sil", "aa"))
    monkeypatch.setattr(sheet, "_FILM_FRAMES", 3)
    assert sheet.main([str(tmp_path / "out")]) == 0
    names = [Path(line).name for line in capsys.readouterr().out.split()]
    assert names == [f"{name}.png" for name in sheet.SHEETS]
    for name in names:
        assert cv2.imread(str(tmp_path / "out" / name)) is not None


def test_wrong_arguments_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert sheet.main([]) == 2
    assert sheet.main(["out", "nobody"]) == 2
    assert "usage" in capsys.readouterr().out
