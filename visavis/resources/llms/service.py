"""What an LLM entry may say, and who thinks for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.fernet import InvalidToken

from visavis.core.errors import InvalidRequest, NotSupported, ProviderError
from visavis.core.minds import FoundServer
from visavis.core.spec import MindSpec, Reach
from visavis.db.keyring import Keyring
from visavis.db.models import Llm
from visavis.db.repository import Repository
from visavis.http.errors import under
from visavis.net.guard import Guard
from visavis.resources.llms.formats import FORMATS, endpoint, missing_for_azure, provider_of
from visavis.resources.llms.schemas import LlmBody, LlmTrial

NULLABLE = {"description", "temperature", "max_tokens", "deployment_name", "api_version"}

Ask: TypeAlias = Callable[[MindSpec], Awaitable[float]]
Discover: TypeAlias = Callable[[], Awaitable[tuple[FoundServer, ...]]]


@dataclass(frozen=True, slots=True)
class Minds:
    """Who thinks: `stock` for the rows every server has, an organization's own server for its own rows.

    `reach` says where an organization's servers may be, and `ask` how long a mind takes for its first word, in ms.
    `discover` looks for servers on this machine.
    """

    stock: MindSpec
    keyring: Keyring
    reach: Reach
    ask: Ask
    discover: Discover

    def of(self, row: Llm) -> MindSpec | None:
        """None where the client thinks. Raises `InvalidRequest` where nobody here can."""
        mind = self.outline(row)
        if mind is None:
            if not FORMATS[row.llm_format].served:
                advice = f'"{row.llm_format}" cannot be served yet; choose an LLM of another format'
                raise NotSupported.field("llmFormat", advice, "not_supported")
            return None
        if row.organization_id is None:
            return mind
        options = {
            "reasoning_effort": row.reasoning_effort if row.reasoning_effort != "default" else None,
            "reasoning_format": row.reasoning_format if row.reasoning_format != "parsed" else None,
            "key_header": FORMATS[row.llm_format].key_header or None,
        }
        return MindSpec(
            provider=mind.provider,
            model=mind.model,
            urls=tuple(endpoint(row.llm_format, url, row.deployment_name, row.api_version) for url in _urls(row)),
            temperature=row.temperature,
            max_tokens=row.max_tokens,
            options={name: value for name, value in options.items() if value is not None},
            secret=self._secret(row),
            reach=self.reach,
        )

    def outline(self, row: Llm) -> MindSpec | None:
        """Who thinks, without the secret: enough to tell clients."""
        if not FORMATS[row.llm_format].thinks:
            return None
        if row.organization_id is None:
            return self.stock
        return MindSpec(provider_of(row.llm_format, _urls(row)), row.model_name or "")

    def _secret(self, row: Llm) -> str:
        try:
            return self.keyring.unseal(row.secret)
        except InvalidToken:
            advice = f'the secret of the LLM "{row.id}" was sealed with a key this server has no more; send it again'
            raise InvalidRequest.field("secret", advice, "sealed") from None


async def create(repository: Repository[Llm], body: LlmBody, minds: Minds, guard: Guard) -> Llm:
    await _check_urls(body, guard)
    row = Llm(llm_metadata={}, urls=[], secret="", reasoning_effort="default", reasoning_format="parsed")
    _apply(row, body, minds.keyring)
    return await repository.add(row)


async def update(repository: Repository[Llm], row_id: str, body: LlmBody, minds: Minds, guard: Guard) -> Llm:
    await _check_urls(body, guard)  # first: a slow resolver must not hold the transaction
    row = await repository.own(row_id)
    _apply(row, body, minds.keyring)
    await repository.session.flush()
    return row


async def try_out(minds: Minds, row: Llm) -> LlmTrial:
    """Ask for one word. Whatever goes wrong is the answer, in words for the person who filled in the form."""
    try:
        mind = minds.of(row)
        if mind is None:
            return LlmTrial(ok=False, latency_ms=None, message="There is no model to ask: the client decides.")
        latency_ms = await minds.ask(mind)
    except (ProviderError, InvalidRequest) as error:
        return LlmTrial(ok=False, latency_ms=None, message=error.message)
    return LlmTrial(ok=True, latency_ms=round(latency_ms), message=f"The first word came after {latency_ms:.0f} ms.")


async def _check_urls(body: LlmBody, guard: Guard) -> None:
    async def check(index: int, url: str) -> None:
        with under(f"urls.{index}"):
            await guard.check(url)

    await asyncio.gather(*(check(index, entry.url) for index, entry in enumerate(body.urls or [])))
    if body.url is not None:
        await guard.check(body.url)


def _apply(row: Llm, body: LlmBody, keyring: Keyring) -> None:
    given = body.model_dump(exclude_unset=True, exclude={"urls", "url", "secret", "metadata"})
    if row.urls and body.llm_format is not None and _urls(row) == [FORMATS[row.llm_format].default_url]:
        row.urls = []  # nobody chose this address, and the new format has another
    for name, value in given.items():
        if value is not None or name in NULLABLE:
            setattr(row, name, value)
    if body.metadata is not None:
        row.llm_metadata = body.metadata
    if body.secret is not None:
        row.secret = keyring.seal(body.secret)
    if body.urls is not None:
        row.urls = [entry.model_dump() for entry in body.urls]
    elif body.url is not None:
        row.urls = [{"url": body.url, "region": "default"}]
    _complete(row, urls_emptied=body.urls == [])


def _complete(row: Llm, urls_emptied: bool) -> None:
    """Whether the entry as a whole can be used, and the address of its format where none was given."""
    for value, wire_name in ((row.display_name, "displayName"), (row.llm_format, "llmFormat")):
        if not value:
            raise InvalidRequest.field(wire_name, "is required", "missing")
    form = FORMATS[row.llm_format]
    if not form.thinks:
        return
    if not row.model_name:
        raise InvalidRequest.field("modelName", "is required", "missing")
    if not row.urls and form.default_url and not urls_emptied:
        row.urls = [{"url": form.default_url, "region": "default"}]
    if not row.urls:
        raise InvalidRequest.field("urls", "give at least one full address, such as …/v1/chat/completions", "missing")
    if row.llm_format == "azure_openai":
        for url in _urls(row):
            if (lacking := missing_for_azure(url, row.deployment_name, row.api_version)) is not None:
                raise InvalidRequest.field(lacking, "is required, unless the address says it", "missing")


def _urls(row: Llm) -> list[str]:
    return [entry["url"] for entry in row.urls]
