"""What a session's options say about its picture: size, quality, and the mark of an AI; with and without a token."""

from typing import Any

import pytest

from tests.resources.test_sessions import spec_of, token_of
from tests.rest import DOCUMENTED, Rest


@pytest.mark.parametrize(
    ("model", "options", "size"),
    [
        (None, {}, (720, 480)),
        ("cara-2", {"videoWidth": 720, "videoHeight": 480}, (720, 480)),
        ("cara-4", {}, (1152, 768)),
        ("cara-4-latest", {"videoWidth": 768, "videoHeight": 1152}, (768, 1152)),
    ],
)
def test_the_picture_has_a_size_of_its_model(
    rest: Rest, model: str | None, options: Any, size: tuple[int, int]
) -> None:
    spec = spec_of(rest, {"personaConfig": {**DOCUMENTED, "avatarModel": model}, "sessionOptions": options})

    assert (spec.face.width_px, spec.face.height_px) == size


@pytest.mark.parametrize("spelling", ["showAIAvatarDisclosure", "showAiAvatarDisclosure"])
@pytest.mark.parametrize("wanted", [True, False, None])
def test_the_picture_says_that_it_shows_an_ai_where_that_is_asked_for(rest: Rest, spelling: str, wanted: Any) -> None:
    asked = {"personaConfig": DOCUMENTED, "sessionOptions": {spelling: wanted}}

    assert spec_of(rest, asked).face.disclosed == bool(wanted)
    assert spec_of(rest, {}, key=token_of(rest, **asked)).face.disclosed == bool(wanted)


def test_size_and_quality_come_through_a_token(rest: Rest) -> None:
    options = {"videoWidth": 768, "videoHeight": 1152, "videoQuality": "high"}
    token = token_of(rest, personaConfig={**DOCUMENTED, "avatarModel": "cara-4"}, sessionOptions=options)

    spec = spec_of(rest, {}, key=token)

    assert (spec.face.width_px, spec.face.height_px, spec.video_quality) == (768, 1152, "high")
