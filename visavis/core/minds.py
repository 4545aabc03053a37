"""A language model server that was found on this machine, as far as the control plane needs to know it to offer it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundServer:
    """`label` is what usually listens there, `url` its base address, and `models` the names it answered with."""

    label: str
    url: str
    models: tuple[str, ...]
