"""One question to a child process that lives for nothing else."""

import asyncio
from collections.abc import Mapping
from typing import Any

from visavis.core.tasks import cancel_and_wait
from visavis.media.channel import Message
from visavis.media.supervisor import Child, ChildFailed


async def run_errand(
    module: str, configuration: Mapping[str, Any], payload: bytes | None = None, *, within_s: float, nice: int
) -> Message:
    """The first thing the child says after "ready". `payload` is sent to it as a message "payload", where there is one.

    Raises `ChildFailed` when it ends without an answer, `TimeoutError` when it takes longer than `within_s`.
    """
    answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    def receive(message: Message) -> None:
        if not answer.done():
            answer.set_result(message)

    child = Child(module, receive, nice)
    try:
        async with asyncio.timeout(within_s):
            await child.start(configuration)
            if payload is not None:
                child.send("payload", payload)
            lost = asyncio.create_task(child.wait_lost())
            try:
                await asyncio.wait((answer, lost), return_when=asyncio.FIRST_COMPLETED)
            finally:
                await cancel_and_wait(lost)
    finally:
        # it may be busy with something that never ends
        child.kill()
        await child.stop()
    if not answer.done():
        raise ChildFailed(f"{module} ended without an answer")
    return answer.result()
