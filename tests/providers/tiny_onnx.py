"""ONNX models written by hand, as small as they can be: the wire of their format is a few tagged fields."""

from collections.abc import Sequence

import numpy as np

FLOAT, INT64 = 1, 7
_KINDS = {np.dtype(np.float32): FLOAT, np.dtype(np.int64): INT64}


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)


def _bytes(tag: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(tag << 3 | 2) + _varint(len(data)) + data


def constant(name: str, value: np.ndarray) -> bytes:
    dims = b"".join(_number(1, size) for size in value.shape)
    return dims + _number(2, _KINDS[value.dtype]) + _bytes(8, name) + _bytes(9, value.tobytes())


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: int | str) -> bytes:
    body = b"".join(_bytes(1, name) for name in inputs) + b"".join(_bytes(2, name) for name in outputs)
    body += _bytes(4, kind)
    for name, value in attributes.items():
        if isinstance(value, str):
            body += _bytes(5, _bytes(1, name) + _bytes(4, value) + _number(20, 3))
        else:
            body += _bytes(5, _bytes(1, name) + _number(3, value) + _number(20, 2))
    return body


def value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, dims)))


def model(
    nodes: Sequence[bytes], constants: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes]
) -> bytes:
    graph = b"".join(_bytes(1, it) for it in nodes) + _bytes(2, "tiny")
    graph += b"".join(_bytes(5, it) for it in constants)
    graph += b"".join(_bytes(11, it) for it in inputs) + b"".join(_bytes(12, it) for it in outputs)
    return _number(1, 8) + _bytes(8, _number(2, 17)) + _bytes(7, graph)
