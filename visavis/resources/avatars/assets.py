"""The pictures and films of faces, made when first asked for, and whoever looks at photos."""

from pathlib import Path
from typing import Literal, Protocol, get_args

from visavis.core.material import Photo
from visavis.core.spec import FaceSpec
from visavis.db.blobs import Blobs
from visavis.db.models import Avatar
from visavis.http.files import FileCache
from visavis.resources.avatars.service import face_spec

AvatarFile = Literal["image.jpg", "landscape.jpg", "portrait.jpg", "preview.mp4", "idle.mp4"]

SIZES_PX: dict[AvatarFile, tuple[int, int]] = {
    "image.jpg": (720, 480),
    "landscape.jpg": (1152, 768),
    "portrait.jpg": (768, 1152),
    "preview.mp4": (720, 480),
    "idle.mp4": (720, 480),
}


class Pictures(Protocol):
    """Whoever can draw a face outside a conversation, and look at a photo of one."""

    async def make(self, face: FaceSpec, kind: Literal["image", "idle_video"], path: Path) -> None:
        """Write a JPEG, or a silent MP4 that can be looped. Raises `Unavailable`."""
        ...

    async def look_at_photo(self, content: bytes) -> Photo:
        """Raises `InvalidRequest` for the file, `Unprocessable` for what is in it, and `Unavailable`."""
        ...


class PictureShelf:
    def __init__(self, pictures: Pictures, cache: FileCache, files: Blobs) -> None:
        self._pictures, self._cache, self._files = pictures, cache, files

    async def get(self, avatar: Avatar, file: AvatarFile) -> Path:
        face = face_spec(avatar, *SIZES_PX[file], self._files)
        kind = "image" if file.endswith("jpg") else "idle_video"
        return await self._cache.get(_name(avatar, file), lambda path: self._pictures.make(face, kind, path))

    async def forget(self, avatar: Avatar) -> None:
        """Erase what was made of an avatar."""
        for file in get_args(AvatarFile):
            await self._cache.forget(_name(avatar, file))


def _name(avatar: Avatar, file: AvatarFile) -> str:
    width_px, height_px = SIZES_PX[file]
    return f"{avatar.renderer}-{avatar.identity}-{width_px}x{height_px}.{file.rpartition('.')[2]}"
