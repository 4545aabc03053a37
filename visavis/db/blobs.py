"""Files that rows point at: kept in a folder beside the database, whole or not at all.

A blob's name begins with its organization's id and is never made from what a client sent.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from visavis.core.errors import NotFound, PayloadTooLarge
from visavis.db.models import new_id

UPLOAD = ".upload"


class Blobs:
    """`suffix` is one of our own, such as ".pdf"; it only helps people who look into the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(
        self, organization_id: str, content: bytes | AsyncIterator[bytes], suffix: str, max_bytes: int
    ) -> str:
        """The new blob's name, once its bytes are on the disk. Raises `PayloadTooLarge`, and then nothing is kept."""
        name = f"{organization_id}/{new_id()}{suffix}"
        await self._put(name, content, max_bytes)
        return name

    async def put_upload(
        self, organization_id: str, upload_id: str, content: AsyncIterator[bytes], max_bytes: int
    ) -> None:
        """Keep a file that nothing points at yet, in place of an earlier one of the same id."""
        await self._put(_upload(organization_id, upload_id), content, max_bytes)

    async def adopt_upload(self, organization_id: str, upload_id: str, suffix: str) -> tuple[str, int]:
        """The name and size of what was uploaded: a blob from now on, which no later upload can change.

        Raises `NotFound` when nothing came.
        """
        name = f"{organization_id}/{new_id()}{suffix}"
        uploaded = self.path(_upload(organization_id, upload_id))
        await asyncio.to_thread(uploaded.replace, self._folder / name)
        return name, await self.size_bytes(name)

    async def adopt(self, organization_id: str, file: Path) -> str:
        """The name of a finished file of this machine, which is a blob from now on."""
        name = f"{organization_id}/{new_id()}{file.suffix}"
        await asyncio.to_thread(_move_safely, file, self._folder / name)
        return name

    def uploaded(self, organization_id: str, upload_id: str) -> Path:
        """Where an upload lies that nobody has adopted. Raises `NotFound` when nothing came."""
        return self.path(_upload(organization_id, upload_id))

    async def sweep(self, older_than_s: float) -> None:
        """Remove uploads that nobody adopted, and what was being written when a server ended."""
        await asyncio.to_thread(self._sweep, time.time() - older_than_s)

    def _sweep(self, before_s: float) -> None:
        for pattern in (f"*/*{UPLOAD}", "*/*.part"):
            for path in self._folder.glob(pattern):
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < before_s:
                        path.unlink()

    async def _put(self, name: str, content: bytes | AsyncIterator[bytes], max_bytes: int) -> None:
        path = self._folder / name
        part = path.with_name(f"{new_id()}.part")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        try:
            await self._write(part, content, max_bytes)
            await asyncio.to_thread(part.replace, path)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _write(self, part: Path, content: bytes | AsyncIterator[bytes], max_bytes: int) -> None:
        size_bytes = 0
        file = await asyncio.to_thread(part.open, "wb")
        try:
            async for piece in _pieces(content):
                size_bytes += len(piece)
                if size_bytes > max_bytes:
                    raise PayloadTooLarge(f"This file may have {max_bytes} bytes")
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(file.flush)
            await asyncio.to_thread(os.fsync, file.fileno())
        finally:
            await asyncio.to_thread(file.close)

    def path(self, name: str) -> Path:
        """Where the blob lies. Raises `NotFound` when it is gone."""
        path = self._folder / name
        if not name or not path.is_file():
            raise NotFound("This file is gone")
        return path

    async def size_bytes(self, name: str) -> int:
        return (await asyncio.to_thread(self.path(name).stat)).st_size

    async def remove(self, name: str) -> None:
        """Also of one that is gone already."""
        if name:
            await asyncio.to_thread((self._folder / name).unlink, missing_ok=True)


def _move_safely(file: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as written:
        os.fsync(written.fileno())
    file.replace(path)


def _upload(organization_id: str, upload_id: str) -> str:
    return f"{organization_id}/{upload_id}{UPLOAD}"


async def _pieces(content: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        async for piece in content:
            yield piece
