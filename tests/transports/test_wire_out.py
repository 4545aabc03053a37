"""The client protocol, held against what each official client needs to see."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.events import (
    CalledTool,
    ClientToolCalled,
    ConfigUpdated,
    CueApplied,
    Event,
    LineMeasured,
    PersonaSaid,
    PersonaSpeaking,
    PersonaThought,
    SessionEnded,
    SessionReady,
    TalkInterrupted,
    ToolCallCompleted,
    ToolCallFailed,
    ToolCallStarted,
    TurnMeasured,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    Warned,
)
from visavis.transports import wire

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MEASURED = TurnMeasured(9.0, "turn", None, None, None, None, None, None, None, None, False)
PAGE_CALL = CalledTool("call-1", "session-1", "turn", "nav", "client", {"page": "x"}, 8.0, user_acted_ms=-1_992.0)
WEBHOOK_CALL = CalledTool("call-2", "session-1", "turn", "weather", "webhook", {}, 8.0, user_acted_ms=8.0)
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
        LineMeasured(7.5, 2_000.0, 20.0, 1.0, 100, 0, 50_000),
        ToolCallStarted(8.0, "event-1", PAGE_CALL),
        ClientToolCalled(8.0, "event-1", PAGE_CALL),
        ToolCallCompleted(9.0, "event-2", WEBHOOK_CALL, "Sunny", ("faq.pdf",)),
        ToolCallFailed(9.0, "event-3", WEBHOOK_CALL, "It answered 500."),
        CueApplied(9.5, "s", "turn", "warm", 8.5),
        ConfigUpdated(9.8, "s", {"languageCode": {"before": "en", "after": "fr"}}),
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
    CueApplied: {
        "messageType": "directorNoteCueApplied",
        "data": {
            "session_id": "s",
            "user_action_correlation_id": "turn",
            "timestamp_user_action": "2025-12-31T23:59:59.999+00:00",
            "cue_tag": "warm",
        },
    },
    ConfigUpdated: {
        "messageType": "personaConfigUpdateApplied",
        "data": {"session_id": "s", "changed_fields": {"languageCode": {"before": "en", "after": "fr"}}},
    },
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
AT = {"timestamp": "2026-01-01T00:00:00.000+00:00", "user_action_correlation_id": "turn"}
OF_PAGE = {**AT, "timestamp_user_action": "2025-12-31T23:59:58.000+00:00", "used_outside_engine": True}
OF_WEBHOOK = {
    **AT,
    "session_id": "session-1",
    "tool_call_id": "call-2",
    "tool_name": "weather",
    "tool_type": "server",
    "tool_subtype": "webhook",
    "arguments": {},
    "timestamp_user_action": "2025-12-31T23:59:59.999+00:00",
    "used_outside_engine": False,
}
ON_DATA_CHANNEL |= {
    ToolCallStarted: {
        "messageType": "toolCallStarted",
        "data": {
            "event_uid": "event-1",
            "session_id": "session-1",
            "tool_call_id": "call-1",
            "tool_name": "nav",
            "tool_type": "client",
            "arguments": {"page": "x"},
            **OF_PAGE,
        },
    },
    ClientToolCalled: {
        "messageType": "clientToolEvent",
        "data": {
            "event_uid": "event-1",
            "session_id": "session-1",
            "event_name": "nav",
            "event_data": {"page": "x"},
            **OF_PAGE,
        },
    },
    ToolCallCompleted: {
        "messageType": "toolCallCompleted",
        "data": {"event_uid": "event-2", **OF_WEBHOOK, "result": "Sunny", "documents_accessed": ["faq.pdf"]},
    },
    ToolCallFailed: {
        "messageType": "toolCallFailed",
        "data": {"event_uid": "event-3", **OF_WEBHOOK, "error_message": "It answered 500."},
    },
}
TOLD_TO_NOBODY = {PersonaSpeaking, TurnMeasured, LineMeasured}


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
    "tool_call_id": {"toolCallStarted", "toolCallCompleted", "toolCallFailed"},
    "result": {"toolCallCompleted"},
    "error_message": {"toolCallFailed"},
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


def test_d13_a_page_that_has_answered_is_not_told_so() -> None:
    assert wire.data_channel_message(ToolCallCompleted(9.0, "e", PAGE_CALL, "blue", shown=False), NOW) is None
    assert wire.data_channel_message(ToolCallFailed(9.0, "e", PAGE_CALL, "no", shown=False), NOW) is None


def test_d14_how_long_a_call_took_can_be_computed() -> None:
    """From the times of sending, which are one clock's and name their zone."""
    later = NOW.replace(second=2)
    texts = (
        wire.data_channel_message(EVENTS[ToolCallStarted], NOW),
        wire.data_channel_message(EVENTS[ToolCallFailed], later),
    )
    started, failed = [datetime.fromisoformat(json.loads(text or "")["data"]["timestamp"]) for text in texts]
    assert (failed - started).total_seconds() == 2


def test_a_long_result_still_fits_into_one_message() -> None:
    text = wire.data_channel_message(ToolCallCompleted(9.0, "e", WEBHOOK_CALL, "\u00fc" * 1_000_000), NOW)
    assert text is not None
    assert len(text) < wire.DATA_BYTES_MAX


@given(st.text())
def test_any_text_survives_the_way_to_the_client(text: str) -> None:
    said = PersonaSaid(1.0, "turn", "m", 0, text)
    sent = wire.data_channel_message(said, NOW)
    assert sent is not None
    assert json.loads(sent)["data"]["content"] == text
