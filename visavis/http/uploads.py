"""Files that come and go by signed addresses, without a key and without ever being whole in memory."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import FileResponse

from visavis.core.errors import InvalidRequest, PayloadTooLarge
from visavis.http.deps import Files
from visavis.http.middleware import Room
from visavis.http.routing import router
from visavis.http.signed import Signed, Signer
from visavis.http.wire import Message, RowId

UPLOAD_BYTES_MAX = 50 << 20
UPLOADS = {"PUT /v1/uploads/{id}": Room(UPLOAD_BYTES_MAX, content_type="")}

routes = router(tag="Uploads")
Token = Annotated[str, Query(max_length=4000, description="Part of the address, as it was given.")]


def upload_url(
    signer: Signer, public_url: str, upload_id: str, *, organization_id: str, content_type: str, max_bytes: int
) -> str:
    """Where to PUT one file of that type ("" for any) and at most that size; `Blobs.adopt_upload` takes it over."""
    path = f"/v1/uploads/{upload_id}"
    token = signer.sign(path, {"organization": organization_id, "type": content_type, "bytes": max_bytes})
    return f"{public_url}{path}?token={token}"


def download_url(signer: Signer, public_url: str, file_id: str, *, blob: str, filename: str, content_type: str) -> str:
    """Where to GET a blob under a name that people know."""
    path = f"/v1/files/{file_id}"
    return f"{public_url}{path}?token={signer.sign(path, {'blob': blob, 'name': filename, 'type': content_type})}"


@routes.put(
    "/uploads/{id}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(upload_id: RowId, request: Request, signer: Signed, files: Files, token: Token = "") -> Message:
    """Send a file to an address that another route signed. Its Content-Type must be the one that was announced."""
    claims = signer.verify(f"/v1/uploads/{upload_id}", token)
    sent = request.headers.get("content-type", "")
    if claims["type"] and sent.strip().lower() != claims["type"].strip().lower():
        raise InvalidRequest.field("Content-Type", f'send "{claims["type"]}", which this address was signed for')
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > claims["bytes"]:
        raise PayloadTooLarge(f"This address was signed for {claims['bytes']} bytes")
    await files.put_upload(claims["organization"], upload_id, request.stream(), claims["bytes"])
    return Message(message="The file has arrived")


@routes.get("/files/{id}", response_class=FileResponse)
async def download(file_id: RowId, signer: Signed, files: Files, token: Token = "") -> FileResponse:
    """A stored file, by an address that another route signed."""
    claims = signer.verify(f"/v1/files/{file_id}", token)
    # as an attachment: what somebody uploaded must not run as a page of ours
    headers = {"x-content-type-options": "nosniff", "cache-control": "private, no-store"}
    path = files.path(claims["blob"])
    return FileResponse(path, media_type=claims["type"], filename=claims["name"], headers=headers)
