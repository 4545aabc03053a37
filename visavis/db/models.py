"""The tables, all of them.

A row with no organization is stock: everybody sees it and nobody changes it.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Float, ForeignKey, Index, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]
DOCUMENT = JSON(none_as_null=True)


def new_id() -> str:
    return str(uuid.uuid4())


def now() -> datetime:
    """UTC in whole milliseconds, which is what the API shows."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    # every constraint has a name, or SQLite's batch migrations could not drop it
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        float: Float(53),
        datetime: Moment,
        Json: DOCUMENT,
        list[str]: DOCUMENT,
        list[Json]: DOCUMENT,
    }


class Identified:
    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=1)


class Owned(Identified):
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True, sort_order=-1
    )


class Organization(Identified, Base):
    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(String(255), unique=True)


class ApiKey(Identified, Base):
    """Only a hash is kept: keys carry enough entropy that a plain one is safe. `prefix` lets people tell keys apart.

    `source` is "created" for keys we made and "environment" for the one the operator chose.
    """

    __tablename__ = "api_keys"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(255))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(16), default="created")


class Avatar(Owned, Base):
    __tablename__ = "avatars"

    display_name: Mapped[str] = mapped_column(String(255))
    variant_name: Mapped[str] = mapped_column(String(64), default="")
    description: Mapped[str | None] = mapped_column(Text)
    display_tags: Mapped[list[str]] = mapped_column(default=list)
    render_style: Mapped[str] = mapped_column(String(32), default="unknown")
    renderer: Mapped[str] = mapped_column(String(64))
    identity: Mapped[str] = mapped_column(String(64))
    available_versions: Mapped[list[str]] = mapped_column(default=list)
    active_version: Mapped[str] = mapped_column(String(32))
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=2)


class Voice(Owned, Base):
    """`provider` and its two ids are what clients are told; `served_by` and `served_voice` are who really speaks."""

    __tablename__ = "voices"

    display_name: Mapped[str] = mapped_column(String(255))
    provider: Mapped[str] = mapped_column(String(32))
    provider_voice_id: Mapped[str] = mapped_column(String(255))
    provider_model_id: Mapped[str] = mapped_column(String(255))
    served_by: Mapped[str] = mapped_column(String(64))
    served_voice: Mapped[str] = mapped_column(String(255))
    gender: Mapped[str | None] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))
    description: Mapped[str | None] = mapped_column(Text)
    display_tags: Mapped[list[str]] = mapped_column(default=list)
    is_zdr: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=2)


class Llm(Owned, Base):
    """A stock row says what clients are told; who serves it is the operator's choice. `secret` is sealed."""

    __tablename__ = "llms"

    display_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    llm_format: Mapped[str] = mapped_column(String(32))
    urls: Mapped[list[Json]] = mapped_column(default=list)
    model_name: Mapped[str | None] = mapped_column(String(255))
    temperature: Mapped[float | None]
    max_tokens: Mapped[int | None]
    deployment_name: Mapped[str | None] = mapped_column(String(255))
    api_version: Mapped[str | None] = mapped_column(String(64))
    llm_metadata: Mapped[Json] = mapped_column(default=dict)
    display_tags: Mapped[list[str]] = mapped_column(default=list)
    reasoning_effort: Mapped[str] = mapped_column(String(16), default="default")
    reasoning_format: Mapped[str] = mapped_column(String(16), default="parsed")
    is_zdr: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


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
    llm_id: Mapped[str | None] = mapped_column(String(64))
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


class SessionGrant(Identified, Base):
    """What a session token stands for. Kept here and not in the token, so that browsers cannot read prompts."""

    __tablename__ = "session_grants"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
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
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)
