"""Films of a face that speaks: what is heard and what is seen belong together in the file that comes out."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.core.frames import AudioChunk, SpeechAudio
from visavis.core.spec import FaceSpec
from visavis.media.clip import LEAD_MS, TAIL_MS, Clip
from visavis.renderers.still import Still

FACE = FaceSpec("still", "anybody", 360, 240)


def tone(duration_ms: float, rate_hz: int, amplitude: float = 0.4) -> SpeechAudio:
    at_s = np.arange(round(duration_ms * rate_hz / 1000)) / rate_hz
    samples = (amplitude * 32_767 * np.sin(2 * np.pi * 300 * at_s)).astype(np.int16)
    return SpeechAudio(AudioChunk(samples.tobytes(), rate_hz))


def made(path: Path, face: FaceSpec, *speech: SpeechAudio) -> float:
    clip = Clip(path, Still(face, 1), face)
    for piece in speech:
        clip.say(piece)
    return clip.finish()


def pictures(path: Path) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """When each picture is shown, in seconds, and the pictures' luma."""
    with av.open(str(path)) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        frames = list(film.decode(video=0))
    return np.array([frame.time for frame in frames]), np.stack([frame.to_ndarray(format="gray") for frame in frames])


def sound(path: Path) -> tuple[float, NDArray[np.float64]]:
    """When the sound begins, and its samples at 48 kHz."""
    with av.open(str(path)) as film:
        assert film.streams.audio[0].codec_context.name == "aac"
        frames = list(film.decode(audio=0))
    assert frames[0].time is not None
    return float(frames[0].time), np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(float)


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_lips_and_sound_begin_and_end_together(tmp_path: Path, rate_hz: int) -> None:
    """The still face lights a lamp exactly while it is heard."""
    path = tmp_path / "film.mp4"
    length_ms = made(path, FACE, tone(600, rate_hz), tone(400, rate_hz, amplitude=0.3))
    times_s, shown = pictures(path)
    lit = times_s[shown[:, 120, 180] > 200]
    begins_s, samples = sound(path)
    loud = np.flatnonzero(np.abs(samples) > 0.1 * np.abs(samples).max()) / 48_000 + begins_s
    assert length_ms == pytest.approx(LEAD_MS + 1_000 + TAIL_MS, abs=40)
    assert lit[0] == pytest.approx(loud[0], abs=0.045)
    assert lit[-1] + 0.04 == pytest.approx(loud[-1], abs=0.045)
    assert loud[0] == pytest.approx(LEAD_MS / 1000, abs=0.02)
    assert len(times_s) * 40 == length_ms
    assert np.allclose(np.diff(times_s), 0.04, atol=0.001)
    assert samples.size / 48_000 == pytest.approx(length_ms / 1000, abs=0.06)


def test_pieces_of_different_rates_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    made(path, FACE, tone(300, 16_000), tone(300, 24_000), tone(300, 48_000))
    begins_s, samples = sound(path)
    loud = np.abs(samples) > 0.1 * np.abs(samples).max()
    heard_s = np.flatnonzero(loud) / 48_000 + begins_s
    assert heard_s[-1] - heard_s[0] == pytest.approx(0.9, abs=0.02)
    gaps = np.diff(heard_s)
    assert gaps.max() < 0.01


def test_nothing_said_is_a_short_silent_film(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    assert made(path, FACE) == pytest.approx(LEAD_MS + TAIL_MS, abs=40)
    assert np.abs(sound(path)[1]).max() == 0


@pytest.mark.parametrize("disclosed", [True, False])
def test_a_disclosed_face_is_marked(tmp_path: Path, disclosed: bool) -> None:
    path = tmp_path / "film.mp4"
    made(path, FaceSpec("still", "anybody", 720, 480, disclosed=disclosed), tone(200, 16_000))
    _, shown = pictures(path)
    corner = shown[:, 440:470, 12:110]
    assert bool((corner.max(axis=(1, 2)) > 210).all()) == disclosed


def test_a_player_can_begin_before_it_has_everything(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    made(path, FACE, tone(500, 16_000))
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as film:
        assert film.streams.video[0].average_rate == Fraction(25)


def test_what_is_abandoned_leaves_no_open_file(tmp_path: Path) -> None:
    clip = Clip(tmp_path / "film.mp4", Still(FACE, 1), FACE)
    clip.say(tone(200, 16_000))
    clip.abandon()
    (tmp_path / "film.mp4").unlink()
