"""Downloads the files of a model, when somebody asks for it: with progress, going on where it was broken off.

They come from a hub that speaks Hugging Face's protocol: a list of a repository's files with their sizes and digests,
and the files. A file has its name only after its digest was found right; until then it ends in `.part`.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import httpx

from visavis.core.errors import ProviderError
from visavis.providers.base import HubFiles, ModelFiles
from visavis.providers.remote.failures import refusal

FILES_MAX = 1_000
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_CHUNK_BYTES = 1 << 20
_SPARE_BYTES = 100 << 20  # what a disk must have left afterwards

Told: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository. Large ones have a `sha256`; of small ones git's own digest is known, `blob_sha1`."""

    repository: str
    path: str
    size_bytes: int
    sha256: str
    blob_sha1: str
    target: Path

    @property
    def part(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")


class Hub:
    """`url` is where the hub is, such as `https://huggingface.co`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._label = f"The hub of models at {self._url}"
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=True)

    def close(self) -> None:
        self._client.close()

    def download(self, model: ModelFiles, folder: Path, told: Told) -> list[Path]:
        """Everything that is not there yet. `told(done, total)` is called with bytes, often. Raises `ProviderError`."""
        files = [file for part in model.parts for file in self._listed(part, folder)]
        total = sum(file.size_bytes for file in files)
        done = 0
        self._check_room(folder, files)
        for file in files:
            if not _is_here(file.target, file.size_bytes):
                self._get(file, lambda bytes_, before=done: told(before + bytes_, total))
            done += file.size_bytes
            told(done, total)
        return [file.target for file in files]

    def _listed(self, part: HubFiles, folder: Path) -> list[RemoteFile]:
        path = f"/api/models/{part.repository}/tree/main{f'/{quote(part.folder)}' if part.folder else ''}"
        with self._troubles():
            answer = self._client.get(f"{self._url}{path}")
            if not answer.is_success:
                raise refusal(self._label, answer.status_code)
            entries = [entry for entry in answer.json() if entry["type"] == "file"]
            files = [_file(part, entry, folder / part.to) for entry in entries[:FILES_MAX]]
        wanted = [file for file in files if _fits(file, (*part.names, *part.optional))]
        for name in part.names:
            if not any(_fits(file, (name,)) for file in wanted):
                raise ProviderError(f"{self._label} has no {name} in {part.repository}.", retryable=False)
        return wanted

    def _check_room(self, folder: Path, files: Sequence[RemoteFile]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        missing = sum(file.size_bytes for file in files if not _is_here(file.target, file.size_bytes))
        free = shutil.disk_usage(folder).free
        if missing + _SPARE_BYTES > free:
            needed, left = missing >> 20, free >> 20
            raise ProviderError(f"{needed} MB are needed and {left} MB are free in {folder}.", retryable=False)

    def _get(self, file: RemoteFile, told: Callable[[int], None]) -> None:
        file.part.parent.mkdir(parents=True, exist_ok=True)
        with self._troubles():
            self._fill(file, told)
        if not _is_right(file):
            file.part.unlink()
            raise ProviderError(f"{file.path} came with other bytes than {self._label} lists; download it again.")
        file.part.replace(file.target)

    def _fill(self, file: RemoteFile, told: Callable[[int], None]) -> None:
        have = file.part.stat().st_size if file.part.exists() else 0
        if have > file.size_bytes:
            have = 0
        if have == file.size_bytes and file.part.exists():
            return
        url = f"{self._url}/{file.repository}/resolve/main/{quote(file.path)}"
        with self._client.stream("GET", url, headers={"range": f"bytes={have}-"} if have else {}) as answer:
            if not answer.is_success:
                raise refusal(self._label, answer.status_code)
            if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                have = 0  # it sends everything again
            with file.part.open("r+b" if have else "wb") as part:
                part.seek(have)
                for chunk in answer.iter_bytes(_CHUNK_BYTES):
                    part.write(chunk)
                    have += len(chunk)
                    if have > file.size_bytes:
                        return
                    told(have)
        if have < file.size_bytes:
            raise ProviderError(f"{self._label} broke off in the middle of {file.path}; the same command goes on.")

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            hint = "without internet, copy a model's files into that folder by other means"
            raise ProviderError(f"{self._label} cannot be reached ({type(error).__name__}); {hint}.") from None
        except httpx.HTTPError as error:
            raise ProviderError(
                f"{self._label} broke off ({type(error).__name__}); the same command goes on."
            ) from None
        except (ValueError, KeyError, TypeError):
            raise ProviderError(f"{self._label} sent something that is not a list of files.") from None


def is_complete(model: ModelFiles, folder: Path) -> bool:
    """Whether everything that the model cannot do without was downloaded."""
    return all(
        any(it.suffix != ".part" for it in (folder / part.to).glob(name)) for part in model.parts for name in part.names
    )


def _file(part: HubFiles, entry: dict[str, Any], folder: Path) -> RemoteFile:
    name = Path(entry["path"]).name
    large = entry.get("lfs") or {}
    size = int(large.get("size", entry["size"]))
    return RemoteFile(part.repository, entry["path"], size, large.get("oid", ""), entry["oid"], folder / name)


def _fits(file: RemoteFile, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(file.target.name, pattern) for pattern in patterns)


def _is_here(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _is_right(file: RemoteFile) -> bool:
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)
    with file.part.open("rb") as part:
        while chunk := part.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest() == (file.sha256 or file.blob_sha1)
