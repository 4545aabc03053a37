"""Documents that personas may look things up in. The indexes of each database are made by its migration."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from visavis.db.models.base import Base, Json, Owned, now


class KnowledgeGroup(Owned, Base):
    """Also called a folder. `revision` grows whenever what can be found in it changes, so that memories of it end."""

    __tablename__ = "knowledge_groups"

    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


class KnowledgeDocument(Owned, Base):
    """`status` is UPLOADED, PROCESSING, READY or FAILED; `blob` names the file in `Blobs`, "" until it came.

    While it is PROCESSING, `worker` has it until `lease_until`; after that anybody may take it up again.
    """

    __tablename__ = "knowledge_documents"

    group_id: Mapped[str] = mapped_column(ForeignKey("knowledge_groups.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    file_type: Mapped[str] = mapped_column(String(255))
    file_size_bytes: Mapped[int] = mapped_column(default=0)
    blob: Mapped[str] = mapped_column(String(255), default="")
    status: Mapped[str] = mapped_column(String(16), default="UPLOADED", index=True)
    error_message: Mapped[str | None] = mapped_column(Text)
    chunk_size: Mapped[int]
    chunk_overlap: Mapped[int]
    worker: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=2)


class KnowledgeChunk(Base):
    """A passage. `embedding` is little-endian float32, of unit length, made by `embedding_model`; null without one."""

    __tablename__ = "knowledge_chunks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(ForeignKey("knowledge_groups.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("knowledge_documents.id", ondelete="CASCADE"), index=True)
    chunk_index: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    chunk_metadata: Mapped[Json] = mapped_column(default=dict)
    embedding: Mapped[bytes | None]
    embedding_model: Mapped[str] = mapped_column(String(128), default="")
