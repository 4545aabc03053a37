"""Files that are made on demand."""

import asyncio
from pathlib import Path

import pytest

from visavis.http.files import FileCache


async def test_a_file_is_made_once_however_many_ask(tmp_path: Path) -> None:
    made = 0
    go = asyncio.Event()

    async def write(path: Path) -> None:
        nonlocal made
        made += 1
        await go.wait()
        path.write_bytes(b"content")  # noqa: ASYNC240 - a few bytes

    cache = FileCache(tmp_path / "files")
    asking = [asyncio.create_task(cache.get("a.jpg", write)) for _ in range(5)]
    await asyncio.sleep(0)
    assert not (tmp_path / "files" / "a.jpg").exists()
    go.set()

    paths = await asyncio.gather(*asking)

    assert {path.read_bytes() for path in paths} == {b"content"}
    assert made == 1
    assert await cache.get("a.jpg", write) == paths[0]
    assert made == 1


async def test_a_failure_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    async def fail(path: Path) -> None:
        raise OSError("no disk")

    async def write(path: Path) -> None:
        path.write_bytes(b"content")  # noqa: ASYNC240

    cache = FileCache(tmp_path)
    with pytest.raises(OSError, match="no disk"):
        await cache.get("a.jpg", fail)

    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
    assert (await cache.get("a.jpg", write)).read_bytes() == b"content"


async def test_a_forgotten_file_is_made_anew(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "files")
    made = 0

    async def write(path: Path) -> None:
        nonlocal made
        made += 1
        path.write_text(str(made))  # noqa: ASYNC240 - a few bytes

    await cache.get("a.txt", write)
    await cache.forget("a.txt")
    await cache.forget("never made.txt")

    assert (await cache.get("a.txt", write)).read_text() == "2"  # noqa: ASYNC240
