"""Who the rows belong to, and who may ask for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Identified


class Organization(Identified, Base):
    """`films_sessions` counts where a session does not say what it wants, and the server films at all."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(String(255), unique=True)
    films_sessions: Mapped[bool] = mapped_column(default=False)


class ApiKey(Identified, Base):
    """Only a hash is kept: keys carry enough entropy that a plain one is safe. `prefix` lets people tell keys apart.

    `source` is "created" for keys we made, "link" for the one that the last start printed in its link, and
    "environment" for the one the operator chose.
    """

    __tablename__ = "api_keys"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(255))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(16), default="created")
    # "*" is everything; otherwise names such as "personas:read"
    permissions: Mapped[list[str]] = mapped_column(default=lambda: ["*"])
    revoked_at: Mapped[datetime | None]


class IdempotentAnswer(Identified, Base):
    """What a POST with an Idempotency-Key was answered; `status` is null while the first one is still at work."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    content_type: Mapped[str] = mapped_column(String(255), default="")
    body: Mapped[bytes] = mapped_column(default=b"")
    expires_at: Mapped[datetime] = mapped_column(index=True)
