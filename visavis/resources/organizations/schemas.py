"""API keys on the wire. A key is shown once, when it is made."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from visavis.db import models
from visavis.http.permissions import EVERYTHING, PERMISSIONS
from visavis.http.strings import clean
from visavis.http.wire import Answer, Body, Timestamp, example

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(clean)]


class KeyCreate(Body):
    model_config = example({"label": "Our shop", "permissions": ["personas:read", "sessions:write"]})

    label: Label
    permissions: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(min_length=1, max_length=len(PERMISSIONS), description="At most those of the asking key."),
    ] = Field(default_factory=lambda: [EVERYTHING])


class Key(Answer):
    """`prefix` are its first characters; `source` is `environment` for the one in `VISAVIS_API_KEY`."""

    id: str
    label: str
    prefix: str
    source: str
    permissions: list[str]
    is_this: bool
    created_at: Timestamp
    revoked_at: Timestamp | None

    @classmethod
    def of(cls, row: models.ApiKey, asking_id: str | None) -> "Key":
        return cls(
            id=row.id,
            label=row.label,
            prefix=row.prefix,
            source=row.source,
            permissions=row.permissions,
            is_this=row.id == asking_id,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )


class NewKey(Key):
    """`key` is shown here and never again."""

    key: str
