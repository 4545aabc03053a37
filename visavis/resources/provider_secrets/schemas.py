"""Keys for providers on the wire. They go in and never come out."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from visavis.db import models
from visavis.http.strings import clean
from visavis.http.wire import Answer, Body, Timestamp, example

ProviderName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64),
    AfterValidator(clean),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "enum": ["elevenlabs", "cartesia"]}, {"type": "string", "minLength": 1}],
            "description": "A provider that takes a key, such as one of these, `azure`, `deepgram` or `fish_audio`.",
        }
    ),
]
# what goes into a header of a request: a line break would be another header
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$")]


class ProviderSecretBody(Body):
    model_config = example({"provider": "elevenlabs", "secret": "sk_..."})

    provider: ProviderName
    secret: Key


class ProviderSecret(Answer):
    id: str
    provider: str
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, row: models.ProviderSecret) -> "ProviderSecret":
        return cls(id=row.id, provider=row.provider, created_at=row.created_at, updated_at=row.updated_at)
