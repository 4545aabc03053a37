"""Thin-plate splines: the smoothest surface through (or near) scattered values."""

import cv2
import numpy as np

from visavis.renderers.arrays import Floats


def fitted(at: Floats, values: Floats, stiffness: float, wanted: Floats) -> Floats:
    """Values (n, k) known at points (n, 2), continued to `wanted` (..., 2): (..., k).

    `stiffness` lets the surface miss values that would make it wrinkle; the unit of lengths should be near their
    spread.
    """
    count = len(at)
    flat = np.column_stack([np.ones(count), at])
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _bend(at, at) + stiffness * np.eye(count)
    system[:count, count:], system[count:, :count] = flat, flat.T
    known = np.concatenate([values, np.zeros((3, values.shape[1]))])
    weights = np.linalg.solve(system, known)
    places = wanted.reshape(-1, 2)
    result = _bend(places, at) @ weights[:count] + np.column_stack([np.ones(len(places)), places]) @ weights[count:]
    return result.reshape(*wanted.shape[:-1], values.shape[1]).astype(np.float32)


def _bend(a: Floats, b: Floats) -> Floats:
    square = np.square(a[:, None, 0] - b[None, :, 0]) + np.square(a[:, None, 1] - b[None, :, 1])
    return 0.5 * square * np.log(square + 1e-12)


def step(x: Floats, start: float, end: float) -> Floats:
    """0 at `start`, 1 at `end`, smooth between them."""
    part = np.clip((x - start) / (end - start), 0, 1)
    return (part * part * (3 - 2 * part)).astype(np.float32)


def resampled(field: Floats, x: Floats, y: Floats) -> Floats:
    """A field (h, w, k) at fractional columns and rows."""
    at = x.astype(np.float32), y.astype(np.float32)
    return np.asarray(cv2.remap(field, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
