"""The picture engine against pictures whose answer is known."""

import numpy as np

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
