"""The client protocol, message by message: every example is made or read by the code that serves clients."""

import dataclasses
import inspect
import json
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from visavis.core import events
from visavis.transports import wire

SESSION_ID = "6f1c2a9e-0b1d-4c7e-9f52-3a1f0c9d7e21"


def protocol_page() -> Iterator[str]:
    yield "# The protocol between a client and a conversation"
    yield ""
    yield from inspect.cleandoc(wire.__doc__ or "").split("\n\n", 1)[1].replace(ASIDE, ":").splitlines()
    yield ""
    yield f"A message on the socket may have {wire.SIGNALLING_BYTES_MAX // 2**20} MiB, one on the data channel"
    yield f"{wire.DATA_BYTES_MAX // 1024} KiB, and a text in it {wire.TEXT_CHARS_MAX:,} characters. A message that"
    yield "cannot be used changes nothing; on the socket it is answered with a `warning`."
    yield ""
    yield "## From the server"
    yield ""
    yield "`answer` follows an offer. Everything else follows from an event of the conversation:"
    for event in sample_events():
        yield from outgoing(as_shown(event))
    yield ""
    yield "## From the client, on the socket"
    for text in SOCKET_EXAMPLES:
        yield from incoming(text, wire.parse_signalling(text))
    yield ""
    yield "## From the client, on the data channel"
    for text in CHANNEL_EXAMPLES:
        yield from incoming(text, wire.parse_data_channel(text))
    yield ""
    yield "Statistics (`remote_rtp_stats`) and messages of unknown types are accepted and change nothing."


ASIDE = ", and why the functions below look as they do:"


def sample_events() -> Iterator[events.Event]:
    """One of each event, with values that look like real ones."""
    for kind in typing.get_args(events.Event):
        yield kind(**{field.name: sample_value(field) for field in dataclasses.fields(kind) if needed(field)})


def needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING or field.name in ("utterance_id", "final")


SAMPLES: dict[str, Any] = {
    "turn_id": "9d2b5c1e-turn",
    "message_id": "41c0aa83",
    "correlation_id": "k3v9s0x2m1q",
    "utterance_id": "3f2c1b7a-1111-4222-8333-abcdefabcdef",
    "session_id": SESSION_ID,
    "tag": "warm",
    "changed": {"languageCode": {"before": "en", "after": "fr"}},
    "text": "Good morning.",
    "index": 0,
    "reason": "client",
    "shown": True,
    "typed": False,
    "final": True,
    "interrupted": False,
    "event_id": "0c1f52be-6a3e-4c55-9d8a-0f7e2b1c9a44",
    "call": events.CalledTool(
        "fc_7a1d3c0e", SESSION_ID, "9d2b5c1e-turn", "open_page", "client", {"page": "offers"}, 1234.0, 1234.0
    ),
    "result": "Open from nine to six.",
    "error": "It did not answer within 10 seconds.",
}
LOOKED_UP = dataclasses.replace(SAMPLES["call"], name="handbook", kind="knowledge", arguments={"query": "hours"})


def sample_value(field: "dataclasses.Field[Any]") -> Any:
    return SAMPLES.get(field.name, 1234.0)


def as_shown(event: events.Event) -> events.Event:
    """A page's own answer is not repeated to it, so the example is a tool of this server."""
    if isinstance(event, events.ToolCallCompleted):
        return dataclasses.replace(event, call=LOOKED_UP, documents=("faq.pdf",))
    return event


def outgoing(event: events.Event) -> Iterator[str]:
    roads = {
        "socket": wire.signalling_message(event, SESSION_ID),
        "data channel": wire.data_channel_message(event, datetime(2026, 1, 1, tzinfo=UTC)),
    }
    for road, text in roads.items():
        if text is not None:
            yield ""
            yield f"`{type(event).__name__}`, on the {road}:"
            yield from block(text)


def incoming(text: str, meaning: object) -> Iterator[str]:
    name = type(meaning).__name__
    yield ""
    yield f"Becomes `{name}`:" if name != "NoneType" else "Changes nothing:"
    yield from block(text)


def block(text: str) -> Iterator[str]:
    yield ""
    yield "```json"
    yield from json.dumps(json.loads(text), indent=2).splitlines()
    yield "```"


def socket_example(action: str, payload: object) -> str:
    return json.dumps({"actionType": action, "sessionId": SESSION_ID, "payload": payload})


def channel_example(message_type: str, **fields: object) -> str:
    return json.dumps({"message_type": message_type, "session_id": SESSION_ID, **fields})


TALK = {"content": "Hello ", "startOfSpeech": True, "endOfSpeech": False, "correlationId": "k3v9s0x2m1q"}
AUDIO = {"audioData": "AAAA", "encoding": "pcm_s16le", "sampleRate": 24000, "channels": 1, "sequenceNumber": 0}
CANDIDATE = {"candidate": "candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
SOCKET_EXAMPLES = [
    socket_example("offer", {"connectionDescription": {"type": "offer", "sdp": "v=0…"}, "userUid": SESSION_ID}),
    socket_example("icecandidate", CANDIDATE),
    socket_example("heartbeat", ""),
    socket_example("talkstream", TALK),
    socket_example("agentaudioinput", AUDIO),
    socket_example("agentaudioinputend", {}),
    socket_example("endsession", {}),
]
CHANNEL_EXAMPLES = [
    channel_example("speech", content="Who are you?", timestamp="2026-01-01T00:00:00.000"),
    channel_example("interrupt"),
    channel_example("context", content="The shop closes at six."),
    channel_example("director_note_cue", cue={"tag": "warm"}, in_seconds=1.5),
    channel_example("tool_result", tool_call_id="call-1", result="ok"),
    channel_example("persona_config", data={"languageCode": "en"}),
]
