"""Answers as Gemini's `streamGenerateContent` sends them, for `FakeOpenAI` to send."""

import json
from typing import Any

from tests.providers.fake_openai import Plan


def chunk(*parts: dict[str, Any], finish: str | None = None) -> bytes:
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    body = {"candidates": [candidate], "modelVersion": "test", "responseId": "r1"}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\r\n\r\n"


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\r\n\r\n"


def call(name: str, arguments: dict[str, Any], call_id: str = "", signature: str = "") -> dict[str, Any]:
    made = {"name": name, "args": arguments, **({"id": call_id} if call_id else {})}
    return {"functionCall": made, **({"thoughtSignature": signature} if signature else {})}


def plan(*parts: dict[str, Any], finish: str = "STOP") -> Plan:
    """One chunk for each part, the last one with the reason why it ends."""
    last = len(parts) - 1
    return Plan([chunk(part, finish=finish if at == last else None) for at, part in enumerate(parts)])


def text_plan(*texts: str) -> Plan:
    return plan(*({"text": text} for text in texts))
