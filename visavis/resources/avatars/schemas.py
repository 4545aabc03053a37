"""Avatars on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from visavis.core.material import Photo
from visavis.db import models
from visavis.http.addresses import Addresses
from visavis.http.strings import clean
from visavis.http.wire import Answer, Body, Timestamp
from visavis.resources.avatars.stock import shown_versions

AvatarModel = Literal["cara-2", "cara-3", "cara-4", "cara-4-latest"]
RenderStyle = Literal["realistic", "animated_3d", "illustrated", "unknown"]

NAME_CHARS_MAX = 255
FORM_NAME_CHARS_MIN, FORM_NAME_CHARS_MAX = 3, 50
FOLDER = "/assets/avatars"
SHARP_FACE_PX = 200  # narrower faces are taken, with a warning

ALIASES = AliasChoices("displayName", "name")
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARS_MAX), AfterValidator(clean)
]
FormName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=FORM_NAME_CHARS_MIN, max_length=FORM_NAME_CHARS_MAX),
    AfterValidator(clean),
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class _Model(Body):
    avatar_model: AvatarModel | None = Field(
        default=None, description="What the avatar is shown with, unless a persona says otherwise."
    )


class AvatarForm(_Model):
    """A form with the photo itself, or with its address."""

    display_name: FormName = Field(validation_alias=ALIASES)
    image_url: Url | None = Field(default=None, description="Where the photo is, in place of `imageFile`.")


class AvatarCreate(_Model):
    display_name: Name = Field(validation_alias=ALIASES)
    image_url: Url = Field(description="Where the photo is: JPEG, PNG or WebP. It is fetched once and kept.")


class AvatarUpdate(Body):
    display_name: Name | None = Field(default=None, validation_alias=ALIASES)


class Avatar(Answer):
    id: str
    display_name: str
    variant_name: str
    image_url: str
    landscape_image_url: str | None
    portrait_image_url: str | None
    video_url: str | None
    idle_video_url: str | None
    created_at: Timestamp
    updated_at: Timestamp
    created_by_organization_id: str | None
    available_versions: list[str]
    active_version: str | None
    description: str | None
    display_tags: list[str]
    render_style: str

    @classmethod
    def of(cls, row: models.Avatar, addresses: Addresses) -> "Avatar":
        files = addresses.of(f"{FOLDER}/{row.id}", row.organization_id)
        versions, active = shown_versions(row)
        return cls(
            id=row.id,
            display_name=row.display_name,
            variant_name=row.variant_name,
            image_url=files["image.jpg"],
            landscape_image_url=files["landscape.jpg"],
            portrait_image_url=files["portrait.jpg"],
            video_url=files["preview.mp4"],
            idle_video_url=files["idle.mp4"],
            created_at=row.created_at,
            updated_at=row.updated_at,
            created_by_organization_id=row.organization_id,
            available_versions=versions,
            active_version=active,
            description=row.description,
            display_tags=row.display_tags,
            render_style=row.render_style,
        )


class NewAvatar(Avatar):
    """An avatar that was just made, and what could be better about its photo."""

    warnings: list[str]

    @classmethod
    def made(cls, row: models.Avatar, photo: Photo, addresses: Addresses) -> "NewAvatar":
        return cls(**dict(Avatar.of(row, addresses)), warnings=warnings_about(photo))


def warnings_about(photo: Photo) -> list[str]:
    """What is no reason to refuse a photo, in words for the person who took it."""
    if photo.face_box is None:
        return ["Nobody looked for the face in this photo, so it is shown without moving."]
    face_px = round(photo.face_box[2] * photo.width_px)
    if face_px < SHARP_FACE_PX:
        return [f"The face is {face_px} pixels wide and will look soft; from {SHARP_FACE_PX} pixels on it is sharp."]
    return []
