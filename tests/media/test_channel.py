import socket
import struct

import pytest

from visavis.media.channel import (
    FIELDS_BYTES_MAX,
    PAYLOAD_BYTES_MAX,
    ChannelError,
    Message,
    ParentLink,
    Unpacker,
    pack,
)

MESSAGES = [
    Message("a"),
    Message("b", {"x": 1.5, "words": ["grüß", "dich"]}, b"\0\1\2"),
    Message("c", {}, b"x" * 9_000),
]


@pytest.mark.parametrize("piece_bytes", [1, 3, 7, 1_000, 100_000])
def test_messages_arrive_whole_from_any_pieces(piece_bytes: int) -> None:
    data, unpacker = b"".join(map(pack, MESSAGES)), Unpacker()
    arrived: list[Message] = []
    for start in range(0, len(data), piece_bytes):
        arrived += unpacker.feed(data[start : start + piece_bytes])
    assert arrived == MESSAGES


def test_sizes_are_bounded_both_ways() -> None:
    with pytest.raises(ChannelError):
        pack(Message("big", {}, bytes(PAYLOAD_BYTES_MAX + 1)))
    with pytest.raises(ChannelError):
        Unpacker().feed(struct.pack("!II", FIELDS_BYTES_MAX + 1, 0))


@pytest.mark.parametrize("head", [b"not json", b"{}", b"[1]", b'["kind", 3]', b"[3, {}]"])
def test_nonsense_is_refused(head: bytes) -> None:
    with pytest.raises(ChannelError):
        Unpacker().feed(struct.pack("!II", len(head), 0) + head)


def test_a_child_waits_no_longer_than_it_wants_to_and_notices_the_end() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        link = ParentLink(theirs)
        with ours:
            assert link.receive(0.0) == []
            ours.sendall(pack(MESSAGES[1]))
            assert link.receive(None) == [MESSAGES[1]]
            link.send("answer", b"sound", request=3)
            assert Unpacker().feed(ours.recv(1_000)) == [Message("answer", {"request": 3}, b"sound")]
        with pytest.raises(EOFError):
            link.receive(None)


def test_private_words_do_not_reach_a_log() -> None:
    assert "secret" not in repr(Message("speak", {"text": "secret"}, b"secret"))
