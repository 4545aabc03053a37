"""Conversations: what starts one, and what remains of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Identified, Json, Owned, now

TURN_ID_CHARS_MAX = 256  # applications may bring their own


class SessionGrant(Identified, Base):
    """What a session token stands for. Kept here and not in the token, so that browsers cannot read prompts."""

    __tablename__ = "session_grants"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    # null for guests, who come by a link or a widget
    api_key_id: Mapped[str | None] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    request: Mapped[Json]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Session(Owned, Base):
    """One connection of a client with a persona. `node` is the data directory's name for the server that ran it."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_organization_id_start_time", "organization_id", "start_time"),)

    # no session is stock
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), nullable=False, sort_order=-1
    )
    api_key_id: Mapped[str | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"))
    persona_id: Mapped[str | None] = mapped_column(String(64))
    client_label: Mapped[str | None] = mapped_column(String(255))
    client_metadata: Mapped[Json] = mapped_column(default=dict)
    persona_config: Mapped[Json] = mapped_column(default=dict)
    start_time: Mapped[datetime] = mapped_column(default=now)
    end_time: Mapped[datetime | None]
    exit_status: Mapped[str | None] = mapped_column(String(32))
    engine_host: Mapped[str | None] = mapped_column(String(512))
    engine_protocol: Mapped[str | None] = mapped_column(String(8))
    engine_version: Mapped[str | None] = mapped_column(String(32))
    node: Mapped[str] = mapped_column(String(64), index=True)
    session_type: Mapped[str] = mapped_column(String(32), default="turnkey")
    # what was asked for, and what there is: a transcript, a report, a recording as `Blobs` knows it
    keeps_transcript: Mapped[bool] = mapped_column(default=True)
    reported_at: Mapped[datetime | None]
    warnings: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    recording: Mapped[str] = mapped_column(String(255), default="")
    # by kind, name and model: calls, units and latencies
    providers_used: Mapped[Json] = mapped_column(default=dict)
    # the network's latest round trips and jitters, and sums of what was sent and lost
    line_quality: Mapped[Json] = mapped_column(default=dict)
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


class SessionCheckpoint(Base):
    """What a living session needs to go on after a crash, sealed with the server's secret; gone when it has ended."""

    __tablename__ = "session_checkpoints"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class SessionMessage(Base):
    """One thing that was said, in the order of `position`."""

    __tablename__ = "session_messages"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    turn_id: Mapped[str] = mapped_column(String(TURN_ID_CHARS_MAX))
    speaking_ms: Mapped[float | None]
    interrupted: Mapped[bool] = mapped_column(default=False)


class SessionTurn(Base):
    """The measurements of one turn: moments and durations by their name in the API, null where nothing happened."""

    __tablename__ = "session_turns"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(String(TURN_ID_CHARS_MAX))
    measured: Mapped[Json] = mapped_column(default=dict)


class SessionToolCall(Base):
    """One call of a tool; arguments, result and documents are null where nothing may be kept."""

    __tablename__ = "session_tool_calls"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(String(TURN_ID_CHARS_MAX))
    called: Mapped[Json] = mapped_column(default=dict)
