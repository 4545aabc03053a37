"""An optional faster warp in C, made by `python -m visavis.renderers.native` where there is a compiler.

Without it, on another processor or after its source changed, OpenCV does the same work.
"""

import ctypes
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np

from visavis.renderers.arrays import U8, Floats

WarpPlane: TypeAlias = Callable[[U8, Floats, int, float, float, U8], bool]
"""plane (h, w), nodes (rows, columns, 2), pixels between nodes, scale and shift of the nodes, target (h, w); False
where it cannot."""

_SOURCE = Path(__file__).with_name("warp.c")
_FLAGS = ("-O3", "-fPIC", "-shared", "-std=c11")


def library_file(folder: Path | None = None) -> Path:
    """Where the compiled kernel of exactly this source belongs."""
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:12]
    return (folder or Path(sys.prefix, "lib")) / f"libvisavis-warp-{digest}.so"


def build(target: Path) -> str:
    """Compile the kernel; "" when it is there, otherwise why not."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return "there is no C compiler"
    part = target.with_suffix(".part")
    done = subprocess.run([compiler, *_FLAGS, str(_SOURCE), "-o", str(part)], capture_output=True, text=True)
    if done.returncode != 0:
        return (done.stderr.strip() or f"{compiler} failed").splitlines()[0]
    part.replace(target)
    return ""


def missing() -> str:
    """ "" when the kernel is in use, otherwise why OpenCV does its work."""
    if not library_file().is_file():
        return "the native warp is not built: python -m visavis.renderers.native"
    return "" if kernel() else "this processor lacks AVX2"


@cache
def kernel() -> WarpPlane | None:
    """The installed kernel, if this machine has one."""
    return load(library_file())


def load(file: Path) -> WarpPlane | None:
    try:
        library = ctypes.CDLL(str(file))
        if not library.visavis_warp_supported():
            return None
        warp = library.visavis_warp_plane
    except (OSError, AttributeError):
        return None
    pointer, number, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
    warp.argtypes = [pointer, *[number] * 3, pointer, *[number] * 3, real, real, pointer, *[number] * 3]
    warp.restype = number

    def warp_plane(plane: U8, nodes: Floats, step_px: int, scale: float, shift: float, target: U8) -> bool:
        if plane.strides[1] != 1 or target.strides[1] != 1 or nodes.dtype != np.float32:
            return False
        (height, width), (rows, columns, _), (out_height, out_width) = plane.shape, nodes.shape, target.shape
        source, sink = plane.ctypes.data, target.ctypes.data
        done = warp(
            source, plane.strides[0], width, height, nodes.ctypes.data, rows, columns, step_px, scale, shift,
            sink, target.strides[0], out_width, out_height,
        )  # fmt: skip
        return done == 0

    return warp_plane
