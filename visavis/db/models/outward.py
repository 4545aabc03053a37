"""What reaches out of this server: tools, event webhooks, meetings."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Json, Owned, now


class Tool(Owned, Base):
    """`type` is CLIENT, SERVER_WEBHOOK, SERVER_RAG, SERVER_MCP or SYSTEM and decides what `config` holds."""

    __tablename__ = "tools"

    name: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(16))
    config: Mapped[Json] = mapped_column(default=dict)
    # header values of a webhook may be credentials: they are sealed, and `config` does not have them
    sealed_headers: Mapped[str] = mapped_column(Text, default="")
    sealed_signing_secret: Mapped[str] = mapped_column(Text, default="", server_default="")
    disable_interruptions: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


class Webhook(Owned, Base):
    """An address that is told about events; `events` lists types, "*" is all of them.

    Secrets are sealed. After a rotation the old one signs, too, until `old_secret_until`.
    """

    __tablename__ = "webhooks"

    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), nullable=False, index=True, sort_order=-1
    )
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(default=list)
    enabled: Mapped[bool] = mapped_column(default=True)
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str] = mapped_column(Text, default="")
    old_secret_until: Mapped[datetime | None]
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


class WebhookDelivery(Owned, Base):
    """One event for one address: what was sent, how often, and what came back.

    It is due at `next_attempt_at`, and never again when that is empty.
    """

    __tablename__ = "webhook_deliveries"

    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), nullable=False, index=True, sort_order=-1
    )
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[str] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(64))
    payload: Mapped[Json]
    status: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    response_status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime | None]


class MeetingInvite(Owned, Base):
    """A persona that was asked into a meeting; who takes it there is a provider's business."""

    __tablename__ = "meeting_invites"

    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), nullable=False, index=True, sort_order=-1
    )
    provider: Mapped[str] = mapped_column(String(32))
    provider_ref: Mapped[str] = mapped_column(String(255), default="")
    meeting_url: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(16), default="pending")
    join_at: Mapped[datetime | None]
    group_call: Mapped[bool] = mapped_column(default=True)
    client_label: Mapped[str | None] = mapped_column(String(128))
    session_id: Mapped[str | None] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(16))
    join_state: Mapped[str | None] = mapped_column(String(16))
    status_reason: Mapped[str | None] = mapped_column(String(32))
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)
