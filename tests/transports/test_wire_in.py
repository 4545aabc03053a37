"""What clients may send: every message in the words of the official clients, and whatever else arrives."""

import base64
import json
import uuid
from types import NoneType
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.events import (
    AddContext,
    AgentAudio,
    AgentAudioEnd,
    Command,
    DirectorCue,
    End,
    Interrupt,
    Mistaken,
    Talk,
    TalkChunk,
    ToolResult,
    UpdateConfig,
    UserText,
)
from visavis.transports import wire
from visavis.transports.wire import Heartbeat, IceCandidate, Offer, Unusable


def frame(action: str, payload: object) -> str:
    return json.dumps({"actionType": action, "sessionId": "other", "payload": payload})


PCM = bytes(range(8))
UTTERANCE = "3f2c1b7a-1111-4222-8333-abcdefabcdef"
SIGNALLED = [
    (frame("offer", {"connectionDescription": {"type": "offer", "sdp": "v=0"}, "userUid": "s"}), Offer("v=0")),
    (
        frame(
            "icecandidate", {"candidate": "candidate:1 1 udp 1 1.2.3.4 5 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
        ),
        IceCandidate("candidate:1 1 udp 1 1.2.3.4 5 typ host", "0"),
    ),
    (frame("heartbeat", ""), Heartbeat()),
    (frame("heartbeat", {}), Heartbeat()),
    (
        frame(
            "talkstream",
            {
                "content": "Hello ",
                "startOfSpeech": True,
                "endOfSpeech": False,
                "correlationId": "ct9sdo4elsn",
                "utteranceId": UTTERANCE,
            },
        ),
        TalkChunk("Hello ", "ct9sdo4elsn", start=True, end=False, utterance_id=UTTERANCE),
    ),
    (
        frame("talkstream", {"content": "", "startOfSpeech": False, "endOfSpeech": True, "correlationId": "c"}),
        TalkChunk("", "c", start=False, end=True),
    ),
    (
        frame(
            "agentaudioinput",
            {
                "audioData": base64.b64encode(PCM).decode(),
                "encoding": "pcm_s16le",
                "sampleRate": 24000,
                "channels": 1,
                "sequenceNumber": 3,
            },
        ),
        AgentAudio(PCM, 24_000, 1, 3),
    ),
    (frame("agentaudioinputend", {}), AgentAudioEnd()),
    (frame("endsession", {}), End()),
]
ON_CHANNEL = [
    (
        {"content": "hi", "timestamp": "2026-11-22T14:39:19.285", "session_id": "s", "message_type": "speech"},
        UserText("hi"),
    ),
    ({"message_type": "interrupt", "session_id": "s", "timestamp": "2026-01-01T00:00:00Z"}, Interrupt()),
    ({"message_type": "context", "session_id": "s", "content": "it rains"}, AddContext("it rains")),
    ({"message_type": "director_note_cue", "cue": {"tag": "warm"}}, DirectorCue("warm")),
    (
        {"message_type": "director_note_cue", "cue": {"tag": "warm"}, "at_seconds": 1.5},
        DirectorCue("warm", at_ms=1500.0),
    ),
    ({"message_type": "director_note_cue", "cue": {"tag": "sad"}, "in_seconds": 0}, DirectorCue("sad", in_ms=0.0)),
    (
        {"session_id": "s", "message_type": "tool_result", "tool_call_id": "t", "result": "42"},
        ToolResult("t", result="42"),
    ),
    (
        {"message_type": "tool_result", "tool_call_id": "t", "error": "Error in handler: x"},
        ToolResult("t", error="Error in handler: x"),
    ),
    ({"message_type": "tool_result", "tool_call_id": "t"}, ToolResult("t")),
    ({"message_type": "tool_result", "tool_call_id": "t", "result": {"a": 1}}, ToolResult("t", result='{"a": 1}')),
    (
        {"message_type": "persona_config", "data": {"languageCode": "fr"}},
        UpdateConfig({"languageCode": "fr"}),
    ),
    ({"message_type": "remote_rtp_stats", "data": {}}, None),
    ({"message_type": "something_new"}, None),
]


@pytest.mark.parametrize(("text", "expected"), SIGNALLED, ids=lambda value: type(value).__name__)
def test_what_the_signalling_socket_may_send(text: str, expected: object) -> None:
    assert wire.parse_signalling(text) == expected
    message = json.loads(text)
    message["actionType"] = message["actionType"].upper()
    assert wire.parse_signalling(json.dumps(message).encode()) == expected


@pytest.mark.parametrize(("message", "expected"), ON_CHANNEL, ids=lambda value: type(value).__name__)
def test_w15_what_the_data_channel_may_send_as_text_or_bytes(message: object, expected: Command | None) -> None:
    text = json.dumps(message)
    assert wire.parse_data_channel(text) == expected
    assert wire.parse_data_channel(text.encode()) == expected


def test_every_command_can_be_given() -> None:
    given = {type(expected) for _, expected in SIGNALLED} | {type(expected) for _, expected in ON_CHANNEL}
    elsewhere = {Talk, Mistaken}  # over HTTP, and what a message that means nothing becomes
    assert set(get_args(Command)) - elsewhere <= given


UNUSABLE = {
    "not JSON": "hello",
    "not an object": "[1, 2]",
    "s16 unknown action": frame("dance", {}),
    "no action": "{}",
    "offer without sdp": frame("offer", {"connectionDescription": {}}),
    "offer too long": frame("offer", {"connectionDescription": {"sdp": "v" * (wire.SDP_CHARS_MAX + 1)}}),
    "offer without payload": frame("offer", None),
    "empty candidate": frame("icecandidate", {"candidate": ""}),
    "talk without text": frame("talkstream", {"correlationId": "c"}),
    "talk without id": frame("talkstream", {"content": "x", "correlationId": " "}),
    "audio of another encoding": frame("agentaudioinput", {"encoding": "opus", "sampleRate": 24000}),
    "audio of no rate": frame("agentaudioinput", {"encoding": "pcm_s16le", "sampleRate": "24000"}),
    "audio of three channels": frame("agentaudioinput", {"sampleRate": 24000, "channels": 3}),
    "audio that is not base64": frame("agentaudioinput", {"sampleRate": 24000, "channels": 1, "audioData": "a"}),
    "audio of another type": frame("agentaudioinput", {"sampleRate": 24000, "channels": 1, "audioData": 5}),
    "too large": '"' + "x" * wire.SIGNALLING_BYTES_MAX + '"',
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_what_cannot_be_used_says_why(text: str) -> None:
    parsed = wire.parse_signalling(text)
    assert isinstance(parsed, Unusable)
    assert parsed.reason


@pytest.mark.parametrize(
    ("cue", "reason"),
    [
        ({"cue": {"tag": "bored"}}, "cue.tag has to be one of angry, concerned"),
        ({"cue": "warm"}, "cue.tag"),
        ({"cue": {"tag": "warm"}, "in_seconds": -1}, "in_seconds has to be"),
        ({"cue": {"tag": "warm"}, "in_seconds": 1, "at_seconds": 1}, "not both"),
        ({"cue": {"tag": "warm"}, "at_seconds": "soon"}, "at_seconds has to be"),
        ({"cue": {"tag": "warm"}, "at_seconds": float("nan")}, "at_seconds has to be"),
    ],
)
def test_d24_cues_that_mean_nothing_say_why(cue: dict[str, object], reason: str) -> None:
    parsed = wire.parse_data_channel(json.dumps({"message_type": "director_note_cue"} | cue))
    assert isinstance(parsed, Mistaken)
    assert reason in parsed.reason
    assert "bored" not in parsed.reason


def test_changes_that_are_no_object_say_so() -> None:
    assert isinstance(wire.parse_data_channel('{"message_type": "persona_config", "data": "fr"}'), Mistaken)


@pytest.mark.parametrize(("given", "number"), [(0, 0), (7, 7), (-1, None), ("1", None), (None, None), (True, None)])
def test_a_number_of_ready_made_speech_is_a_count_or_none(given: object, number: int | None) -> None:
    payload = {"audioData": "AAA=", "sampleRate": 24_000, "channels": 1, "sequenceNumber": given}
    parsed = wire.parse_signalling(frame("agentaudioinput", payload))
    assert isinstance(parsed, AgentAudio)
    assert parsed.number == number


def test_t6_a_name_that_is_no_uuid_becomes_the_same_one_each_time() -> None:
    def utterance(name: str, stream: str) -> str:
        chunk = wire.parse_signalling(
            frame("talkstream", {"content": "", "correlationId": stream, "utteranceId": name})
        )
        assert isinstance(chunk, TalkChunk)
        return chunk.utterance_id

    assert utterance("first", "a") == utterance("first", "a")
    assert utterance("first", "a") != utterance("first", "b")
    assert str(uuid.UUID(utterance("first", "a"))) == utterance("first", "a")
    assert utterance(UTTERANCE.upper(), "a") != UTTERANCE.upper()


def test_s27_four_megabytes_of_speech_are_one_message() -> None:
    pcm = bytes(3_000_000)
    text = frame("agentaudioinput", {"audioData": base64.b64encode(pcm).decode(), "sampleRate": 24000, "channels": 1})
    assert len(text) > 4_000_000
    parsed = wire.parse_signalling(text)
    assert isinstance(parsed, AgentAudio)
    assert len(parsed.pcm) == len(pcm)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=3,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "connectionDescription",
            "sdp",
            "candidate",
            "sdpMid",
            "content",
            "correlationId",
            "utteranceId",
            "startOfSpeech",
            "audioData",
            "encoding",
            "sampleRate",
            "channels",
            "sequenceNumber",
            "cue",
            "tag",
            "in_seconds",
            "at_seconds",
            "tool_call_id",
            "result",
            "error",
            "data",
        ]
    ),
    JSON,
)
ACTIONS = st.sampled_from(
    ["offer", "icecandidate", "heartbeat", "talkstream", "agentaudioinput", "agentaudioinputend", "endsession"]
)
TYPES = st.sampled_from(["speech", "interrupt", "context", "director_note_cue", "tool_result", "persona_config"])


@given(st.one_of(st.text(), st.binary(), JSON.map(json.dumps)))
def test_parsing_never_raises(raw: str | bytes) -> None:
    assert isinstance(wire.parse_signalling(raw), get_args(wire.SignallingMessage))
    assert isinstance(wire.parse_data_channel(raw), (NoneType, *get_args(Command)))


@given(ACTIONS, FIELDS)
def test_parsing_any_payload_never_raises(action: str, payload: dict[str, object]) -> None:
    parsed = wire.parse_signalling(json.dumps({"actionType": action, "payload": payload}))
    assert isinstance(parsed, get_args(wire.SignallingMessage))


@given(TYPES, FIELDS)
def test_parsing_any_command_never_raises(kind: str, fields: dict[str, object]) -> None:
    parsed = wire.parse_data_channel(json.dumps(fields | {"message_type": kind}))
    assert isinstance(parsed, (NoneType, *get_args(Command)))


def test_deeply_nested_json_is_not_followed() -> None:
    assert wire.parse_data_channel("[" * 200_000) is None
    assert isinstance(wire.parse_signalling("[" * 200_000), Unusable)
