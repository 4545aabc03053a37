"""What an LLM entry may say, and who thinks for it."""

from dataclasses import dataclass

from visavis.core.errors import InvalidRequest, NotSupported
from visavis.core.spec import MindSpec
from visavis.db.keyring import Keyring
from visavis.db.models import Llm
from visavis.db.repository import Repository
from visavis.resources.llms.schemas import LlmBody

# formats whose servers all speak the same chat protocol
OPENAI_LIKE = ("openai", "groq_openai", "custom")
REQUIRED_TO_CREATE = {"display_name": "displayName", "llm_format": "llmFormat", "model_name": "modelName"}


@dataclass(frozen=True, slots=True)
class Minds:
    """Who thinks: `stock` for the rows every server has, an organization's own server for its own rows."""

    stock: MindSpec
    keyring: Keyring

    def of(self, row: Llm) -> MindSpec | None:
        if row.llm_format == "none":
            return None
        if row.organization_id is None:
            return self.stock
        options = {"reasoning_effort": row.reasoning_effort, "reasoning_format": row.reasoning_format}
        return MindSpec(
            provider="openai_compatible",
            model=row.model_name or "",
            urls=tuple(entry["url"] for entry in row.urls),
            temperature=row.temperature,
            max_tokens=row.max_tokens,
            options={name: value for name, value in options.items() if value not in ("default", "parsed")},
            secret=self.keyring.unseal(row.secret),
        )


async def create(repository: Repository[Llm], body: LlmBody, minds: Minds) -> Llm:
    for name, wire_name in REQUIRED_TO_CREATE.items():
        if getattr(body, name) is None:
            raise InvalidRequest.field(wire_name, "is required", "missing")
    row = Llm(llm_metadata={}, urls=[], secret="", reasoning_effort="default", reasoning_format="parsed")
    _apply(row, body, minds.keyring)
    if not row.urls:
        raise InvalidRequest.field("urls", "give at least one full address, such as …/v1/chat/completions", "missing")
    return await repository.add(row)


async def update(repository: Repository[Llm], row_id: str, body: LlmBody, minds: Minds) -> Llm:
    row = await repository.own(row_id)
    _apply(row, body, minds.keyring)
    await repository.session.flush()
    return row


def _apply(row: Llm, body: LlmBody, keyring: Keyring) -> None:
    given = body.model_dump(exclude_unset=True, exclude={"urls", "url", "secret", "metadata"})
    nullable = {"description", "temperature", "max_tokens"}
    for name, value in given.items():
        if value is not None or name in nullable:
            setattr(row, name, value)
    if row.llm_format not in OPENAI_LIKE:
        advice = f'"{row.llm_format}" cannot be served yet; use one of {", ".join(OPENAI_LIKE)}'
        raise NotSupported.field("llmFormat", advice, "not_supported")
    if body.metadata is not None:
        row.llm_metadata = body.metadata
    if body.secret is not None:
        row.secret = keyring.seal(body.secret)
    if body.urls is not None:
        row.urls = [entry.model_dump() for entry in body.urls]
    elif body.url is not None:
        row.urls = [{"url": body.url, "region": "default"}]
