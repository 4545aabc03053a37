"""LLMs on the wire. Secrets go in and never come out."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from visavis.core.minds import FoundServer
from visavis.core.spec import MindSpec
from visavis.db import models
from visavis.http.wire import Answer, Body, ServedBy, Timestamp, example, small
from visavis.resources.llms.formats import LlmFormat

Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class LlmUrl(Body):
    url: Url
    region: Annotated[str, Field(max_length=64)] = "default"


class LlmBody(Body):
    """What may be set. Other spellings are those of official tools: `name`, `model`, `apiKey`, `baseUrl`, `url`."""

    model_config = example(
        {
            "displayName": "Our own",
            "llmFormat": "openai",
            "urls": [{"url": "https://models.example.com/v1", "region": "local"}],
            "modelName": "small-and-quick",
            "secret": "sk-...",
            "temperature": 0.7,
        }
    )
    display_name: Name | None = Field(default=None, validation_alias=AliasChoices("displayName", "name"))
    description: Annotated[str, Field(max_length=10_000)] | None = None
    llm_format: LlmFormat | None = Field(default=None, validation_alias=AliasChoices("llmFormat", "provider"))
    urls: Annotated[list[LlmUrl], Field(max_length=10)] | None = None
    url: Url | None = Field(default=None, validation_alias=AliasChoices("url", "baseUrl"))
    model_name: Name | None = Field(default=None, validation_alias=AliasChoices("modelName", "model"))
    secret: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None, validation_alias=AliasChoices("secret", "apiKey")
    )
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    deployment_name: Annotated[str, StringConstraints(max_length=255)] | None = None
    api_version: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9.-]*$")] | None = None
    metadata: Annotated[dict[str, Any], AfterValidator(partial(small, bytes_max=50_000))] | None = None
    reasoning_effort: Literal["default", "low", "medium", "high"] | None = None
    reasoning_format: Literal["parsed", "raw", "hidden"] | None = None
    is_zdr: bool | None = None


class Llm(Answer):
    """`name` and `provider` repeat what the official MCP server shows in its lists."""

    id: str
    display_name: str
    description: str | None
    llm_format: str
    urls: list[dict[str, str]]
    model_name: str | None
    temperature: float | None
    max_tokens: int | None
    deployment_name: str | None
    api_version: str | None
    metadata: dict[str, Any]
    display_tags: list[str]
    is_default: bool
    is_global: bool
    is_zdr: bool
    reasoning_effort: str
    reasoning_format: str
    created_by_organization_id: str | None
    created_at: Timestamp
    updated_at: Timestamp | None
    served_by: ServedBy | None
    name: str
    provider: str

    @classmethod
    def of(cls, row: models.Llm, mind: MindSpec | None) -> "Llm":
        """`mind` is who thinks for this row, None for nobody."""
        stock = row.organization_id is None
        return cls(
            id=row.id,
            display_name=row.display_name,
            description=row.description,
            llm_format=row.llm_format,
            urls=row.urls,
            model_name=row.model_name,
            temperature=row.temperature,
            max_tokens=row.max_tokens,
            deployment_name=row.deployment_name,
            api_version=row.api_version,
            metadata=row.llm_metadata,
            display_tags=row.display_tags,
            is_default=stock,
            is_global=stock,
            is_zdr=row.is_zdr,
            reasoning_effort=row.reasoning_effort,
            reasoning_format=row.reasoning_format,
            created_by_organization_id=row.organization_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            served_by=ServedBy(provider=mind.provider, model=mind.model) if mind else None,
            name=row.display_name,
            provider=row.llm_format,
        )


class DiscoveredLlm(Answer):
    """A server that answers at `url`, and the models it has."""

    name: str
    url: str
    models: list[str]


class DiscoveredLlms(Answer):
    """`usable` says whether LLMs of this organization may have such addresses: `VISAVIS_ALLOW_PRIVATE_URLS`."""

    data: list[DiscoveredLlm]
    usable: bool

    @classmethod
    def of(cls, found: Sequence[FoundServer], usable: bool) -> "DiscoveredLlms":
        listed = [DiscoveredLlm(name=it.label, url=it.url, models=list(it.models)) for it in found]
        return cls(data=listed, usable=usable)


class LlmTrial(Answer):
    """Whether the model answers. `latencyMs` is the time to its first word, and `message` says what went wrong."""

    ok: bool
    latency_ms: int | None
    message: str
