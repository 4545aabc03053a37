"""Being told what happens in every conversation, without being part of any: for telemetry."""

from typing import Protocol

from visavis.core.events import Event
from visavis.core.spec import SessionSpec


class Watcher(Protocol):
    """Somebody outside. No call blocks, and none raises."""

    def admitted(self, spec: SessionSpec) -> None: ...

    def refused(self) -> None:
        """A session could not start because the server is full."""
        ...

    def happened(self, spec: SessionSpec, event: Event) -> None: ...
