"""Share links on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, WithJsonSchema, model_validator

from visavis.db import models
from visavis.http.origins import AllowedOrigin
from visavis.http.wire import Answer, Body, Timestamp, example

LIFETIME_HOURS = 168
LIFETIME_HOURS_MAX = 87_600  # ten years
USAGE_LIMIT = 10
USAGE_LIMIT_MAX = 1_000_000_000
YEARS = range(2000, 3000)  # what every database and every client can count with


def _moment(value: Any) -> Any:
    """An ISO 8601 time in UTC, which is how it is stored; one without a zone is taken for UTC."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError('give a time such as "2030-01-31T12:00:00Z"') from None
    if moment.year not in YEARS:
        raise ValueError(f"give a year from {YEARS[0]} to {YEARS[-1]}; null is for ever")
    return moment


Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]


class ShareLinkBody(Body):
    """What may be set. `expiresAt`, `maxUses` and `isActive` are how official tools say what the others say, too."""

    name: Annotated[str, Field(max_length=255)] | None = None
    type: Literal["LINK", "PLAYER_EMBED", "ORB_EMBED"] | None = None
    expires_in_hours: Annotated[float, Field(gt=0, le=LIFETIME_HOURS_MAX)] | None = Field(
        default=None, description=f"From now on; null is for ever. A new link has {LIFETIME_HOURS}."
    )
    expires_at: Moment | None = None
    usage_limit: Annotated[int, Field(ge=1, le=USAGE_LIMIT_MAX)] | None = Field(
        default=None,
        validation_alias=AliasChoices("usageLimit", "maxUses"),
        description=f"How often it may be used; null is without end. A new link has {USAGE_LIMIT}.",
    )
    enabled: bool | None = Field(default=None, validation_alias=AliasChoices("enabled", "isActive"))
    allowed_origins: Annotated[list[AllowedOrigin], Field(max_length=100)] | None = None
    allow_all_origins: bool | None = None
    remove_watermark: bool | None = None
    is_primary: Annotated[bool, Field(description="The one that the persona is known by; at most one is.")] | None = (
        None
    )

    @model_validator(mode="after")
    def one_end(self) -> "ShareLinkBody":
        if self.expires_at is not None and self.expires_in_hours is not None:
            raise ValueError("give expiresInHours or expiresAt, not both")
        return self

    def ends(self, since: datetime) -> datetime | None:
        """When it will be over, if that was said at all; None is never."""
        if self.expires_in_hours is not None:
            return since + timedelta(hours=self.expires_in_hours)
        return self.expires_at


class ShareLinkCreate(ShareLinkBody):
    model_config = example(
        {
            "personaId": "4314d606-bab4-5fc8-808b-878c43ae6a4c",
            "name": "For the fair",
            "expiresInHours": 72,
            "usageLimit": 500,
        }
    )

    persona_id: Annotated[str, Field(max_length=128)]


class ShareLink(Answer):
    id: str
    token: str
    type: str
    expires_at: Timestamp | None
    usage_limit: int | None
    usage_count: int
    allowed_origins: list[str]
    allow_all_origins: bool
    remove_watermark: bool
    enabled: bool
    is_primary: bool
    created_at: Timestamp
    persona_id: str
    persona_name: str
    organization_id: str
    name: str
    url: str
    is_active: bool

    @classmethod
    def of(cls, row: models.ShareLink, public_url: str) -> "ShareLink":
        return cls(
            id=row.id,
            token=row.token,
            type=row.type,
            expires_at=row.expires_at,
            usage_limit=row.usage_limit,
            usage_count=row.usage_count,
            allowed_origins=row.allowed_origins,
            allow_all_origins=row.allow_all_origins,
            remove_watermark=row.remove_watermark,
            enabled=row.enabled,
            is_primary=row.is_primary,
            created_at=row.created_at,
            persona_id=row.persona_id,
            persona_name=row.persona_name,
            organization_id=row.organization_id or "",
            name=row.name,
            url=f"{public_url}/{'share' if row.type == 'LINK' else 'frame'}/{row.token}",
            is_active=row.enabled,
        )
