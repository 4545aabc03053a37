"""Forms with files, as a browser sends them."""

import httpx

from tests.rest import Rest

Files = dict[str, tuple[str, bytes, str]]
"""What each part is called → its filename, content and announced type."""


def send_form(
    rest: Rest, path: str, fields: dict[str, str], files: Files | None = None, **request: str
) -> httpx.Response:
    encoded = httpx.Request("POST", "http://anywhere", data=fields, files=files or {"": ("", b"", "")})
    headers = {"content-type": encoded.headers["content-type"]}
    return rest.ask("POST", path, content=encoded.read(), headers=headers, **request)
