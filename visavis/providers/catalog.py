"""Which providers exist, and how to load one by name. Built-in and third-party ones come through the same door.

A provider is one module with one class in it, announced as `PROVIDER = TheClass`. Built-in modules lie in the folder of
their kind; a package of somebody else announces the same class by an entry point in the group `visavis.<kind>`:

    [project.entry-points."visavis.tts"]
    acme = "acme_voices.speech:Acme"

The class carries `traits`, an inner pydantic `Settings`, and, where a library may be absent, a static
`missing() -> str` that answers "" or says what to install. Listing imports nothing, so a broken provider cannot
keep the others from being listed.
"""

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Literal

from visavis.core.errors import NotFound, ProviderError
from visavis.providers.base import Traits

Kind = Literal["stt", "llm", "tts", "vad", "end_of_turn", "cloning", "meetings", "embeddings"]
KINDS: tuple[Kind, ...] = ("stt", "llm", "tts", "vad", "end_of_turn", "cloning", "meetings", "embeddings")


def names(kind: Kind) -> list[str]:
    """Every provider of a kind, sorted, without importing any."""
    return sorted({*_built_in(kind), *_announced(kind)})


def dotted(kind: Kind, name: str) -> str:
    """Where the class is, as "module:Class", for a process that has to load it by itself."""
    provider = _import(kind, name)
    return f"{provider.__module__}:{provider.__qualname__}"


def traits(kind: Kind, name: str) -> Traits:
    """What a provider can do, also of one whose library is not installed."""
    return _import(kind, name).traits


def options(kind: Kind, name: str) -> Any:
    """The pydantic model of what an operator may set for it."""
    return _import(kind, name).Settings


def declared(kind: Kind, name: str) -> Any:
    """The provider's class, also where its library is not installed."""
    return _import(kind, name)


def missing(kind: Kind, name: str) -> str:
    """ "" when the provider can work here, otherwise a sentence that says what to install."""
    try:
        provider = _import(kind, name)
    except ProviderError as error:
        return error.message
    return provider.missing() if hasattr(provider, "missing") else ""


def load(kind: Kind, name: str) -> Any:
    """The provider's class. Raises `NotFound` for an unknown name, `ProviderError` where its library is missing."""
    provider = _import(kind, name)
    if hint := missing(kind, name):
        raise ProviderError(hint, retryable=False)
    return provider


def first_usable(kind: Kind, candidates: tuple[str, ...]) -> str:
    """The first of these names that can work on this machine."""
    hints = [missing(kind, name) for name in candidates]
    for name, hint in zip(candidates, hints, strict=True):
        if not hint:
            return name
    raise ProviderError(" ".join(hints), retryable=False)


@cache
def _built_in(kind: Kind) -> frozenset[str]:
    folder = Path(__file__).with_name(kind)
    return frozenset(module.name for module in iter_modules([str(folder)]))


def _announced(kind: Kind) -> dict[str, EntryPoint]:
    return _announced_on(kind, tuple(sys.path))


@cache
def _announced_on(kind: Kind, path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """Reading the metadata of all packages takes 10 ms and more, so it is done once for a search path."""
    del path
    return {point.name: point for point in entry_points(group=f"visavis.{kind}")}


def _import(kind: Kind, name: str) -> Any:
    if name in _built_in(kind):
        return _class_of(f"visavis.providers.{kind}.{name}", "PROVIDER")
    if (point := _announced(kind).get(name)) is not None:
        return _class_of(point.module, point.attr)
    raise NotFound(f'There is no {kind} provider "{name}"; known are: {", ".join(names(kind))}.')


@cache
def _class_of(module: str, attribute: str) -> Any:
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        hint = f'Provider "{module}" needs the Python package "{error.name}": pip install {error.name}'
        raise ProviderError(hint, retryable=False) from error
