"""The client protocol, held against what each official client needs to see."""

import base64
import json
import uuid
from datetime import UTC, datetime
from typing import Any, get_args

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
    Event,
    Interrupt,
    PersonaSaid,
    PersonaSpeaking,
    PersonaThought,
    SessionEnded,
    SessionReady,
    Talk,
    TalkChunk,
    TalkInterrupted,
    ToolResult,
    TurnMeasured,
    UpdateConfig,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    UserText,
    Warned,
)
from visavis.transports import wire
from visavis.transports.wire import Heartbeat, IceCandidate, Offer, Unusable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MEASURED = TurnMeasured(9.0, "turn", None, None, None, None, None, None, None, None, False)
EVENTS: dict[type, Event] = {
    type(event): event
    for event in (
        SessionReady(1.0),
        UserSpeechStarted(2.0, "turn"),
        UserSpeechEnded(3.0, "turn"),
        UserSaid(4.0, "turn", "user-1", "Hello there", typed=False, shown=True),
        PersonaSaid(5.0, "turn", "persona-1", 2, "Hi ", utterance_id="u-1", cue_tag="warm"),
        PersonaThought(6.0, "turn", "thought-1", 0, "They greet me."),
        PersonaSpeaking(7.0, "turn"),
        MEASURED,
        TalkInterrupted(10.0, "stream-1"),
        Warned(11.0, "Mind the gap"),
        SessionEnded(12.0, "max_length", "The session reached its maximum length"),
    )
}
ON_SIGNALLING: dict[type, dict[str, Any]] = {
    SessionReady: {"actionType": "sessionready", "sessionId": "s", "payload": {}},
    TalkInterrupted: {
        "actionType": "talkinputstreaminterrupted",
        "sessionId": "s",
        "payload": {"correlationId": "stream-1"},
    },
    Warned: {"actionType": "warning", "sessionId": "s", "payload": "Mind the gap"},
    SessionEnded: {"actionType": "endsession", "sessionId": "s", "payload": "The session reached its maximum length"},
}
ON_DATA_CHANNEL: dict[type, dict[str, Any]] = {
    UserSpeechStarted: {"messageType": "userSpeechStarted", "data": {"user_action_correlation_id": "turn"}},
    UserSpeechEnded: {"messageType": "userSpeechEnded", "data": {"user_action_correlation_id": "turn"}},
    UserSaid: {
        "messageType": "speechText",
        "data": {
            "message_id": "user-1",
            "content_index": 0,
            "content": "Hello there",
            "role": "user",
            "end_of_speech": True,
            "interrupted": False,
            "user_action_correlation_id": "turn",
            "timestamp": "2026-01-01T00:00:00.000+00:00",
        },
    },
    PersonaSaid: {
        "messageType": "speechText",
        "data": {
            "message_id": "persona-1",
            "content_index": 2,
            "content": "Hi ",
            "role": "persona",
            "end_of_speech": False,
            "interrupted": False,
            "user_action_correlation_id": "turn",
            "utterance_id": "u-1",
            "cue_tag": "warm",
            "timestamp": "2026-01-01T00:00:00.000+00:00",
        },
    },
    PersonaThought: {
        "messageType": "reasoningText",
        "data": {
            "message_id": "thought-1",
            "content_index": 0,
            "content": "They greet me.",
            "role": "persona",
            "end_of_thought": False,
        },
    },
}
TOLD_TO_NOBODY = {PersonaSpeaking, TurnMeasured}


# --- server to client -----------------------------------------------------------------------------------------------


def test_every_event_has_been_thought_of() -> None:
    assert set(EVENTS) == set(get_args(Event))
    assert set(ON_SIGNALLING) | set(ON_DATA_CHANNEL) | TOLD_TO_NOBODY == set(get_args(Event))


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: type(event).__name__)
def test_what_each_road_is_told(event: Event) -> None:
    signalling = wire.signalling_message(event, "s")
    data = wire.data_channel_message(event, NOW)
    assert (json.loads(signalling) if signalling else None) == ON_SIGNALLING.get(type(event))
    assert (json.loads(data) if data else None) == ON_DATA_CHANNEL.get(type(event))


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: type(event).__name__)
def test_s14_s15_signalling_keys_come_in_order_and_are_never_null(event: Event) -> None:
    """One client decodes `payload` by the `actionType` it has read before."""
    if (text := wire.signalling_message(event, "s")) is not None:
        pairs = json.loads(text, object_pairs_hook=lambda pairs: pairs)
        assert [key for key, _ in pairs] == ["actionType", "sessionId", "payload"]
        assert pairs[0][1].islower()
        assert pairs[2][1] is not None


