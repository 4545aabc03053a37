"""Meeting invites on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from visavis.db import models
from visavis.http.wire import Answer, Body, Timestamp, example
from visavis.resources.personas.schemas import Id
from visavis.resources.sessions.schemas import PersonaConfig, SessionReplay

InviteStatus = Literal["pending", "active", "cancelled", "ended", "failed"]
Region = Literal["eu", "us-east", "us-west"]


class MeetingSessionOptions(Body):
    session_replay: SessionReplay | None = None


class MeetingBody(Body):
    """A meeting, and exactly one of a saved persona and one that lives for this meeting only."""

    model_config = example(
        {
            "meetingUrl": "https://meet.google.com/abc-defg-hij",
            "displayName": "Cara (AI)",
            "personaId": "4314d606-bab4-5fc8-808b-878c43ae6a4c",
        }
    )

    meeting_url: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="Google Meet, Zoom or Microsoft Teams; the scheme may be left out."
    )
    display_name: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description='The persona\'s name unless given; " (AI)" is added where it does not say so.'
    )
    persona_id: Id | None = None
    persona_config: PersonaConfig | None = None
    session_options: MeetingSessionOptions | None = None
    region: Region | None = None
    region_policy: Literal["preferred", "strict"] = "preferred"
    join_at: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="ISO 8601 with a zone, at most 7 days ahead; without it the persona joins now."
    )
    group_call: bool = Field(default=True, description="Whether the persona answers only when it is addressed.")
    client_label: Annotated[str, StringConstraints(max_length=128)] | None = None


class MeetingInvite(Answer):
    id: str
    provider: str
    meeting_url: str
    display_name: str
    status: InviteStatus
    created_at: Timestamp
    join_at: Timestamp | None
    group_call: bool
    session_id: str | None
    region: str | None
    join_state: str | None
    status_reason: str | None

    @classmethod
    def of(cls, row: models.MeetingInvite) -> "MeetingInvite":
        return cls.model_validate(row, from_attributes=True)
