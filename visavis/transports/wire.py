"""The client protocol: every message either side may send, and nothing else. Pure functions, no I/O.

There are two roads. The signalling socket carries text frames `{"actionType", "sessionId", "payload"}`: the offer, ICE
candidates, heartbeats, text and sound to be spoken, and what must reach a client whatever its network does. The data
channel carries transcripts to the client as `{"messageType", "data"}` and commands to the server as flat objects with
a `message_type`.

What clients depend on, and why the functions below look as they do:
* in a signalling message `actionType` comes first, all three keys are there, and a payload is never null;
* one client tells data messages apart by which keys they have, so `message_id`, `content_index`, `end_of_speech`,
  `end_of_thought`, `tool_call_id`, `result` and `error_message` appear only where they belong, and a key without a
  value is left out;
* a client tool that answered is closed by its own page: the server sends no `toolCallCompleted` for it;
* `role` is `user` or `persona`, nothing else;
* a user's turn is one message, a persona's turn ends with exactly one message that has `end_of_speech`.

What comes in is never trusted: parsing returns None or `Unusable` and never raises.
"""

import binascii
import json
import math
import uuid
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeGuard, assert_never

from visavis.core.events import (
    CUE_TAGS,
    AddContext,
    AgentAudio,
    AgentAudioEnd,
    ClientToolCalled,
    Command,
    ConfigUpdated,
    CueApplied,
    DirectorCue,
    End,
    Event,
    Interrupt,
    LineMeasured,
    Mistaken,
    PersonaSaid,
    PersonaSpeaking,
    PersonaThought,
    SessionEnded,
    SessionReady,
    TalkChunk,
    TalkInterrupted,
    ToolCallCompleted,
    ToolCallFailed,
    ToolCallStarted,
    ToolResult,
    TurnMeasured,
    UpdateConfig,
    UserSaid,
    UserSpeechEnded,
    UserSpeechStarted,
    UserText,
    Warned,
)
from visavis.transports.wire_tools import tool_message

SIGNALLING_BYTES_MAX = 16 * 1024 * 1024  # a long piece of ready-made speech is one frame
DATA_BYTES_MAX = 256 * 1024  # what the answer announces as max-message-size
SDP_CHARS_MAX = 64 * 1024
CANDIDATE_CHARS_MAX = 1024
ID_CHARS_MAX = 256
TEXT_CHARS_MAX = 100_000
AGENT_RATE_HZ = range(8_000, 192_001)
AGENT_CHANNELS = (1, 2)


@dataclass(frozen=True, slots=True)
class Offer:
    sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IceCandidate:
    """One address of the client, in the words of SDP and without a leading `a=`."""

    candidate: str
    sdp_mid: str | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The client is there; nothing is answered."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A message that means nothing to this server; `reason` may be shown to a developer and quotes no content."""

    reason: str


SignallingMessage: TypeAlias = (
    Offer | IceCandidate | Heartbeat | Unusable | TalkChunk | AgentAudio | AgentAudioEnd | End
)

# --- server to client ---------------------------------------------------------------------------------------------


def signalling_message(event: Event, session_id: str) -> str | None:
    """The text frame that tells the signalling socket about this event; None where it is not told."""
    match event:
        case SessionReady():
            return envelope("sessionready", session_id, {})
        case Warned(text=text):
            return envelope("warning", session_id, text)
        case TalkInterrupted(correlation_id=correlation_id):
            return envelope("talkinputstreaminterrupted", session_id, {"correlationId": correlation_id})
        case SessionEnded(text=text):
            return envelope("endsession", session_id, text)
        case UserSpeechStarted() | UserSpeechEnded() | UserSaid() | PersonaSaid() | PersonaThought():
            return None
        case ToolCallStarted() | ClientToolCalled() | ToolCallCompleted() | ToolCallFailed():
            return None
        case PersonaSpeaking() | TurnMeasured() | LineMeasured() | CueApplied() | ConfigUpdated():
            return None
        case _:
            assert_never(event)


def answer_message(sdp: str, session_id: str) -> str:
    return envelope("answer", session_id, {"type": "answer", "sdp": sdp})


def envelope(action: str, session_id: str, payload: dict[str, Any] | str) -> str:
    return json.dumps({"actionType": action, "sessionId": session_id, "payload": payload})


