"""The licence of every package that is installed for running."""

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def licences_page() -> Iterator[str]:
    yield "# Licences of what is installed for running"
    yield ""
    yield "As the packages state them. What they mean for redistribution is in"
    yield "[decision 0006](decisions/0006-licences.md), which also names what their binary wheels carry besides."
    yield ""
    yield "| package | licence |"
    yield "|---|---|"
    for name in sorted({*locked("requirements.lock"), *locked("models.lock")}):
        yield f"| {name} | {licence_of(name)} |"


def locked(lock: str) -> Iterator[str]:
    """Packages of a lock, without those that only other systems need."""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z0-9._-]+)==", line)
        if match and not re.search(r"sys_platform|platform_system|python_full_version >=|emscripten", line):
            yield match.group(1)


def licence_of(name: str) -> str:
    facts = importlib.metadata.metadata(name)
    stated = facts.get("License-Expression") or (facts.get("License") or "").splitlines()
    if isinstance(stated, list):
        stated = stated[0] if stated and len(stated[0]) < 60 else ""
    kinds = [entry.split(" :: ")[-1] for entry in facts.get_all("Classifier") or [] if entry.startswith("License")]
    return stated or ", ".join(kinds) or "see the package"
