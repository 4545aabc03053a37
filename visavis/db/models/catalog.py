"""Faces, voices and minds."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Json, Owned, now


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
    # the picture somebody uploaded, as `Blobs` knows it; empty for drawn avatars
    picture: Mapped[str] = mapped_column(String(255), default="")
    # where the face is in it: left, top, width and height as shares of the picture; null where nobody looked
    face_box: Mapped[list[float] | None]
    deleted_at: Mapped[datetime | None]
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
    language: Mapped[str | None] = mapped_column(String(16))
    # who cloned it for us, so that erasing it erases it there; empty for voices that were made elsewhere
    cloned_by: Mapped[str] = mapped_column(String(64), default="")
    deleted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=2)


class ProviderSecret(Owned, Base):
    """An organization's own key for a provider; `secret` is sealed, and there is one for each provider."""

    __tablename__ = "provider_secrets"
    __table_args__ = (UniqueConstraint("organization_id", "provider"),)

    provider: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str] = mapped_column(Text)
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
