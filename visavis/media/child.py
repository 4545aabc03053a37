"""What every child process does first: become quiet and mortal, take its configuration, and get to work."""

import argparse
import importlib
import logging
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from visavis.core.spec import FaceSpec
from visavis.media.channel import ParentLink


def run(work: Callable[[ParentLink, dict[str, Any]], None]) -> None:
    """Be a child until the parent closes the channel: `work(parent, configuration)`.

    `work` sends "ready" when it is. The command line is `--fd N` (the inherited socket) and `--nice N`.
    """
    parent = _connect()
    try:
        (configuration,) = parent.receive()
        work(parent, configuration.fields)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Not sys.exit: it would wait for threads, and one of them may be in a library that hangs.
        os._exit(0)


def _connect() -> ParentLink:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--nice", type=int, default=0)
    arguments = parser.parse_args()
    # Terminals and service managers signal the whole group; only the parent decides when a child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(arguments.nice)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s[%(process)d] %(message)s")
    sock = socket.socket(fileno=arguments.fd)
    sock.setblocking(True)
    threading.Thread(target=_die_with_parent, args=(sock.fileno(),), name="die-with-parent", daemon=True).start()
    return ParentLink(sock)


def _die_with_parent(fd: int) -> None:
    """End this process as soon as the socket is closed, whatever else it is busy with.

    Nothing here needs a tidy end, and a native library that hangs must not outlive a killed server.
    """
    poll = select.poll()
    poll.register(fd, select.POLLRDHUP)
    poll.poll()
    os._exit(0)


def load_class(dotted: str) -> type[Any]:
    """The class that "package.module:Class" names."""
    module, _, name = dotted.partition(":")
    return getattr(importlib.import_module(module), name)


def face_from(fields: dict[str, Any]) -> FaceSpec:
    """A face as it came over the wire, which knows no tuples."""
    box = fields["face_box"]
    return FaceSpec(**{**fields, "face_box": tuple(box) if box is not None else None})
