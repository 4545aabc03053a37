"""Real conversations over the app's own host: nobody waits, because the peer pulls sound as fast as it gets it."""

import asyncio
from typing import Any

from tests.rest import DOCUMENTED, Rest
from visavis.core.events import Command, ToolCallStarted, ToolResult, TurnMeasured
from visavis.engine.conversation import Conversation
from visavis.testing.rehearsal import Seat

PATIENCE_S = 10.0


def start(rest: Rest, body: Any = None, **persona: Any) -> str:
    """A session that greets nobody, unless told to."""
    body = {"personaConfig": {**DOCUMENTED, "skipGreeting": True, "name": "Cara", **persona}, **(body or {})}
    answer = rest.ask("POST", "/v1/engine/session", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["sessionId"]


def talk(rest: Rest, session_id: str, *commands: Command, tools_fail: str = "") -> None:
    """Do these one after the other, and hear each answer to its end. Tools of the page say `tools_fail`."""
    rest.run(_talk(rest.app.state.desk.host.get(session_id), commands, tools_fail))


async def _talk(line: Conversation, commands: tuple[Command, ...], tools_fail: str) -> None:
    seat = Seat()
    line.attach_signalling(Seat())
    line.peer_expected(seat)
    line.peer_opened(seat)
    for number, command in enumerate(commands, 1):
        line.receive(command)
        async with asyncio.timeout(PATIENCE_S):
            while sum(isinstance(event, TurnMeasured) for event in seat.events) < number:
                calls = [event.call.call_id for event in seat.events if isinstance(event, ToolCallStarted)]
                for call_id in calls if tools_fail else ():
                    line.receive(ToolResult(call_id, error=tools_fail))
                line.next_audio()
                await asyncio.sleep(0)


def stop(rest: Rest, session_id: str) -> Any:
    """End it, and give the record of its end."""
    assert rest.ask("POST", f"/v1/sessions/{session_id}/stop").status_code == 200
    return rest.run(_recorded(rest, session_id))


async def _recorded(rest: Rest, session_id: str) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while (found := (await rest.send("GET", f"/v1/sessions/{session_id}")).json())["endTime"] is None:
            pass
        return found
