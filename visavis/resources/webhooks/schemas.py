"""Webhooks on the wire. The secret is in the answer to its making and in no other."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from visavis.db import models
from visavis.http.wire import Answer, Body, Timestamp, example
from visavis.resources.webhooks.events import EventType

DeliveryStatus = Literal["pending", "delivered", "failed"]


class WebhookBody(Body):
    """What may be set. Without `events` a webhook is told everything."""

    model_config = example(
        {
            "url": "https://example.com/visavis",
            "description": "The shop's backend.",
            "events": ["session.started", "session.ended"],
        }
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    events: Annotated[list[EventType | Literal["*"]], Field(min_length=1, max_length=50)] | None = None
    enabled: bool | None = None


class Webhook(Answer):
    id: str
    url: str
    description: str | None
    events: list[str]
    enabled: bool
    created_at: Timestamp
    updated_at: Timestamp | None

    @classmethod
    def of(cls, row: models.Webhook) -> "Webhook":
        return cls(
            id=row.id,
            url=row.url,
            description=row.description,
            events=row.events,
            enabled=row.enabled,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class NewWebhook(Webhook):
    """`secret` is shown here and never again."""

    secret: str

    @classmethod
    def with_secret(cls, row: models.Webhook, secret: str) -> "NewWebhook":
        return cls(**Webhook.of(row).model_dump(by_alias=False), secret=secret)


class RotatedSecret(Answer):
    """Until `oldSecretUntil` every delivery is signed with both secrets."""

    id: str
    secret: str
    old_secret_until: Timestamp


class WebhookEvent(Answer):
    type: str
    description: str


class Delivery(Answer):
    """One event on its way to one webhook. `payload` is the body that is sent."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    payload: dict[str, Any]
    status: DeliveryStatus
    attempts: int
    next_attempt_at: Timestamp | None
    response_status: int | None
    error: str | None
    delivered_at: Timestamp | None
    created_at: Timestamp

    @classmethod
    def of(cls, row: models.WebhookDelivery) -> "Delivery":
        return cls.model_validate(row, from_attributes=True)
