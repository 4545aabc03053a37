"""What can be told to a webhook: a closed list."""

from typing import Literal

EventType = Literal[
    "session.started",
    "session.ended",
    "transcript.ready",
    "recording.ready",
    "tool.failed",
    "document.ready",
    "document.failed",
    "meeting.updated",
]
EVENTS: dict[EventType, str] = {
    "session.started": "A session was opened and waits for its client.",
    "session.ended": "A session is over, for whatever reason.",
    "transcript.ready": "The transcript of a session is complete.",
    "recording.ready": "The recording of a session can be downloaded.",
    "tool.failed": "A tool that a persona called did not answer as it should.",
    "document.ready": "A knowledge document was read and can be searched.",
    "document.failed": "A knowledge document could not be read.",
    "meeting.updated": "The state of a meeting invite changed.",
}
# sent on request alone, to whoever asks for it
TEST_EVENT = "webhook.test"
EVERYTHING = "*"
