"""Several providers in the place of one: where one fails before anything came of it, the next is asked the same."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Generic, Protocol, TypeVar

from visavis.core.errors import ProviderError


class _Closing(Protocol):
    async def close(self) -> None: ...


Provider = TypeVar("Provider", bound=_Closing)
Piece = TypeVar("Piece")


def _tell_nobody(text: str) -> None: ...


class Chain(Generic[Provider]):
    """Whoever failed is not asked again in this session. `tell` is told in plain words when another takes over."""

    def __init__(self, providers: Sequence[Provider], taken_over: str) -> None:
        self._providers, self._taken_over = tuple(providers), taken_over
        self._at = 0
        self.tell: Callable[[str], None] = _tell_nobody

    @property
    def current(self) -> Provider:
        return self._providers[self._at]

    async def pieces(
        self, ask: Callable[[Provider], AsyncGenerator[Piece, None]], begins: Callable[[Piece], bool]
    ) -> AsyncGenerator[Piece, None]:
        """Raises `ProviderError` where the last one fails, or one after a piece that `begins` what people notice."""
        while True:
            begun, at = False, self._at
            try:
                async with aclosing(ask(self._providers[at])) as answer:
                    async for piece in answer:
                        begun = begun or begins(piece)
                        yield piece
                return
            except ProviderError as error:
                if begun or at + 1 == len(self._providers):
                    raise
                if self._at == at:  # who asked at the same time may have found out already
                    self._at += 1
                    self.tell(f"{error.message} {self._taken_over}")

    async def close(self) -> None:
        for provider in self._providers:
            await provider.close()
