"""What every table shares: the kinds of columns, names of constraints, ids, owners.

A row with no organization is stock: everybody sees it and nobody changes it.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Float, ForeignKey, MetaData, String, TypeDecorator
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
        list[float]: DOCUMENT,
        list[Json]: DOCUMENT,
    }


class Identified:
    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=1)


class Owned(Identified):
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True, sort_order=-1
    )
