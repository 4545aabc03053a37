"""Avatars from photos: taken, refused with reasons, shown at addresses that expire, and let go again."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import jwt
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import photos
from tests.forms import send_form
from tests.resources import contract
from tests.rest import DOCUMENTED, URL, Rest
from visavis.media import face_finder
from visavis.media.picture_files import size_of
from visavis.resources.avatars.service import PHOTO_BYTES_MAX

needs_models = pytest.mark.skipif(bool(face_finder.missing()), reason=face_finder.missing())
PHOTO = photos.encoded(photos.smaller(photos.person()[60:660, 276:876], 2.4))
LIV = DOCUMENTED["avatarId"]
NOBODY = "00000000-0000-4000-8000-000000000000"
FILES = ("imageUrl", "landscapeImageUrl", "portraitImageUrl", "videoUrl", "idleVideoUrl")


def part(content: bytes, name: str = "me.jpg", content_type: str = "image/jpeg") -> dict[str, tuple[str, bytes, str]]:
    return {"imageFile": (name, content, content_type)}


def create(rest: Rest, name: str = "Somebody", content: bytes = PHOTO, **fields: str) -> dict[str, Any]:
    answer = send_form(rest, "/v1/avatars", {"displayName": name, **fields}, part(content))
    assert answer.status_code == 201, answer.text
    return answer.json()


def detail(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["details"][0]["path"], body["details"][0]["code"]


def total(rest: Rest, **query: object) -> int:
    return rest.ask("GET", "/v1/avatars", params=query).json()["meta"]["total"]


def blobs(rest: Rest) -> set[Path]:
    return set((rest.app.state.blobs._folder).rglob("*.jpg"))


class _Album(BaseHTTPRequestHandler):
    """Somebody's web server with pictures on it."""

    def do_GET(self) -> None:
        content = {"/me.jpg": PHOTO, "/large.jpg": PHOTO + bytes(PHOTO_BYTES_MAX), "/page.html": b"<html>"}.get(
            self.path
        )
        self.send_response(200 if content else 404)
        self.send_header("content-length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def album() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Album)
    server.daemon_threads = False
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_photo_becomes_an_avatar(rest: Rest) -> None:
    avatar = create(rest, avatarModel="cara-4")

    contract.check(avatar, contract.AVATAR)
    assert avatar["displayName"] == "Somebody"
    assert avatar["createdByOrganizationId"]
    assert (avatar["activeVersion"], avatar["renderStyle"]) == ("cara-4", "unknown")
    assert avatar["activeVersion"] in avatar["availableVersions"]
    assert rest.ask("GET", f"/v1/avatars/{avatar['id']}").json()["displayName"] == "Somebody"
    assert total(rest, onlyOneShot="true") == total(rest, renderStyle="unknown") == total(rest, search="someb") == 1
    persona = rest.persona(avatarId=avatar["id"], avatarModel="cara-4")
    contract.check(persona["avatar"], contract.AVATAR)


@needs_models
def test_a_small_face_is_taken_with_a_warning(rest: Rest) -> None:
    large, small = (
        send_form(rest, "/v1/avatars", {"displayName": "Somebody"}, part(photos.encoded(picture))).json()
        for picture in (photos.person(), photos.smaller(photos.person(), 2))
    )
    assert large["warnings"] == []
    [warning] = small["warnings"]
    assert "pixels wide" in warning
    assert "from 200" in warning


def test_versions_have_public_names_but_for_the_one_avatar_of_the_document_s_example(rest: Rest) -> None:
    document, ours = (
        rest.ask("GET", f"/v1/avatars/{avatar_id}").json()
        for avatar_id in ("071b0286-4cce-4808-bee2-e642f1062de3", "30fa96d0-26c4-4e55-94a0-517025942e18")
    )
    assert (document["availableVersions"], document["activeVersion"]) == (["v1", "v2", "cara-4-3"], "v2")
    assert (ours["availableVersions"], ours["activeVersion"]) == (
        ["cara-2", "cara-3", "cara-4", "cara-4-latest"],
        "cara-3",
    )


def test_a_photo_is_fetched_from_an_address_and_kept(rest: Rest, album: str) -> None:
    for fields in (
        {"displayName": "X", "imageUrl": f"{album}/me.jpg"},
        {"name": "As official tools say it", "imageUrl": f"{album}/me.jpg"},
    ):
        answer = rest.ask("POST", "/v1/avatars", fields)
        assert answer.status_code == 201, answer.text
        assert answer.json()["displayName"] in fields.values()
    by_form = send_form(rest, "/v1/avatars", {"displayName": "By form", "imageUrl": f"{album}/me.jpg"})
    assert by_form.status_code == 201, by_form.text


def test_an_address_that_brings_no_photo_is_named(rest: Rest, album: str) -> None:
    def ask(url: str) -> tuple[int, str, str]:
        return detail(rest.ask("POST", "/v1/avatars", {"displayName": "X", "imageUrl": url}))

    assert ask(f"{album}/absent.jpg") == (400, "imageUrl", "unreachable")
    assert ask(f"{album}/large.jpg") == (400, "imageUrl", "too_large")
    assert ask(f"{album}/page.html") == (400, "imageUrl", "wrong_format")
    assert ask("file:///etc/passwd") == (400, "imageUrl", "address_refused")
    assert ask("http://169.254.169.254/latest/meta-data") == (400, "imageUrl", "address_refused")
    assert ask("not an address") == (400, "imageUrl", "address_refused")


@needs_models
@pytest.mark.parametrize(
    ("code", "picture"),
    [
        ("no_face", photos.scenery()[:240, :240]),
        ("face_too_small", photos.smaller(photos.person(), 4)),
    ],
)
def test_a_photo_that_cannot_become_a_face_is_422_with_the_reason(rest: Rest, code: str, picture: np.ndarray) -> None:
    before = blobs(rest)
    answer = send_form(rest, "/v1/avatars", {"displayName": "Somebody"}, part(photos.encoded(picture)))

    assert detail(answer) == (422, "imageFile", code)
    assert "cannot become a face" in answer.json()["message"]
    assert total(rest, onlyOneShot="true") == 0
    assert blobs(rest) == before


def test_wrong_files_and_fields_are_400_and_named(rest: Rest) -> None:
    def ask(fields: dict[str, str], files: Any = None) -> tuple[int, str, str]:
        return detail(send_form(rest, "/v1/avatars", fields, files))

    good = {"displayName": "Somebody"}
    assert ask(good, part(b"GIF89a" + bytes(50))) == (400, "imageFile", "wrong_format")
    assert ask(good, part(PHOTO[: len(PHOTO) // 2])) == (400, "imageFile", "damaged")
    assert ask(good, part(PHOTO + bytes(PHOTO_BYTES_MAX))) == (400, "imageFile", "too_large")
    assert ask(good, part(b"")) == (400, "imageFile", "wrong_format")
    assert ask(good) == (400, "imageFile", "one_photo")
    assert ask({**good, "imageUrl": "http://x.test/"}, part(PHOTO)) == (400, "imageFile", "one_photo")
    assert ask({**good, "imageFile": "in the wrong place"}) == (400, "imageFile", "no_file")
    assert ask({}, part(PHOTO))[:2] == (400, "displayName")
    assert ask({"displayName": "ab"}, part(PHOTO)) == (400, "displayName", "string_too_short")
    assert ask({"displayName": "x" * 51}, part(PHOTO)) == (400, "displayName", "string_too_long")
    assert ask({"displayName": "nul\0l"}, part(PHOTO))[:2] == (400, "displayName")
    assert ask({**good, "avatarModel": "cara-9"}, part(PHOTO)) == (400, "avatarModel", "literal_error")
    assert total(rest, onlyOneShot="true") == 0


def test_wrong_json_is_400_and_named(rest: Rest) -> None:
    def ask(body: Any) -> tuple[int, str]:
        return detail(rest.ask("POST", "/v1/avatars", body))[:2]

    assert ask({"displayName": "X"}) == (400, "imageUrl")
    assert ask({"imageUrl": "http://x.test/a.jpg"}) == (400, "displayName")
    assert ask({"displayName": "  ", "imageUrl": "http://x.test/a.jpg"}) == (400, "displayName")
    assert ask({"displayName": 7, "imageUrl": "http://x.test/a.jpg"}) == (400, "displayName")
    assert ask({"displayName": "X", "imageUrl": "http://x.test/a.jpg", "avatarModel": "cara-9"}) == (400, "avatarModel")
    assert ask(["a", "list"]) == (400, "body")
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert rest.ask("POST", "/v1/avatars", content=b"not a form", headers=headers).status_code == 400
    too_much = b"x" * (11 << 20)
    assert rest.ask("POST", "/v1/avatars", content=too_much, headers=headers).status_code == 413
    assert rest.ask("POST", "/v1/avatars", content=too_much).status_code == 413


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(st.sampled_from(["displayName", "imageUrl", "avatarModel", "x"]), st.text(max_size=60)),
    file=st.one_of(st.none(), st.binary(max_size=300)),
)
def test_no_form_is_more_than_refused(rest: Rest, fields: dict[str, str], file: bytes | None) -> None:
    try:
        answer = send_form(rest, "/v1/avatars", fields, part(file) if file is not None else None)
    except UnicodeEncodeError:  # half a character, which the client cannot even send
        return
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]


def test_its_pictures_and_films_are_made_of_the_photo_and_shown_at_signed_addresses_alone(rest: Rest) -> None:
    avatar = create(rest)
    for field in FILES:
        address = avatar[field].removeprefix(URL)
        assert rest.ask("GET", address, key="").status_code == 200
        assert rest.ask("GET", address, key="").headers["cache-control"].startswith("private")
        assert rest.ask("GET", address.partition("?")[0], key="").status_code == 404
        assert rest.ask("GET", address[:-4] + "AAAA", key="").status_code == 401
    assert sum(avatar["id"] in made for made in rest.media.made) == 4  # the two films are one

    other = create(rest)
    stolen = avatar["imageUrl"].replace(avatar["id"], other["id"]).removeprefix(URL)
    assert rest.ask("GET", stolen, key="").status_code == 401


def test_addresses_expire_after_an_hour(rest: Rest) -> None:
    avatar = create(rest)
    address, _, token = avatar["imageUrl"].removeprefix(URL).partition("?token=")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert 3500 < claims["exp"] - time.time() <= 3600

    folder = address.rpartition("/")[0]
    expired = rest.app.state.signer.sign(folder, {"organization": claims["organization"]}, expires_s=-1)

    answer = rest.ask("GET", f"{address}?token={expired}", key="")
    assert (answer.status_code, "expired" in answer.json()["message"]) == (401, True)


def test_only_its_name_can_be_changed(rest: Rest) -> None:
    avatar = create(rest)
    path = f"/v1/avatars/{avatar['id']}"

    assert rest.ask("PUT", path, {"displayName": "Another"}).json()["displayName"] == "Another"
    assert rest.ask("PUT", path, {"name": "An alias"}).json()["displayName"] == "An alias"
    assert rest.ask("PUT", path, {"activeVersion": "cara-4"}).json()["displayName"] == "An alias"
    assert rest.ask("PUT", path, {"displayName": ""}).status_code == 400
    assert rest.ask("PUT", path, {"displayName": "x" * 256}).status_code == 400
    changed = rest.ask("GET", path).json()
    assert (changed["displayName"], changed["activeVersion"]) == ("An alias", avatar["activeVersion"])
    assert changed["updatedAt"] >= avatar["updatedAt"]


def test_built_in_avatars_are_protected(rest: Rest) -> None:
    assert rest.ask("PUT", f"/v1/avatars/{LIV}", {"displayName": "Mine"}).status_code == 403
    assert rest.ask("DELETE", f"/v1/avatars/{LIV}").status_code == 403
    assert rest.ask("DELETE", f"/v1/avatars/{LIV}?hard=true").status_code == 403


def test_a_deleted_avatar_is_gone_for_all_but_the_personas_that_have_it(rest: Rest) -> None:
    avatar = create(rest)
    persona = rest.persona(avatarId=avatar["id"])

    deleted = rest.ask("DELETE", f"/v1/avatars/{avatar['id']}")

    assert (deleted.status_code, deleted.json()) == (200, {"message": "Avatar deleted successfully"})
    assert rest.ask("GET", f"/v1/avatars/{avatar['id']}").status_code == 404
    assert rest.ask("PUT", f"/v1/avatars/{avatar['id']}", {"displayName": "Back"}).status_code == 404
    assert rest.ask("DELETE", f"/v1/avatars/{avatar['id']}").status_code == 404
    assert total(rest, onlyOneShot="true") == 0
    kept = rest.ask("GET", f"/v1/personas/{persona['id']}").json()
    assert kept["avatar"]["id"] == avatar["id"]
    assert rest.ask("GET", kept["avatar"]["imageUrl"].removeprefix(URL), key="").status_code == 200
    token = rest.ask("POST", "/v1/auth/session-token", {"personaConfig": {"personaId": persona["id"]}})
    assert token.status_code == 200, token.text
    same = rest.ask("PUT", f"/v1/personas/{persona['id']}", {"name": "New", "avatarId": avatar["id"]})
    assert same.status_code == 200, same.text
    new = rest.ask("POST", "/v1/personas", {"name": "Another", **DOCUMENTED, "avatarId": avatar["id"]})
    assert detail(new)[:2] == (400, "avatarId")


def test_a_hard_delete_waits_for_personas_and_then_leaves_nothing(rest: Rest) -> None:
    before = blobs(rest)
    avatar = create(rest)
    path = f"/v1/avatars/{avatar['id']}?hard=true"
    users = sorted(rest.persona(name=name, avatarId=avatar["id"])["id"] for name in "ab")
    assert rest.ask("GET", avatar["imageUrl"].removeprefix(URL), key="").status_code == 200
    made = Path(rest.app.state.pictures._cache._folder)
    assert list(made.glob(f"*{avatar['id']}*"))

    refused = rest.ask("DELETE", path)

    assert (refused.status_code, refused.json()["impactedPersonaIds"]) == (409, users)
    assert rest.ask("GET", f"/v1/avatars/{avatar['id']}").status_code == 200
    for persona in users:
        rest.ask("DELETE", f"/v1/personas/{persona}")
    assert rest.ask("DELETE", path).json() == {"message": "Avatar deleted successfully"}
    assert rest.ask("DELETE", path).status_code == 404
    assert rest.ask("GET", avatar["imageUrl"].removeprefix(URL), key="").status_code == 404
    assert blobs(rest) == before
    assert not list(made.glob(f"*{avatar['id']}*"))


def test_what_was_only_hidden_can_be_erased_later(rest: Rest) -> None:
    before = blobs(rest)
    avatar = create(rest)
    rest.ask("DELETE", f"/v1/avatars/{avatar['id']}")
    assert blobs(rest) != before

    assert rest.ask("DELETE", f"/v1/avatars/{avatar['id']}?hard=true").status_code == 200
    assert blobs(rest) == before


def test_another_organization_has_no_such_avatar(rest: Rest) -> None:
    avatar = create(rest)
    rest.new_organization()

    for method, body in (("GET", None), ("PUT", {"displayName": "Mine"}), ("DELETE", None)):
        assert rest.ask(method, f"/v1/avatars/{avatar['id']}", body).status_code == 404
    assert rest.ask("DELETE", f"/v1/avatars/{avatar['id']}?hard=true").status_code == 404
    assert rest.ask("GET", f"/v1/avatars/{NOBODY}").status_code == 404
    assert total(rest, onlyOneShot="true") == 0


def test_a_repeated_request_makes_one_avatar(rest: Rest, album: str) -> None:
    body = {"displayName": "Once", "imageUrl": f"{album}/me.jpg"}
    first, again = (rest.ask("POST", "/v1/avatars", body, headers={"idempotency-key": "photo-1"}) for _ in range(2))

    assert first.json() == again.json()
    assert total(rest, onlyOneShot="true") == 1


def test_a_session_is_told_where_the_photo_and_the_face_are(rest: Rest) -> None:
    avatar = create(rest, avatarModel="cara-4")
    body = {"personaConfig": {**DOCUMENTED, "avatarId": avatar["id"], "name": "Somebody"}}
    body["sessionOptions"] = {"videoWidth": 768, "videoHeight": 1152}
    token = rest.ask("POST", "/v1/auth/session-token", body).json()["sessionToken"]
    session = rest.ask("POST", "/v1/engine/session", {}, key=token).json()

    face = rest.media.specs[session["sessionId"]].face
    assert (face.renderer, face.width_px, face.height_px) == ("portrait", 768, 1152)
    assert size_of(Path(face.picture).read_bytes()) == (250, 250)
    assert face.face_box is None or 0.4 < face.face_box[2] < 0.5
