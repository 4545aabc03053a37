"""What can be told to a webhook: a closed list."""

from typing import Literal

EventType = Literal[
    "session.started",
    "session.ended",
    "transcript.ready",
    "recording.ready",
    "tool.failed",
]
EVENTS: dict[EventType, str] = {
    "session.started": "A session was opened and waits for its client.",
    "session.ended": "A session is over, for whatever reason.",
    "transcript.ready": "The transcript of a session is complete.",
    "recording.ready": "The recording of a session can be downloaded.",
    "tool.failed": "A tool that a persona called did not answer as it should.",
}
# sent on request alone, to whoever asks for it
TEST_EVENT = "webhook.test"
EVERYTHING = "*"
