"""A network of the Wav2Lip kind that an operator brings: sound and a face in, the same face with its mouth moved out.

One is loaded for all sessions of a process, on the GPU where onnxruntime offers one, and asked for several pictures at
once: of all sessions that need some, and a little ahead. A picture that is due never waits for others: they only come
along as far as that takes no longer than `BATCH_MS`.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from visavis.core.errors import Unavailable
from visavis.renderers.arrays import U8, Floats
from visavis.renderers.mel import BANDS, COLUMNS

SETTING = "VISAVIS_MOUTH_MODEL"
EXPECTED = (
    f"a mel spectrogram (N, 1, {BANDS}, {COLUMNS}) and a face (N, 6, S, S), both float32; one output (N, 3, S, S)"
)
SIDE_DEFAULT, SIDE_MAX = 96, 512
BATCH_MAX = 16
BATCH_MS = 12.0
_PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
_FORGETS = 0.8  # share of an older measurement that stays in the running mean


@dataclass(frozen=True, slots=True)
class Signature:
    """How the model calls what it takes; `batch` is 1 where it takes only one picture at a time."""

    mel: str
    face: str
    side_px: int
    batch: int


class MouthNetwork:
    """Raises `Unavailable`, naming the setting and what is expected, for a file that is no such network."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._session = self._open()
        self.signature = self._read_signature()
        self._item_ms = 0.0
        # the first run also chooses its kernels, and shows whether the output is what it should be
        for _ in range(2):
            self.run(*self._nothing())

    @property
    def provider(self) -> str:
        return str(self._session.get_providers()[0])

    @property
    def batch(self) -> int:
        """How many pictures one run may take now."""
        fitting = int(BATCH_MS / self._item_ms) if self._item_ms else BATCH_MAX
        return max(1, min(self.signature.batch, BATCH_MAX, fitting))

    def run(self, mels: Floats, faces: Floats) -> U8:
        """(N, 80, 16) and (N, 6, S, S) to (N, S, S, 3), BGR."""
        started_s = time.perf_counter()
        names = self.signature
        (found,) = self._session.run(None, {names.mel: mels[:, None], names.face: faces})
        wanted = (len(faces), 3, names.side_px, names.side_px)
        if found.shape != wanted or not np.isfinite(found).all():
            raise self._wrong(f"gave {found.shape} where {wanted} was expected, or no numbers")
        took_ms = (time.perf_counter() - started_s) * 1000 / len(faces)
        self._item_ms = _FORGETS * self._item_ms + (1 - _FORGETS) * took_ms if self._item_ms else took_ms
        return (found.transpose(0, 2, 3, 1) * 255).clip(0, 255).astype(np.uint8)

    def _nothing(self) -> tuple[Floats, Floats]:
        side = self.signature.side_px
        return np.full((1, BANDS, COLUMNS), -4, np.float32), np.zeros((1, 6, side, side), np.float32)

    def _open(self) -> Any:
        import onnxruntime

        if not self._file.is_file():
            raise Unavailable(f"{SETTING}: there is no file {self._file}; expected an ONNX model with {EXPECTED}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, (os.cpu_count() or 1) - 1)
        options.log_severity_level = 3
        offered = onnxruntime.get_available_providers()
        providers = [name for name in _PROVIDERS if name in offered]
        try:
            return onnxruntime.InferenceSession(str(self._file), options, providers=providers)
        except Exception as error:  # onnxruntime raises classes of its own for each way a file can be wrong
            raise self._wrong(f"is no ONNX model that can be loaded ({type(error).__name__})") from error

    def _read_signature(self) -> Signature:
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        described = ", ".join(f"{one.name} {one.type} {one.shape}" for one in inputs)
        mel = [one for one in inputs if len(one.shape) == 4 and one.shape[1:] == [1, BANDS, COLUMNS]]
        face = [one for one in inputs if len(one.shape) == 4 and one.shape[1] == 6]
        floats = all(one.type == "tensor(float)" for one in (*inputs, *outputs))
        if len(inputs) != 2 or len(outputs) != 1 or len(mel) != 1 or len(face) != 1 or not floats:
            raise self._wrong(f"takes {described} and has {len(outputs)} outputs")
        height, width = (side if isinstance(side, int) else SIDE_DEFAULT for side in face[0].shape[2:])
        if height != width or height % 4 or not 16 <= height <= SIDE_MAX:
            raise self._wrong(f"takes faces of {width}x{height}; S is a multiple of 4 up to {SIDE_MAX}")
        fixed = [one.shape[0] for one in inputs if isinstance(one.shape[0], int)]
        if any(size != 1 for size in fixed):
            raise self._wrong(f"takes {fixed[0]} pictures at a time; N is 1 or free")
        return Signature(mel[0].name, face[0].name, height, 1 if fixed else BATCH_MAX)

    def _wrong(self, what: str) -> Unavailable:
        return Unavailable(f"{SETTING}: {self._file} {what}; expected {EXPECTED}")


@cache
def network(file: Path) -> MouthNetwork:
    """The one of this process."""
    return MouthNetwork(file)