def data_channel_message(event: Event, sent_at: datetime) -> str | None:
    """The text that tells the data channel about this event; None where it is not told. `sent_at` has a time zone."""
    match event:
        case UserSpeechStarted(turn_id=turn_id):
            return _data("userSpeechStarted", {"user_action_correlation_id": turn_id})
        case UserSpeechEnded(turn_id=turn_id):
            return _data("userSpeechEnded", {"user_action_correlation_id": turn_id})
        case UserSaid():
            return _data("speechText", _user_text(event, sent_at)) if event.shown else None
        case PersonaSaid():
            return _data("speechText", _persona_text(event, sent_at))
        case PersonaThought():
            return _data("reasoningText", _reasoning(event))
        case ToolCallStarted() | ClientToolCalled() | ToolCallCompleted() | ToolCallFailed():
            told = tool_message(event, sent_at)
            return _data(*told) if told is not None else None
        case CueApplied():
            return _data("directorNoteCueApplied", _cue_applied(event, sent_at))
        case ConfigUpdated(session_id=session_id, changed=changed):
            changed_fields = {path: dict(change) for path, change in changed.items()}
            return _data("personaConfigUpdateApplied", {"session_id": session_id, "changed_fields": changed_fields})
        case SessionReady() | Warned() | TalkInterrupted() | SessionEnded():
            return None
        case PersonaSpeaking() | TurnMeasured() | LineMeasured():
            return None
        case _:
            assert_never(event)


def _data(message_type: str, data: dict[str, Any]) -> str:
    return json.dumps({"messageType": message_type, "data": data})


def _user_text(said: UserSaid, sent_at: datetime) -> dict[str, Any]:
    return {
        "message_id": said.message_id,
        "content_index": 0,
        "content": said.text,
        "role": "user",
        "end_of_speech": True,
        "interrupted": False,
        "user_action_correlation_id": said.turn_id,
        "timestamp": sent_at.isoformat(timespec="milliseconds"),
    }


def _persona_text(said: PersonaSaid, sent_at: datetime) -> dict[str, Any]:
    data: dict[str, Any] = {
        "message_id": said.message_id,
        "content_index": said.index,
        "content": said.text,
        "role": "persona",
        "end_of_speech": said.final,
        "interrupted": said.interrupted,
        "user_action_correlation_id": said.turn_id,
    }
    if said.utterance_id:
        data["utterance_id"] = said.utterance_id
    if said.cue_tag:
        data["cue_tag"] = said.cue_tag
    return data | {"timestamp": sent_at.isoformat(timespec="milliseconds")}


def _reasoning(thought: PersonaThought) -> dict[str, Any]:
    return {
        "message_id": thought.message_id,
        "content_index": thought.index,
        "content": thought.text,
        "role": "persona",
        "end_of_thought": thought.final,
    }


def _cue_applied(cue: CueApplied, sent_at: datetime) -> dict[str, Any]:
    acted_at = sent_at - timedelta(milliseconds=cue.at_ms - cue.acted_ms)
    return {
        "session_id": cue.session_id,
        "user_action_correlation_id": cue.turn_id,
        "timestamp_user_action": acted_at.isoformat(timespec="milliseconds"),
        "cue_tag": cue.tag,
    }


# --- client to server ---------------------------------------------------------------------------------------------


def parse_signalling(text: str | bytes) -> SignallingMessage:
    """One frame of the signalling socket. Action names are taken in any letter case; the envelope's session id is not
    looked at, since the socket's own address says which session it belongs to."""
    if len(text) > SIGNALLING_BYTES_MAX:
        return Unusable(f"A message is larger than {SIGNALLING_BYTES_MAX} bytes")
    message = _object(text)
    if message is None:
        return Unusable("A message is not a JSON object")
    payload = message.get("payload")
    fields: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
    match str(message.get("actionType", "")).lower():
        case "offer":
            return _offer(fields)
        case "icecandidate":
            return _candidate(fields)
        case "heartbeat":
            return Heartbeat()
        case "talkstream":
            return _talk_chunk(fields)
        case "agentaudioinput":
            return _agent_audio(fields)
        case "agentaudioinputend":
            return AgentAudioEnd()
        case "endsession":
            return End()
        case _:
            return Unusable("A message has an actionType this server does not know")


def _offer(fields: Mapping[str, Any]) -> Offer | Unusable:
    description = fields.get("connectionDescription")
    sdp = _text(description if isinstance(description, dict) else fields, "sdp", SDP_CHARS_MAX)
    return Offer(sdp) if sdp else Unusable("offer: connectionDescription.sdp is missing or too long")


def _candidate(fields: Mapping[str, Any]) -> IceCandidate | Unusable:
    candidate = _text(fields, "candidate", CANDIDATE_CHARS_MAX)
    if not candidate:
        return Unusable("icecandidate: candidate is missing or too long")
    return IceCandidate(candidate, _text(fields, "sdpMid", ID_CHARS_MAX))


