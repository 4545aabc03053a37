"""The one-shot child process that opens what people send: decoders have been wrong before, and their errors stay here.

It is configured with what to look at: a photo comes in the message "payload", a recording lies at `path`.
"""

import resource
from dataclasses import asdict
from pathlib import Path
from typing import Any

from visavis.core.errors import InvalidRequest, Unprocessable
from visavis.media.channel import ParentLink
from visavis.media.child import run

# of addresses, not of memory: libraries reserve far more than they use
_ADDRESSES_BYTES_MAX = 2 << 30
_PROCESSOR_S_MAX = 45


def _look(parent: ParentLink, configuration: dict[str, Any], payload: bytes) -> None:
    if configuration["kind"] == "photo":
        from visavis.media.photo import examine

        photo = examine(payload)
        parent.send("photo", photo.jpeg, width_px=photo.width_px, height_px=photo.height_px, face_box=photo.face_box)
    else:
        from visavis.media.recording import measure

        parent.send("recording", **asdict(measure(Path(configuration["path"]))))


def _work(parent: ParentLink, configuration: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES_BYTES_MAX, _ADDRESSES_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S_MAX, _PROCESSOR_S_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    parent.send("ready")
    while True:
        for message in parent.receive():
            try:
                _look(parent, configuration, message.payload)
            except (InvalidRequest, Unprocessable) as error:
                details = [asdict(detail) for detail in error.details]
                parent.send("refused", error=type(error).__name__, message=error.message, details=details)
            except Exception as error:
                parent.send("failed", error=type(error).__name__)


if __name__ == "__main__":
    run(_work)
