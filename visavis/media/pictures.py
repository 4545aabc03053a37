"""Still pictures and idle videos of faces, made once and kept as files."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from visavis.core.errors import NotSupported, Unavailable
from visavis.core.spec import FaceSpec
from visavis.media.errand import run_errand
from visavis.media.supervisor import ChildFailed

PictureKind = Literal["image", "idle_video"]

_NICE = 5
_AT_ONCE = 1
_MAKE_WITHIN_S = 120.0


class PictureMaker:
    """`renderers` as in `RenderPool`: `FaceSpec.renderer` to "package.module:Class"."""

    def __init__(self, renderers: Mapping[str, str]) -> None:
        self._renderers = dict(renderers)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def make(self, face: FaceSpec, kind: PictureKind, path: Path) -> None:
        """Write a JPEG, or an MP4 of four to six seconds that can be looped, in the size of `face`.

        The file appears whole or not at all. Raises `NotSupported` for an unknown renderer, `Unavailable` when the
        picture could not be made.
        """
        dotted = self._renderers.get(face.renderer)
        if dotted is None:
            raise NotSupported(f'This server has no renderer "{face.renderer}".')
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        async with self._turns:
            try:
                await self._draw({"dotted": dotted, "face": asdict(face), "kind": kind, "path": str(part)})
                os.replace(part, path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    part.unlink()

    async def _draw(self, task: dict[str, object]) -> None:
        try:
            answer = await run_errand("visavis.media.picture_child", task, within_s=_MAKE_WITHIN_S, nice=_NICE)
        except TimeoutError as error:
            raise Unavailable("The picture could not be made in time.") from error
        except ChildFailed as error:
            raise Unavailable("The picture could not be made: its process ended.") from error
        if answer.kind == "failed":
            raise Unavailable(f"The picture could not be made: {answer.fields['text']}")
