"""Files by signed addresses: only what was signed for, only in time, and never half."""

import asyncio
from pathlib import Path

import pytest

from tests.rest import URL, Rest
from visavis.core.errors import NotFound, Unauthorized
from visavis.http.signed import Signer
from visavis.http.uploads import download_url, upload_url

TEXT = {"content-type": "text/plain"}


def signed_upload(rest: Rest, upload_id: str = "first", max_bytes: int = 30_000) -> str:
    return upload_url(
        rest.app.state.signer, "", upload_id, organization_id="ours", content_type="text/plain", max_bytes=max_bytes
    )


def put(rest: Rest, url: str, content: bytes, content_type: str = "text/plain") -> int:
    return rest.ask("PUT", url, content=content, headers={"content-type": content_type}, key="").status_code


def test_a_file_goes_up_and_comes_down_by_signed_addresses_without_a_key(rest: Rest) -> None:
    # larger than what other routes take (10,000 bytes here)
    content = b"knowledge\n" * 2_500
    assert put(rest, signed_upload(rest), b"an earlier try") == 200
    assert put(rest, signed_upload(rest), content) == 200

    blob, size_bytes = rest.run(rest.app.state.blobs.adopt_upload("ours", "first", ".txt"))
    assert size_bytes == len(content)
    url = download_url(rest.app.state.signer, "", "1", blob=blob, filename="größe.txt", content_type="text/plain")
    answer = rest.ask("GET", url, key="")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"

    assert put(rest, signed_upload(rest), b"too late to change it") == 200
    assert rest.ask("GET", url, key="").content == content


def test_an_address_is_good_for_what_it_was_signed_for_alone(rest: Rest) -> None:
    url = signed_upload(rest, "second", max_bytes=5)
    assert put(rest, url, b"123456") == 413
    assert put(rest, url, b"12345", "text/html") == 400
    assert put(rest, url.replace("second", "third"), b"12345") == 401
    assert put(rest, url[:-3] + "abc", b"12345") == 401
    assert put(rest, "/v1/uploads/second", b"12345") == 401
    assert rest.ask("GET", url.replace("/uploads/", "/files/"), key="").status_code == 401
    with pytest.raises(NotFound):
        rest.run(rest.app.state.blobs.adopt_upload("ours", "second", ".txt"))


def test_an_upload_of_unknown_length_ends_at_the_limit_and_leaves_nothing(rest: Rest, tmp_path: Path) -> None:
    async def pieces():
        for _ in range(10):
            yield b"x" * 10
            await asyncio.sleep(0)

    async def send() -> int:
        url = URL + signed_upload(rest, "stream", max_bytes=50)
        return (await rest._client.put(url, content=pieces(), headers=TEXT)).status_code

    folder = rest.app.state.blobs._folder
    before = set(folder.rglob("*"))
    assert rest.run(send()) == 413
    assert set(folder.rglob("*")) == before


def test_an_expired_address_says_so_and_an_old_key_still_verifies() -> None:
    old, new = b"o" * 32, b"n" * 32
    token = Signer([old]).sign("/a", {"x": 1})
    assert Signer([new, old]).verify("/a", token)["x"] == 1
    with pytest.raises(Unauthorized, match="signed"):
        Signer([new]).verify("/a", token)
    with pytest.raises(Unauthorized, match="expired"):
        Signer([old]).verify("/a", Signer([old]).sign("/a", {}, expires_s=-1))
    with pytest.raises(Unauthorized):
        Signer([old]).verify("/b", token)


def test_only_a_route_for_files_has_more_room(rest: Rest) -> None:
    headers = {"content-type": "application/json"}
    assert rest.ask("POST", "/v1/llms", content=b" " * 20_000, headers=headers).status_code == 413
    assert rest.ask("PUT", "/v1/uploads/x/y", content=b" " * 20_000, headers=headers).status_code == 413


def test_uploads_that_nobody_adopted_are_swept_away_in_time(rest: Rest) -> None:
    blobs = rest.app.state.blobs
    kept = rest.run(blobs.put("ours", b"kept", ".txt", 10))
    assert put(rest, signed_upload(rest, "forgotten"), b"forgotten") == 200

    rest.run(blobs.sweep(older_than_s=60))
    assert blobs.path("ours/forgotten.upload").is_file()
    rest.run(blobs.sweep(older_than_s=-60))
    assert blobs.path(kept).read_bytes() == b"kept"
    with pytest.raises(NotFound):
        blobs.path("ours/forgotten.upload")
