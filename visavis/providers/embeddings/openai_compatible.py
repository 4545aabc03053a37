"""Any server with OpenAI's `/embeddings`: OpenAI itself, Ollama, vLLM, text-embeddings-inference and many more.

Errors carry a status and a host, never a text: what documents and people say goes to that server and nowhere else.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import httpx
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, SecretStr

from visavis.core.errors import ProviderError
from visavis.providers.base import Traits
from visavis.providers.remote import failures

_BATCH_TEXTS = 64
_TIMEOUT_S = 30.0


class OpenAiEmbeddings:
    traits: ClassVar = Traits(
        label="OpenAI-compatible embeddings",
        note="What is embedded is sent to that server.",
        cost="Nothing on a server of your own; elsewhere billed by the token.",
    )

    class Settings(BaseModel):
        url: str = Field(description="Where the server is, up to and including `/v1`.")
        model: str = Field(description="The model to ask for.")
        api_key: SecretStr = Field(default=SecretStr(""), description="The key, where the server wants one.")

    def __init__(self, settings: Settings) -> None:
        self.model = settings.model
        key = settings.api_key.get_secret_value()
        self._url = f"{settings.url.rstrip('/')}/embeddings"
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT_S, headers={"authorization": f"Bearer {key}"} if key else {}, trust_env=False
        )

    async def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        vectors: list[NDArray[np.float32]] = []
        for first in range(0, len(texts), _BATCH_TEXTS):
            vectors += await self._batch(list(texts[first : first + _BATCH_TEXTS]))
        return vectors

    async def close(self) -> None:
        await self._client.aclose()

    async def _batch(self, texts: list[str]) -> list[NDArray[np.float32]]:
        body = {"model": self.model, "input": texts, "encoding_format": "float"}
        try:
            answer = await self._client.post(self._url, json=body)
        except httpx.TimeoutException:
            raise failures.too_slow(self._host) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failures.unreachable(self._host, error) from None
        if answer.status_code != 200:
            raise failures.refusal(self._host, answer.status_code)
        try:
            return _unit_vectors(answer.json(), len(texts))
        except (ValueError, KeyError, TypeError) as error:
            raise ProviderError(f"{self._host} answered something that is no list of embeddings") from error

    @property
    def _host(self) -> str:
        return f"The embedding server {httpx.URL(self._url).host}"


def _unit_vectors(answer: Any, count: int) -> list[NDArray[np.float32]]:
    """In the order of the texts, whatever the order of the answer. Raises `ValueError` and its like."""
    rows = sorted(cast(list[dict[str, Any]], answer["data"]), key=lambda row: row["index"])
    matrix = np.array([row["embedding"] for row in rows], np.float32)
    if matrix.ndim != 2 or len(matrix) != count or matrix.shape[1] == 0 or not np.isfinite(matrix).all():
        raise ValueError("not as many vectors as texts")
    return list(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12))


PROVIDER = OpenAiEmbeddings
