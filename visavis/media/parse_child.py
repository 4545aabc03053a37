"""The one-shot child process that reads a document and hands over its pieces, a batch each time it is asked."""

import json
import resource
from itertools import islice
from pathlib import Path
from typing import Any

from visavis.media.channel import ParentLink
from visavis.media.child import run
from visavis.media.chunking import cut
from visavis.media.reading import Unreadable, read

# together far below what one message may have
_BATCH_PIECES = 200


def _limit(memory_bytes: int, processor_s: int) -> None:
    """What goes beyond ends this process; the parent knows why."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    _limit(configuration["memory_bytes"], configuration["processor_s"])
    parent.send("ready")
    try:
        text = read(Path(configuration["path"]), configuration["kind"])
    except Unreadable as error:
        parent.send("failed", text=str(error))
    except MemoryError:
        parent.send("too_large")
    else:
        _hand_over(parent, cut(text, configuration["size"], configuration["overlap"]))
    while True:
        parent.receive()


def _hand_over(parent: ParentLink, pieces: Any) -> None:
    more = True
    while more:
        batch = [(piece.text, dict(piece.place)) for piece in islice(pieces, _BATCH_PIECES)]
        more = len(batch) == _BATCH_PIECES
        parent.send("pieces", json.dumps(batch).encode(), more=more)
        if more:
            parent.receive()


if __name__ == "__main__":
    run(_work)
