"""The child process that turns texts into vectors, one request at a time.

Messages in: embed, with the texts as JSON. Messages out: embedded, with float32 in rows, or failed.
"""

import json
from typing import Any

from visavis.core.errors import VisavisError
from visavis.media.channel import ParentLink
from visavis.media.child import load_class, run


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    embedder = load_class(configuration["dotted"])()
    parent.send("ready")
    while True:
        for message in parent.receive():
            request = message.fields["request"]
            try:
                rows = embedder.embed(json.loads(message.payload)).astype("<f4")
            except Exception as error:
                text = error.message if isinstance(error, VisavisError) else type(error).__name__
                parent.send("failed", request=request, text=text)
            else:
                parent.send("embedded", rows.tobytes(), request=request, size=rows.shape[1])


if __name__ == "__main__":
    run(_work)
