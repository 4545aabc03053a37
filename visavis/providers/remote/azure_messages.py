"""The messages of Azure's speech services: every one has headers like those of HTTP, as text or before some bytes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from visavis.providers.remote.failures import nonsense


@dataclass(frozen=True, slots=True)
class AzureMessage:
    """`request` is which of ours it answers; `path` says in lower case what it is."""

    path: str
    request: str
    body: bytes = field(repr=False)


def packed(path: str, request: str, content_type: str, body: str) -> str:
    return f"{_head(path, request, content_type)}\r\n{body}"


def packed_bytes(path: str, request: str, content_type: str, body: bytes) -> bytes:
    """Two bytes with the length of the headers, the headers, the rest."""
    head = _head(path, request, content_type).encode()
    return len(head).to_bytes(2, "big") + head + body


def opened(label: str, packet: str | bytes) -> AzureMessage:
    """Text has its headers before an empty line, bytes have their length before them. Raises `ProviderError`."""
    if isinstance(packet, str):
        head, _, body = packet.encode().partition(b"\r\n\r\n")
    else:
        length = int.from_bytes(packet[:2], "big")
        head, body = packet[2 : 2 + length], packet[2 + length :]
    lines = [line.partition(":") for line in head.decode("utf-8", "replace").splitlines()]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    if "path" not in headers:
        raise nonsense(label)
    return AzureMessage(headers["path"].lower(), headers.get("x-requestid", ""), body)


def _head(path: str, request: str, content_type: str) -> str:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"Path: {path}\r\nX-RequestId: {request}\r\nX-Timestamp: {at}\r\nContent-Type: {content_type}\r\n"
