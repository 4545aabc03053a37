"""Settings that change while a session lives: who knows what they mean, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from visavis.core.spec import SessionSpec


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The session as it is to be from now on, and by path what each setting was `before` and is `after`."""

    spec: SessionSpec
    changed: Mapping[str, Mapping[str, Any]]


class Adjuster(Protocol):
    """Knows the contract's names for settings. Raises `InvalidRequest` for what cannot be changed, or not to that."""

    def __call__(self, spec: SessionSpec, changes: Mapping[str, object]) -> Adjusted: ...


def nothing_changes(spec: SessionSpec, changes: Mapping[str, object]) -> Adjusted:
    """An `Adjuster` for sessions whose settings are nobody's to change."""
    return Adjusted(spec, {})
