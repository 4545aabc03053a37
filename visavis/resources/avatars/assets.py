"""The pictures and films of faces, drawn when first asked for."""

from pathlib import Path
from typing import Literal, Protocol

from visavis.core.spec import FaceSpec
from visavis.db.models import Avatar
from visavis.http.files import FileCache

AvatarFile = Literal["image.jpg", "landscape.jpg", "portrait.jpg", "preview.mp4", "idle.mp4"]

SIZES_PX: dict[AvatarFile, tuple[int, int]] = {
    "image.jpg": (720, 480),
    "landscape.jpg": (1152, 768),
    "portrait.jpg": (768, 1152),
    "preview.mp4": (720, 480),
    "idle.mp4": (720, 480),
}


class Pictures(Protocol):
    """Whoever can draw a face outside a conversation. Raises `Unavailable`."""

    async def make(self, face: FaceSpec, kind: Literal["image", "idle_video"], path: Path) -> None:
        """Write a JPEG, or a silent MP4 that can be looped."""
        ...


class PictureShelf:
    def __init__(self, pictures: Pictures, cache: FileCache) -> None:
        self._pictures, self._cache = pictures, cache

    async def get(self, avatar: Avatar, file: AvatarFile) -> Path:
        width_px, height_px = SIZES_PX[file]
        face = FaceSpec(avatar.renderer, avatar.identity, width_px, height_px)
        suffix = file.rpartition(".")[2]
        kind = "image" if suffix == "jpg" else "idle_video"
        name = f"{face.renderer}-{face.identity}-{width_px}x{height_px}.{suffix}"
        return await self._cache.get(name, lambda path: self._pictures.make(face, kind, path))
