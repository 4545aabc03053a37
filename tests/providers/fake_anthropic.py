"""Answers as Anthropic's Messages protocol streams them, for `FakeOpenAI` to send."""

import json
from typing import Any

from tests.providers.fake_openai import Plan, Step

PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def event(kind: str, **fields: Any) -> bytes:
    body = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {body}\n\n".encode()


def beginning() -> bytes:
    usage = {"input_tokens": 5, "output_tokens": 1}
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "test", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    return event("message_start", message=message)


def ending(reason: str = "end_turn") -> list[Step]:
    delta = {"stop_reason": reason, "stop_sequence": None}
    return [event("message_delta", delta=delta, usage={"output_tokens": 7}), event("message_stop")]


def block(index: int, content: dict[str, Any], *deltas: dict[str, Any]) -> list[Step]:
    pieces: list[Step] = [event("content_block_delta", index=index, delta=delta) for delta in deltas]
    return [
        event("content_block_start", index=index, content_block=content),
        *pieces,
        event("content_block_stop", index=index),
    ]


def text_block(index: int, *texts: str) -> list[Step]:
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": text} for text in texts))


def thinking_block(index: int, *thoughts: str, signature: str = "signed") -> list[Step]:
    deltas = [{"type": "thinking_delta", "thinking": thought} for thought in thoughts]
    signed = {"type": "signature_delta", "signature": signature}
    return block(index, {"type": "thinking", "thinking": "", "signature": ""}, *deltas, signed)


def tool_block(index: int, call_id: str, name: str, *arguments: str) -> list[Step]:
    started = {"type": "tool_use", "id": call_id, "name": name, "input": {}}
    return block(index, started, *({"type": "input_json_delta", "partial_json": piece} for piece in arguments))


def plan(*blocks: list[Step], reason: str = "end_turn") -> Plan:
    return Plan([beginning(), PING, *(step for steps in blocks for step in steps), *ending(reason)])


def text_plan(*texts: str) -> Plan:
    return plan(text_block(0, *texts))
