"""What the viewer's network may change about the picture."""

from dataclasses import replace
from typing import Literal

import pytest

from visavis.testing.rehearsal import Rehearsal


@pytest.mark.parametrize(("quality", "followed"), [("auto", [200_000]), ("high", [])])
async def test_only_automatic_quality_follows_the_network(
    quality: Literal["auto", "high"], followed: list[int]
) -> None:
    rehearsal = Rehearsal()
    rehearsal.spec = replace(rehearsal.spec, video_quality=quality)
    async with rehearsal as r:
        await r.connect()
        r.line.set_bitrate(200_000)
    assert r.face.bitrates_bps == followed