def _talk_chunk(fields: Mapping[str, Any]) -> TalkChunk | Unusable:
    text = _text(fields, "content", TEXT_CHARS_MAX)
    correlation_id = _text(fields, "correlationId", ID_CHARS_MAX)
    if text is None:
        return Unusable(f"talkstream: content has to be a text of at most {TEXT_CHARS_MAX} characters")
    if not correlation_id or not correlation_id.strip():
        return Unusable("talkstream: correlationId is missing or blank")
    return TalkChunk(
        text=text,
        correlation_id=correlation_id,
        start=fields.get("startOfSpeech") is True,
        end=fields.get("endOfSpeech") is True,
        utterance_id=_utterance_id(fields, correlation_id),
    )


def _utterance_id(fields: Mapping[str, Any], correlation_id: str) -> str:
    """Clients are told ids in canonical form only; any other name becomes one, the same one each time."""
    name = _text(fields, "utteranceId", ID_CHARS_MAX)
    if not name:
        return ""
    try:
        return name if str(uuid.UUID(name)) == name else _uuid_for(name, correlation_id)
    except ValueError:
        return _uuid_for(name, correlation_id)


def _uuid_for(name: str, correlation_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{correlation_id}\n{name}".encode("utf-8", "replace").decode()))


def _agent_audio(fields: Mapping[str, Any]) -> AgentAudio | Unusable:
    encoding, rate_hz, channels = (
        fields.get("encoding", "pcm_s16le"),
        fields.get("sampleRate"),
        fields.get("channels", 1),
    )
    if not isinstance(encoding, str) or encoding.lower() != "pcm_s16le":
        return Unusable("agentaudioinput: encoding has to be pcm_s16le")
    if not _whole(rate_hz) or rate_hz not in AGENT_RATE_HZ:
        return Unusable(f"agentaudioinput: sampleRate has to be {AGENT_RATE_HZ.start} to {AGENT_RATE_HZ.stop - 1}")
    if not _whole(channels) or channels not in AGENT_CHANNELS:
        return Unusable("agentaudioinput: channels has to be 1 or 2")
    number = fields.get("sequenceNumber")
    try:
        pcm = b64decode(fields.get("audioData", ""))
    except (TypeError, ValueError, binascii.Error):
        return Unusable("agentaudioinput: audioData is not base64")
    return AgentAudio(pcm, rate_hz, channels, number if _whole(number) and number >= 0 else None)


def parse_data_channel(raw: str | bytes) -> Command | None:
    """One message of the data channel, text or the same text as bytes; None for what asks for nothing."""
    if len(raw) > DATA_BYTES_MAX:
        return None
    message = _object(raw)
    if message is None:
        return None
    match str(message.get("message_type", "")).lower():
        case "speech":
            text = _text(message, "content", TEXT_CHARS_MAX)
            return UserText(text) if text else None
        case "interrupt":
            return Interrupt()
        case "context":
            text = _text(message, "content", TEXT_CHARS_MAX)
            return AddContext(text) if text else None
        case "director_note_cue":
            return _director_cue(message)
        case "tool_result":
            return _tool_result(message)
        case "persona_config":
            changes = message.get("data")
            return UpdateConfig(changes) if isinstance(changes, dict) else Mistaken("persona_config: data is missing")
        case _:  # statistics, and whatever applications send each other
            return None


def _director_cue(message: Mapping[str, Any]) -> DirectorCue | Mistaken:
    """Without a time the cue is due now."""
    cue = message.get("cue")
    tag = cue.get("tag") if isinstance(cue, dict) else None
    if not isinstance(tag, str) or tag not in CUE_TAGS:
        return Mistaken(f"director_note_cue: cue.tag has to be one of {', '.join(sorted(CUE_TAGS))}")
    if message.get("in_seconds") is not None and message.get("at_seconds") is not None:
        return Mistaken("director_note_cue: give in_seconds or at_seconds, not both")
    times_ms: list[float | None] = []
    for key in ("in_seconds", "at_seconds"):
        given = message.get(key)
        seconds = _seconds(given)
        if given is not None and seconds is None:
            return Mistaken(f"director_note_cue: {key} has to be a number of seconds, from 0 to a day")
        times_ms.append(None if seconds is None else seconds * 1000)
    return DirectorCue(tag, *times_ms)


def _tool_result(message: Mapping[str, Any]) -> ToolResult | None:
    tool_call_id = _text(message, "tool_call_id", ID_CHARS_MAX)
    if not tool_call_id:
        return None
    error = _text(message, "error", TEXT_CHARS_MAX)
    result = message.get("result")
    if error is not None or result is None:
        return ToolResult(tool_call_id, error=error)
    return ToolResult(tool_call_id, result if isinstance(result, str) else json.dumps(result))


def _object(raw: str | bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(fields: Mapping[str, Any], key: str, chars_max: int) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) and len(value) <= chars_max else None


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _seconds(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < 86_400 and math.isfinite(value) else None