def test_s11_reasons_are_texts() -> None:
    for kind in (Warned, SessionEnded):
        text = wire.signalling_message(EVENTS[kind], "s")
        assert text is not None
        assert isinstance(json.loads(text)["payload"], str)


def test_s2_the_answer() -> None:
    assert json.loads(wire.answer_message("v=0", "s")) == {
        "actionType": "answer",
        "sessionId": "s",
        "payload": {"type": "answer", "sdp": "v=0"},
    }


KEYS_THAT_NAME_A_MESSAGE = {
    "end_of_thought": {"reasoningText"},
    "message_id": {"reasoningText", "speechText"},
    "end_of_speech": {"speechText"},
    "tool_call_id": set(),
    "result": set(),
    "error_message": set(),
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: type(event).__name__)
def test_d18_messages_can_be_told_apart_by_their_keys(event: Event) -> None:
    """One client picks the payload's class by key presence, so a foreign key, even null, makes another message."""
    if (text := wire.data_channel_message(event, NOW)) is None:
        return
    message = json.loads(text)
    for key, owners in KEYS_THAT_NAME_A_MESSAGE.items():
        assert (key in message["data"]) == (message["messageType"] in owners)
    assert None not in message["data"].values()


@pytest.mark.parametrize("kind", [UserSaid, PersonaSaid, PersonaThought])
def test_d7_roles_are_user_and_persona(kind: type) -> None:
    text = wire.data_channel_message(EVENTS[kind], NOW)
    assert text is not None
    assert json.loads(text)["data"]["role"] == ("user" if kind is UserSaid else "persona")


def test_d1_a_typed_turn_is_told_only_where_it_is_shown() -> None:
    hidden = UserSaid(1.0, "turn", "m", "typed", typed=True, shown=False)
    assert wire.data_channel_message(hidden, NOW) is None


def test_d4_an_interrupted_turn_ends_with_one_closing_message() -> None:
    text = wire.data_channel_message(PersonaSaid(1.0, "turn", "m", 7, "", final=True, interrupted=True), NOW)
    assert text is not None
    data = json.loads(text)["data"]
    assert (data["content"], data["end_of_speech"], data["interrupted"]) == ("", True, True)
    assert "utterance_id" not in data
    assert "cue_tag" not in data


# --- client to server -----------------------------------------------------------------------------------------------


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
    over_http = {Talk}
    assert set(get_args(Command)) - over_http <= given


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
    "cue",
    [
        {"cue": {"tag": "bored"}},
        {"cue": {"tag": "warm"}, "in_seconds": -1},
        {"cue": {"tag": "warm"}, "in_seconds": 1, "at_seconds": 1},
        {"cue": {"tag": "warm"}, "at_seconds": "soon"},
        {"cue": "warm"},
    ],
)
def test_cues_that_mean_nothing_are_ignored(cue: dict[str, object]) -> None:
    assert wire.parse_data_channel(json.dumps({"message_type": "director_note_cue"} | cue)) is None


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
    wire.parse_signalling(raw)
    wire.parse_data_channel(raw)


@given(ACTIONS, FIELDS)
def test_parsing_any_payload_never_raises(action: str, payload: dict[str, object]) -> None:
    wire.parse_signalling(json.dumps({"actionType": action, "payload": payload}))


@given(TYPES, FIELDS)
def test_parsing_any_command_never_raises(kind: str, fields: dict[str, object]) -> None:
    wire.parse_data_channel(json.dumps(fields | {"message_type": kind}))


def test_deeply_nested_json_is_not_followed() -> None:
    assert wire.parse_data_channel("[" * 200_000) is None
    assert isinstance(wire.parse_signalling("[" * 200_000), Unusable)


@given(st.text())
def test_any_text_survives_the_way_to_the_client(text: str) -> None:
    said = PersonaSaid(1.0, "turn", "m", 0, text)
    sent = wire.data_channel_message(said, NOW)
    assert sent is not None
    assert json.loads(sent)["data"]["content"] == text
