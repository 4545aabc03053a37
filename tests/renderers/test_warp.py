"""The picture engine against pictures whose answer is known."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.renderers import native
from visavis.renderers.warp import GRID_PX, Grid, Patch, Planes, Rect, Warp

WIDTH, HEIGHT = 96, 64


def planes(width: int, height: int) -> Planes:
    return Planes(np.zeros((height * 3 // 2, width), np.uint8))


def slope(width: int, height: int, scale: float) -> Planes:
    """A picture whose luma is its own x in frame pixels, and u its y."""
    result = planes(width, height)
    result.y[:] = ((np.arange(width) + 0.5) / scale - 0.5).clip(0)[None, :].round().astype(np.uint8)
    result.u[:] = ((np.arange(height // 2) + 0.5) / scale * 2 - 0.5).clip(0)[:, None].round().astype(np.uint8)
    return result


def warp(shift: tuple[float, float], rect: Rect, scale: float = 2.0) -> Planes:
    picture = slope(round(WIDTH * scale), round(HEIGHT * scale), scale)
    frame, grid = planes(WIDTH, HEIGHT), Grid(rect)
    bases = np.zeros((1, *grid.shape, 2), np.float32)
    bases[0] = shift
    Warp(picture, scale, grid, bases, frame).render(np.ones(1, np.float32))
    return frame


def test_no_weight_shows_the_picture_at_rest() -> None:
    frame = warp((0, 0), Rect(0, 0, WIDTH, HEIGHT))
    assert np.abs(frame.y.astype(int) - np.arange(WIDTH)).max() <= 1
    assert np.abs(frame.u.astype(int)[:, 0] - np.arange(0, HEIGHT, 2)).max() <= 1


def test_a_base_moves_what_is_seen() -> None:
    frame = warp((6, 4), Rect(0, 0, WIDTH, HEIGHT))
    assert np.abs(frame.y.astype(int)[:, 10:-10] - (np.arange(WIDTH) - 6)[10:-10]).max() <= 1
    assert np.abs(frame.u.astype(int)[4:-4, 20] - (np.arange(0, HEIGHT, 2) - 4)[4:-4]).max() <= 1


def test_only_the_rectangle_is_touched() -> None:
    rect = Rect(20, 12, 60, 50)
    frame = warp((0, 0), rect)
    untouched = frame.y.copy()
    untouched[rect.top : rect.bottom, rect.left : rect.right] = 0
    assert not untouched.any()
    assert frame.y[30, 40] == 40


def test_sizes_that_are_no_multiple_of_the_grid_work() -> None:
    rect = Rect(2, 4, 2 + 5 * GRID_PX + 2, 4 + 3 * GRID_PX + 6)
    frame = warp((0, 0), rect, scale=1.25)
    inner = frame.y[rect.top : rect.bottom, rect.left : rect.right].astype(int)
    assert np.abs(inner - np.arange(rect.left, rect.right)).max() <= 1


def test_rectangles_stay_even_and_inside() -> None:
    rect = Rect.around(-3.2, 5.7, 200.0, 33.1, Rect(0, 0, WIDTH, HEIGHT))
    assert rect == Rect(0, 4, WIDTH, 34)


def test_a_patch_goes_back_where_it_came_from() -> None:
    frame = planes(WIDTH, HEIGHT)
    rng = np.random.default_rng(0)
    frame.y[:] = rng.integers(60, 200, frame.y.shape)
    frame.u[:], frame.v[:] = 120, 136
    before = frame.buffer.copy()
    patch = Patch(24, 16)
    patch.take(frame, 10, 8)
    patch.put(frame, 10, 8)
    assert np.abs(frame.buffer.astype(int) - before).max() <= 2
    patch.bgra[:] = 255
    patch.put(frame, 10, 8)
    assert (frame.y[8:24, 10:34] > 230).all()
    assert (frame.y[:8] == before[:8]).all()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> native.WarpPlane:
    file = native.library_file(tmp_path_factory.mktemp("native"))
    problem = native.build(file)
    loaded = None if problem else native.load(file)
    if loaded is None:
        pytest.skip(problem or "this processor lacks AVX2")
    return loaded


@pytest.mark.parametrize("step_px", [8, 4])
@pytest.mark.parametrize(("rect", "scale"), [(Rect(0, 0, WIDTH, HEIGHT), 1.5), (Rect(10, 6, 84, 48), 1.25)])
def test_the_native_kernel_agrees_with_opencv_within_one_level(
    kernel: native.WarpPlane, monkeypatch: pytest.MonkeyPatch, step_px: int, rect: Rect, scale: float
) -> None:
    rng = np.random.default_rng(3)
    picture = planes(round(WIDTH * scale), round(HEIGHT * scale))
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = cv2.GaussianBlur(rng.integers(0, 256, plane.shape).astype(np.uint8), (0, 0), 2.5)
        cv2.normalize(plane, plane, 0, 255, cv2.NORM_MINMAX)
    grid = Grid(rect, step_px)
    bases = rng.normal(0, 4, (3, *grid.shape, 2)).astype(np.float32)
    bases[0] = 30  # far beyond the borders of the picture
    weights = np.array([[0, 1, -0.5], [1, 0.3, 0.2], [-1, 0.1, 0.4]], np.float32)
    results = []
    for chosen in (kernel, None):
        monkeypatch.setattr(native, "kernel", lambda chosen=chosen: chosen)
        frame = planes(WIDTH, HEIGHT)
        bent = Warp(picture, scale, grid, bases, frame)
        for row in weights:
            bent.render(row)
            results.append([plane.astype(int) for plane in frame.cut(rect)])
    for fast, slow in zip(results[: len(weights)], results[len(weights) :], strict=True):
        for a, b in zip(fast, slow, strict=True):
            assert np.abs(a - b).max() <= 1


def test_a_kernel_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert native.load(tmp_path / "none.so") is None
    (tmp_path / "broken.so").write_bytes(b"no library")
    assert native.load(tmp_path / "broken.so") is None


def test_with_rounds_things_arrive_where_their_bases_send_them() -> None:
    picture, frame = planes(WIDTH, HEIGHT), planes(WIDTH, HEIGHT)
    picture.y[20:24, 40:44] = 255
    grid = Grid(Rect(0, 0, WIDTH, HEIGHT), 4)
    down = np.zeros((1, *grid.shape, 2), np.float32)
    down[0, ..., 1] = 20 * np.exp(-np.square((grid.nodes_px()[..., 1] - 22) / 25))
    Warp(picture, 1.0, grid, down, frame, rounds=6).render(np.ones(1, np.float32))
    rows, columns = np.nonzero(frame.y > 100)
    assert abs(rows.mean() - 41.5) < 1
    assert abs(columns.mean() - 41.5) < 1
