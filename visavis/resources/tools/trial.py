"""A dry run of a webhook tool: the same request as in a conversation, without one."""

import asyncio
from collections.abc import Mapping
from typing import Any

from visavis.core.clock import Clock
from visavis.core.errors import InvalidRequest
from visavis.core.spec import ToolSpec
from visavis.core.tools import ToolFailed
from visavis.resources.tools.requests import Asking
from visavis.resources.tools.schemas import ToolTrial
from visavis.resources.tools.webhooks import Webhooks

SESSION_ID = "dry-run"


async def try_out(webhooks: Webhooks, tool: ToolSpec, arguments: Mapping[str, Any], clock: Clock) -> ToolTrial:
    """Whatever goes wrong on the other side is the answer. Raises `InvalidRequest` for a tool of another type."""
    if tool.webhook is None or tool.kind != "webhook":
        message = "only tools of the type SERVER_WEBHOOK can be tried; the others need a page or a conversation"
        raise InvalidRequest.field("type", message, "not_supported")
    from_ms = clock.now_ms()
    try:
        async with asyncio.timeout(tool.timeout_ms / 1000):
            answer = await webhooks.call(tool.webhook, arguments, Asking(SESSION_ID))
    except TimeoutError:
        return ToolTrial(ok=False, latency_ms=None, result=None, message="It did not answer in time.")
    except ToolFailed as failure:
        return ToolTrial(ok=False, latency_ms=None, result=failure.said or None, message=failure.message)
    latency_ms = round(clock.now_ms() - from_ms)
    return ToolTrial(ok=True, latency_ms=latency_ms, result=answer.text, message=f"It answered after {latency_ms} ms.")
