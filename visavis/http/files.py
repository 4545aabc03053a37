"""Files that are made when somebody first asks for them, and kept."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path


class FileCache:
    """Each file is made once, however many ask at the same time; a half-written one is never seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, name: str, write: Callable[[Path], Awaitable[None]]) -> Path:
        """`name` is a file name of our own making, `write` fills the path it is given.

        Raises what `write` raises, and then nothing is kept.
        """
        path = self._folder / name
        if path.exists():
            return path
        async with self._locks.setdefault(name, asyncio.Lock()):
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                part = path.with_name(f"{secrets.token_hex(4)}-{name}")
                await write(part)
                part.replace(path)
        self._locks.pop(name, None)
        return path

    async def forget(self, name: str) -> None:
        """Also of a file that is being made at this moment, and of one that never was."""
        async with self._locks.setdefault(name, asyncio.Lock()):
            await asyncio.to_thread((self._folder / name).unlink, missing_ok=True)
        self._locks.pop(name, None)
