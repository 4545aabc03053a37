"""HTTP for documents: sending them in three ways, and what can be done with them afterwards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from visavis.core.errors import InvalidRequest
from visavis.db.models import KnowledgeDocument, KnowledgeGroup, now
from visavis.http import forms
from visavis.http.auth import Caller, Subject, caller, offered
from visavis.http.deps import Files, PublicUrl, Reading, Tables, Writing
from visavis.http.middleware import Room
from visavis.http.routing import router
from visavis.http.signed import EXPIRES_S, Signed
from visavis.http.uploads import download_url, upload_url
from visavis.http.wire import RowId
from visavis.resources.knowledge import service
from visavis.resources.knowledge.ingest import Ingest
from visavis.resources.knowledge.schemas import (
    FILE_BYTES_MAX,
    ConfirmBody,
    Cutting,
    Document,
    DocumentRename,
    DocumentText,
    Download,
    FormFile,
    Upload,
    UploadBody,
    UploadToken,
)
from visavis.resources.knowledge.service import Documents, Groups

FORM_BYTES = 1 << 20  # what a form may have around its file
UPLOADS = {"POST /v1/knowledge/groups/{id}/documents": Room(FILE_BYTES_MAX + FORM_BYTES)}
READ_BYTES = 256 << 10
UPLOAD_TOKEN = "X-Upload-Token"
FILE_HELP = "PDF, TXT, MD, DOCX, CSV, HTML, JSON or LOG, at most 50 MB."

routes = router(tag="Knowledge")

TOKEN_PARAMETER = {
    "name": UPLOAD_TOKEN,
    "in": "header",
    "required": False,
    "description": "Instead of an API key: what `POST /v1/knowledge/groups/{id}/upload-token` answered.",
    "schema": {"type": "string"},
}
TWO_FORMS: dict[str, Any] = {
    **forms.described(Cutting, [DocumentText], "file", FILE_HELP),
    "parameters": [TOKEN_PARAMETER],
}


def _documents(transaction: Reading, subject: Subject) -> Documents:
    return Documents(transaction, KnowledgeDocument, subject.organization_id, "document")


def _groups(transaction: Reading, subject: Subject) -> Groups:
    return Groups(transaction, KnowledgeGroup, subject.organization_id, "knowledge group")


async def _ingest(request: Request) -> Ingest:
    return request.app.state.ingest


def _documents_path(group_id: str) -> str:
    return f"/v1/knowledge/groups/{group_id}/documents"


async def _uploader(
    request: Request, group_id: RowId, signer: Signed, _: Annotated[str | None, Depends(offered)]
) -> Subject:
    """Who may add documents: an API key, or a token for this group alone."""
    token = request.headers.get(UPLOAD_TOKEN)
    if token is None:
        return await caller(request)
    return Subject(signer.verify(_documents_path(group_id), token)["organization"], None)


Uploader = Annotated[Subject, Depends(_uploader)]
Queue = Annotated[Ingest, Depends(_ingest)]


@routes.get("/knowledge/groups/{id}/documents")
async def list_knowledge_group_documents(
    group_id: RowId, asking: Caller, transaction: Reading, public_url: PublicUrl
) -> list[Document]:
    """Every document of the group, newest first, as a bare array."""
    await _groups(transaction, asking).get(group_id)
    return [Document.of(row, public_url) for row in await _documents(transaction, asking).of_group(group_id)]


@routes.post("/knowledge/groups/{id}/documents", status_code=201, openapi_extra=TWO_FORMS)
async def upload_knowledge_group_document(
    group_id: RowId,
    request: Request,
    uploader: Uploader,
    files: Files,
    tables: Tables,
    queue: Queue,
    public_url: PublicUrl,
) -> Document:
    """Send a file as a form, or a text as JSON. It is read in the background, and searched once it is READY."""
    async with tables.reading() as session:
        await _groups(session, uploader).own(group_id)
    async with forms.sent(request) as form:
        if form.is_form:
            file = _file_of(form)
            cutting = form.read_as(Cutting)
            name = FormFile(filename=file.filename or "").filename
            kind, content = service.kind_of(name, file.content_type or ""), _pieces(file)
        else:
            cutting = text = form.read_as(DocumentText)
            name, kind, content = text.filename, service.text_kind_of(text.filename, text.content_type), text.encoded
        blob = await files.put(uploader.organization_id, content, f".{kind}", FILE_BYTES_MAX)
    try:
        # only now, because a transaction that writes keeps others waiting
        async with tables.writing() as session:
            groups, documents = _groups(session, uploader), _documents(session, uploader)
            row = await service.add_document(groups, documents, group_id, name, kind, cutting)
            await service.begin(documents, row, blob, await files.size_bytes(blob))
    except BaseException:
        await files.remove(blob)
        raise
    queue.wake()
    return Document.of(row, public_url)


def _file_of(form: forms.Form) -> UploadFile:
    file = form.files.get("file")
    if file is None:
        raise InvalidRequest.field("file", "send a file under this name", "missing")
    return file


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(READ_BYTES):
        yield piece


@routes.post("/knowledge/groups/{id}/documents/presigned-upload")
async def create_knowledge_upload(
    group_id: RowId, body: UploadBody, asking: Caller, transaction: Writing, signer: Signed, public_url: PublicUrl
) -> Upload:
    """An address for one file: PUT it there with the same Content-Type, then confirm the document."""
    groups, documents = _groups(transaction, asking), _documents(transaction, asking)
    kind = service.kind_of(body.filename, body.content_type)
    row = await service.add_document(groups, documents, group_id, body.filename, kind, body)
    row.file_size_bytes = body.file_size
    url = upload_url(
        signer,
        public_url,
        row.id,
        organization_id=asking.organization_id,
        content_type=body.content_type,
        max_bytes=body.file_size,
    )
    return Upload(upload_url=url, document_id=row.id, expires_at=now() + timedelta(seconds=EXPIRES_S))


@routes.post("/knowledge/groups/{id}/upload-token")
async def create_knowledge_upload_token(
    group_id: RowId, asking: Caller, transaction: Reading, signer: Signed
) -> UploadToken:
    """A token for the header X-Upload-Token, so that a browser can add documents to this group without the key."""
    await _groups(transaction, asking).own(group_id)
    token = signer.sign(_documents_path(group_id), {"organization": asking.organization_id})
    return UploadToken(upload_token=token, expires_at=now() + timedelta(seconds=EXPIRES_S))


@routes.post("/knowledge/documents/{id}/confirm-upload")
async def confirm_knowledge_upload(
    document_id: RowId,
    body: ConfirmBody,
    asking: Caller,
    files: Files,
    tables: Tables,
    queue: Queue,
    public_url: PublicUrl,
) -> Document:
    """Say that the file is there. A second time changes nothing."""
    async with tables.writing() as session:
        row = await service.confirm(_documents(session, asking), document_id, body, files)
    queue.wake()
    return Document.of(row, public_url)


@routes.get("/knowledge/documents/{id}")
async def get_knowledge_document(
    document_id: RowId, asking: Caller, transaction: Reading, public_url: PublicUrl
) -> Document:
    return Document.of(await _documents(transaction, asking).get(document_id), public_url)


@routes.put("/knowledge/documents/{id}")
async def update_knowledge_document(
    document_id: RowId, body: DocumentRename, asking: Caller, transaction: Writing, public_url: PublicUrl
) -> Document:
    """Rename it. The file and what was read from it stay as they are."""
    row = await _documents(transaction, asking).own(document_id)
    if body.filename is not None:
        row.filename = body.filename
    await transaction.flush()
    return Document.of(row, public_url)


@routes.delete("/knowledge/documents/{id}", status_code=204)
async def delete_knowledge_document(document_id: RowId, asking: Caller, files: Files, tables: Tables) -> None:
    """The document, what was read from it, and its file."""
    async with tables.writing() as session:
        blob = await service.delete_document(_documents(session, asking), document_id)
    await files.remove(blob)


@routes.get("/knowledge/documents/{id}/download")
async def get_knowledge_document_download(
    document_id: RowId, asking: Caller, transaction: Reading, signer: Signed, public_url: PublicUrl
) -> Download:
    """An address from which the file can be fetched without a key, for an hour."""
    row = await _documents(transaction, asking).get(document_id)
    service.needs_file(row)
    url = download_url(signer, public_url, row.id, blob=row.blob, filename=row.filename, content_type=row.file_type)
    return Download(download_url=url, filename=row.filename)
