"""The wire between the main process and its children: messages over an AF_UNIX stream socket pair.

A message is a kind, a few JSON fields and a binary payload, framed by two length prefixes. JSON rather than pickle,
because a child handles codecs and photos and must not be able to run code in its parent. Both sizes are bounded; a
message beyond them is an error, never a large allocation.
"""

import asyncio
import json
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

_PREFIX = struct.Struct("!II")
FIELDS_BYTES_MAX = 1 << 20
PAYLOAD_BYTES_MAX = 16 << 20
_READ_BYTES = 256 << 10
# What may wait for a child that does not read: more means that it hangs.
UNSENT_BYTES_MAX = 32 << 20


class ChannelError(Exception):
    """The other side broke the framing, or is gone."""


@dataclass(frozen=True, slots=True)
class Message:
    kind: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    payload: bytes = field(default=b"", repr=False)


def pack(message: Message) -> bytes:
    """The message as bytes. Raises `ChannelError` when it is larger than the wire allows."""
    head = json.dumps([message.kind, message.fields], separators=(",", ":")).encode()
    _check_sizes(len(head), len(message.payload))
    return b"".join((_PREFIX.pack(len(head), len(message.payload)), head, message.payload))


def _check_sizes(fields_bytes: int, payload_bytes: int) -> None:
    if fields_bytes > FIELDS_BYTES_MAX or payload_bytes > PAYLOAD_BYTES_MAX:
        raise ChannelError(f"a message of {fields_bytes} + {payload_bytes} bytes is larger than the wire allows")


class Unpacker:
    """Bytes in any pieces in, whole messages out."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completes. Raises `ChannelError` on broken framing."""
        self._pending += data
        messages: list[Message] = []
        offset = 0
        while (end := self._message_end(offset)) is not None:
            messages.append(self._unpack(offset, end))
            offset = end
        if offset:
            del self._pending[:offset]
        return messages

    def _message_end(self, offset: int) -> int | None:
        if len(self._pending) - offset < _PREFIX.size:
            return None
        fields_bytes, payload_bytes = _PREFIX.unpack_from(self._pending, offset)
        _check_sizes(fields_bytes, payload_bytes)
        end = offset + _PREFIX.size + fields_bytes + payload_bytes
        return end if end <= len(self._pending) else None

    def _unpack(self, offset: int, end: int) -> Message:
        fields_bytes, _ = _PREFIX.unpack_from(self._pending, offset)
        head_at = offset + _PREFIX.size
        payload_at = head_at + fields_bytes
        with memoryview(self._pending) as view:
            head, payload = bytes(view[head_at:payload_at]), bytes(view[payload_at:end])
        try:
            kind, fields = json.loads(head)
        except ValueError as error:
            raise ChannelError("a message that is not what this wire carries") from error
        if not isinstance(kind, str) or not isinstance(fields, dict):
            raise ChannelError("a message without a kind or without fields")
        return Message(kind, fields, payload)


class ChildLink(asyncio.Protocol):
    """The main process's end. `on_message` is called on the event loop, once for each message, in order."""

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._unpacker = Unpacker()
        self._transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for message in self._unpacker.feed(data):
            self._on_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.lost.set()

    @property
    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport else 0

    def send(self, message: Message) -> None:
        """Queue a message; nothing happens when the child is gone. A child that stopped reading is dropped."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(pack(message))
        if self.unsent_bytes > UNSENT_BYTES_MAX:
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class ParentLink:
    """The child's end: blocking, with a wait that a deadline can end. `send` may be called from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._unpacker = Unpacker()
        self._sending = threading.Lock()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, kind: str, payload: bytes = b"", /, **fields: Any) -> None:
        data = pack(Message(kind, fields, payload))
        with self._sending:
            self._socket.sendall(data)

    def receive(self, timeout_s: float | None = None) -> list[Message]:
        """What has arrived, after waiting up to `timeout_s` (None: for ever) for it; empty when nothing did.

        Raises `EOFError` when the parent has closed the channel.
        """
        # select rather than poll: its timeout is in microseconds, and frames are due by the millisecond.
        if not select.select([self._socket], [], [], timeout_s)[0]:
            return []
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise EOFError
        return self._unpacker.feed(data)
