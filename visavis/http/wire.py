"""What JSON looks like here: camelCase, times with milliseconds and Z, pages, strictly typed requests."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from visavis.db.repository import Row, Slice
from visavis.http.strings import clean

Item = TypeVar("Item")
UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Answer(BaseModel):
    """A response; every key is always there, null when empty, because some clients have no defaults."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class Body(BaseModel):
    """A request; types are exact, and unknown keys are ignored as clients of other versions send them."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="ignore")


def example(body: dict[str, Any]) -> ConfigDict:
    """For `model_config`: a request of this kind that somebody might really send."""
    return ConfigDict(json_schema_extra={"examples": [body]})


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[
    datetime,
    PlainSerializer(timestamp, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
RowId = Annotated[str, Path(alias="id", max_length=128), AfterValidator(clean)]
UuidId = Annotated[str, Path(alias="id", pattern=f"^{UUID}$", description="A UUID.")]


def small(value: dict[str, Any], bytes_max: int) -> dict[str, Any]:
    """An object of any shape, but not of any size. Raises `ValueError`, for use as a validator."""
    size_bytes = len(json.dumps(value, ensure_ascii=False).encode())
    if size_bytes > bytes_max:
        raise ValueError(f"has {size_bytes} bytes as JSON; {bytes_max} are allowed")
    return value


class Meta(Answer):
    total: int
    last_page: int
    current_page: int
    per_page: int
    prev: int | None
    next: int | None


class PageOf(Answer, Generic[Item]):
    data: list[Item]
    meta: Meta


class ServedBy(Answer):
    """Who really does the work on this server; our addition to the contract."""

    provider: str
    model: str


class Message(Answer):
    message: str


def page_of(items: list[Item], part: Slice[Row]) -> PageOf[Item]:
    """`items` are the rows of `part` as clients see them."""
    number, size = part.page.number, part.page.size
    last = max(1, -(-part.total // size))
    meta = Meta(
        total=part.total,
        last_page=last,
        current_page=number,
        per_page=size,
        prev=min(number - 1, last) if number > 1 else None,
        next=number + 1 if number < last else None,
    )
    return PageOf(data=items, meta=meta)
