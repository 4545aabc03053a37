"""The server on the wire, and what it is told about itself when it starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from visavis.http.wire import Answer


class Examined(Protocol):
    """What a look at one part found."""

    @property
    def mark(self) -> Literal["ok", "fallback", "broken"]: ...

    @property
    def part(self) -> str: ...

    @property
    def text(self) -> str: ...


class Described(Protocol):
    """One provider; `missing` is "" where it can work."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def needs_key(self) -> bool: ...

    @property
    def missing(self) -> str: ...


@dataclass(frozen=True, slots=True)
class KnownServer:
    """`examine` looks at every part anew and `providers` lists all there are; both take their time."""

    version: str
    limits: Mapping[str, int]
    features: Mapping[str, bool]
    examine: Callable[[], Sequence[Examined]]
    providers: Callable[[], Sequence[Described]]


class Server(Answer):
    """`limits` are the operator's; each has its unit in its name, and 0 stands for none."""

    version: str
    limits: dict[str, int]
    features: dict[str, bool]


class Finding(Answer):
    """`fallback` says that something lesser does the work, `broken` that nothing does."""

    mark: Literal["ok", "fallback", "broken"]
    part: str
    text: str


class Health(Answer):
    findings: list[Finding]


class Provider(Answer):
    kind: str
    name: str
    label: str
    needs_key: bool
    usable: bool
    missing: str


class Providers(Answer):
    providers: list[Provider]
