"""Calls of tools as clients are told about them; pure, a part of `wire`.

A client tool is told in two forms, since the older one has listeners of its own. How long a call took is for clients
to compute, so all times are of one clock: those of the conversation, laid on the time of sending.
"""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

from visavis.core.events import ClientToolCalled, ToolCallCompleted, ToolCallFailed, ToolCallStarted

ToolEvent: TypeAlias = ToolCallStarted | ClientToolCalled | ToolCallCompleted | ToolCallFailed

RESULT_CHARS_MAX = 32_000  # what fits into one message of the data channel, whatever the characters are


def tool_message(event: ToolEvent, sent_at: datetime) -> tuple[str, dict[str, Any]] | None:
    """The message's type and data; None where the client knows already."""
    match event:
        case ToolCallStarted():
            return "toolCallStarted", _call(event, sent_at)
        case ClientToolCalled():
            return "clientToolEvent", _older_form(event, sent_at)
        case ToolCallCompleted(shown=True):
            completed = {**_call(event, sent_at), "result": event.result[:RESULT_CHARS_MAX]}
            return "toolCallCompleted", completed | (
                {"documents_accessed": list(event.documents)} if event.documents else {}
            )
        case ToolCallFailed(shown=True):
            return "toolCallFailed", {**_call(event, sent_at), "error_message": event.error}
        case _:
            return None


def _call(event: ToolEvent, sent_at: datetime) -> dict[str, Any]:
    call = event.call
    subtype = "" if call.kind == "client" else call.kind
    return {
        "event_uid": event.event_id,
        "session_id": call.session_id,
        "tool_call_id": call.call_id,
        "tool_name": call.name,
        "tool_type": "server" if subtype else "client",
        **({"tool_subtype": subtype} if subtype else {}),
        "arguments": dict(call.arguments),
        **_moments(event, sent_at),
    }


def _older_form(event: ClientToolCalled, sent_at: datetime) -> dict[str, Any]:
    return {
        "event_uid": event.event_id,
        "session_id": event.call.session_id,
        "event_name": event.call.name,
        "event_data": dict(event.call.arguments),
        **_moments(event, sent_at),
    }


def _moments(event: ToolEvent, sent_at: datetime) -> dict[str, Any]:
    return {
        "timestamp": _text(sent_at),
        "timestamp_user_action": _text(sent_at - timedelta(milliseconds=event.at_ms - event.call.user_acted_ms)),
        "user_action_correlation_id": event.call.turn_id,
        "used_outside_engine": event.call.kind == "client",
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
