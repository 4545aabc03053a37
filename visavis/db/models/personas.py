"""Personas, and what hangs on each."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Json, Owned, now


class Persona(Owned, Base):
    """What a persona refers to is looked up by id, without foreign keys: what it refers to may be deleted first."""

    __tablename__ = "personas"

    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    persona_preset: Mapped[str] = mapped_column(String(255), default="")
    avatar_id: Mapped[str | None] = mapped_column(String(64))
    avatar_model: Mapped[str | None] = mapped_column(String(32))
    voice_id: Mapped[str | None] = mapped_column(String(64))
    voice_speed: Mapped[float | None] = mapped_column(default=1.0)
    # who speaks when the voice fails, in this order
    fallback_voice_ids: Mapped[list[str] | None]
    llm_id: Mapped[str | None] = mapped_column(String(64))
    # who thinks when the LLM fails, in this order
    fallback_llm_ids: Mapped[list[str] | None]
    system_prompt: Mapped[str | None] = mapped_column(Text)
    personality: Mapped[str | None] = mapped_column(Text)
    initial_message: Mapped[str | None] = mapped_column(Text)
    skip_greeting: Mapped[bool] = mapped_column(default=False)
    uninterruptible_greeting: Mapped[bool] = mapped_column(default=False)
    zero_data_retention: Mapped[bool] = mapped_column(default=False)
    enable_audio_passthrough: Mapped[bool] = mapped_column(default=False)
    language_code: Mapped[str | None] = mapped_column(String(16))
    max_session_length_seconds: Mapped[float | None]
    voice_detection_options: Mapped[Json | None]
    voice_generation_options: Mapped[Json | None]
    director_notes: Mapped[Json | None]
    widget_config: Mapped[Json] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=2)


class PersonaTool(Base):
    """A tool a persona may use. The tool is looked up by id; a deleted one is simply not found."""

    __tablename__ = "persona_tools"

    persona_id: Mapped[str] = mapped_column(ForeignKey("personas.id", ondelete="CASCADE"), primary_key=True)
    tool_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    position: Mapped[int]


class ShareLink(Owned, Base):
    """An address that lets guests talk with one persona. Null limits are none."""

    __tablename__ = "share_links"

    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), nullable=False, index=True, sort_order=-1
    )
    persona_id: Mapped[str] = mapped_column(ForeignKey("personas.id", ondelete="CASCADE"), index=True)
    persona_name: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    token: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(16), default="LINK")
    expires_at: Mapped[datetime | None]
    usage_limit: Mapped[int | None]
    usage_count: Mapped[int] = mapped_column(default=0)
    allowed_origins: Mapped[list[str]] = mapped_column(default=list)
    allow_all_origins: Mapped[bool] = mapped_column(default=False)
    remove_watermark: Mapped[bool] = mapped_column(default=False)
    enabled: Mapped[bool] = mapped_column(default=True)
    is_primary: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)
