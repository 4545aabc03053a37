"""What lets another process take over a connection whose own process died: the client keeps its end as it was.

A browser that loses its path offers again on the connection it has. It accepts another certificate and begins DTLS and
the association of the data channel anew, but its streams, tracks and the number of its channel stay what they were.
"""

import json
from dataclasses import dataclass

from visavis.transports.offer import CheckedOffer


@dataclass(frozen=True, slots=True)
class Keepsake:
    """The client's certificate, and how the things that go over the connection are called."""

    fingerprints: frozenset[tuple[str, str]]
    stream: str
    audio: str
    video: str
    channel: int

    def is_of(self, offer: CheckedOffer) -> bool:
        return offer.fingerprints == self.fingerprints

    def write(self) -> str:
        fingerprints = sorted(self.fingerprints)
        return json.dumps([fingerprints, self.stream, self.audio, self.video, self.channel])

    @classmethod
    def read(cls, text: str) -> "Keepsake | None":
        """None for what no `write` has written."""
        try:
            fingerprints, stream, audio, video, channel = json.loads(text)
            pairs = frozenset((str(algorithm), str(value)) for algorithm, value in fingerprints)
            return cls(pairs, str(stream), str(audio), str(video), int(channel))
        except (ValueError, TypeError):
            return None
