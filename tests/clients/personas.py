"""What the tests ask the server for before a client connects."""

from typing import Any

from tests.clients.server import Server

# The ids that the public documentation of creating a persona prints; a fresh server knows them.
DOCUMENTED = {
    "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
    "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
    "llmId": "a7cf662c-2ace-4de1-a21e-ef0fbf144bb7",
}
GREETING = "Good morning and welcome to the garden."
PERSONA = {
    "name": "Cara",
    "description": "A helpful assistant",
    "systemPrompt": "You are a helpful assistant in a garden shop.",
    "initialMessage": GREETING,
    # a slow machine must not be taken for a user who says nothing
    "voiceDetectionOptions": {"silenceBeforeSkipTurnSeconds": 0, "silenceBeforeSessionEndSeconds": 0},
    **DOCUMENTED,
}


SENTENCE = "What can you tell me about yourself?"
LONG_TALK = (
    "This is a long sentence that goes on for quite a while, so that there is enough time to interrupt it, "
    "and then it goes on even longer, because nobody has stopped it yet, although somebody really should."
)


def new_persona(server: Server, **changes: object) -> str:
    answer = server.ask("POST", "/v1/personas", {**PERSONA, **changes})
    assert answer.status == 201, answer.body
    return str(answer.json()["id"])


def session_token(server: Server, **persona_config: object) -> str:
    answer = server.ask("POST", "/v1/auth/session-token", {"personaConfig": persona_config})
    assert answer.status in (200, 201), answer.body
    return str(answer.json()["sessionToken"])


def token_for(server: Server, **changes: object) -> str:
    """A token for a new persona."""
    return session_token(server, personaId=new_persona(server, **changes))


def ended_session(server: Server, session_id: str, within_s: float = 60.0) -> Any:
    """The record of a session once the server says that it has ended."""
    return server.wait_until(f"/v1/sessions/{session_id}", lambda found: found["endTime"] is not None, within_s)
