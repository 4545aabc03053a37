"""Avatars on the wire."""

from typing import Literal

from visavis.db import models
from visavis.http.wire import Answer, Timestamp

AvatarModel = Literal["cara-2", "cara-3", "cara-4", "cara-4-latest"]
RenderStyle = Literal["realistic", "animated_3d", "illustrated", "unknown"]


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
    def of(cls, row: models.Avatar, public_url: str) -> "Avatar":
        files = f"{public_url}/assets/avatars/{row.id}"
        return cls(
            id=row.id,
            display_name=row.display_name,
            variant_name=row.variant_name,
            image_url=f"{files}/image.jpg",
            landscape_image_url=f"{files}/landscape.jpg",
            portrait_image_url=f"{files}/portrait.jpg",
            video_url=f"{files}/preview.mp4",
            idle_video_url=f"{files}/idle.mp4",
            created_at=row.created_at,
            updated_at=row.updated_at,
            created_by_organization_id=row.organization_id,
            available_versions=row.available_versions,
            active_version=row.active_version,
            description=row.description,
            display_tags=row.display_tags,
            render_style=row.render_style,
        )
