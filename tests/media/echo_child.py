"""A child process for the tests of what all children have in common."""

import os
import time
from typing import Any

from visavis.media.channel import ParentLink
from visavis.media.child import run


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    greeting = configuration["greeting"]
    if greeting == "exit":
        os._exit(1)
    if greeting != "silent":
        parent.send("ready")
    while True:
        for message in parent.receive():
            if message.kind == "hang":
                parent.send("hanging")
                time.sleep(3_600)
            about = {"greeting": greeting, "nice": os.nice(0), "threads": os.environ["OMP_NUM_THREADS"]}
            parent.send(message.kind, message.payload, **message.fields, **about)


if __name__ == "__main__":
    run(_work)
