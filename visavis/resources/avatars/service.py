"""Which avatars a search finds."""

import json

from sqlalchemy import ColumnElement, Text, cast, or_

from visavis.db.models import Avatar
from visavis.db.repository import contains


def matching(search: str, render_style: str, tags: str, only_one_shot: bool) -> list[ColumnElement[bool]]:
    """`tags` is comma separated and any of them will do; avatars made from one picture are the organization's own."""
    filters: list[ColumnElement[bool]] = []
    if search:
        filters.append(or_(contains(Avatar.display_name, search), contains(Avatar.description, search)))
    if render_style != "all":
        filters.append(Avatar.render_style == render_style)
    if wanted := [tag.strip().lower() for tag in tags.split(",") if tag.strip()]:
        # the column holds a JSON list, whose text both databases can search
        as_text = cast(Avatar.display_tags, Text)
        filters.append(or_(*(as_text.contains(json.dumps(tag), autoescape=True) for tag in wanted)))
    if only_one_shot:
        filters.append(Avatar.organization_id.is_not(None))
    return filters
