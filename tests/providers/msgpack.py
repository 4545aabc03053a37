"""As much of MessagePack as Fish Audio's own client writes."""

import struct
from typing import Any


def unpacked(data: bytes) -> Any:
    value, _ = _value(data, 0)
    return value


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at]
    at += 1
    if kind <= 0x7F:
        return kind, at
    if 0x80 <= kind <= 0x8F:
        return _map(data, at, kind & 0x0F)
    if 0x90 <= kind <= 0x9F:
        return _list(data, at, kind & 0x0F)
    if 0xA0 <= kind <= 0xBF:
        return _text(data, at, kind & 0x1F)
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], at
    if kind >= 0xE0:
        return kind - 256, at
    shape, many = {
        0xCA: (">f", None), 0xCB: (">d", None), 0xCC: (">B", None), 0xCD: (">H", None), 0xCE: (">I", None),
        0xD0: (">b", None), 0xD1: (">h", None), 0xD2: (">i", None), 0xD9: (">B", _text), 0xDA: (">H", _text),
        0xDE: (">H", _map), 0xDC: (">H", _list),
    }[kind]  # fmt: skip
    (number,) = struct.unpack_from(shape, data, at)
    at += struct.calcsize(shape)
    return many(data, at, number) if many else (number, at)


def _text(data: bytes, at: int, size: int) -> tuple[str, int]:
    return data[at : at + size].decode(), at + size


def _list(data: bytes, at: int, size: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    for _ in range(size):
        item, at = _value(data, at)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, size: int) -> tuple[dict[str, Any], int]:
    flat, at = _list(data, at, 2 * size)
    return dict(zip(flat[::2], flat[1::2], strict=True)), at
