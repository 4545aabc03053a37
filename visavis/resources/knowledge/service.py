"""Groups and documents: what they may be, and what becomes of them."""

from collections.abc import Sequence
from pathlib import PurePath

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Conflict, InvalidRequest, NotFound
from visavis.db.blobs import Blobs
from visavis.db.models import KnowledgeDocument, KnowledgeGroup
from visavis.db.repository import Repository
from visavis.resources.knowledge.schemas import (
    ENDINGS,
    KINDS_TEXT,
    OTHER_TYPES,
    TYPES,
    ConfirmBody,
    Cutting,
    GroupCreate,
    GroupUpdate,
)

GROUPS_MAX = 1000
DOCUMENTS_MAX = 5000


class Groups(Repository[KnowledgeGroup]):
    async def all(self) -> Sequence[KnowledgeGroup]:
        """Newest first; there are never more than `GROUPS_MAX`."""
        query = select(KnowledgeGroup).where(self._visible())
        rows = await self.session.scalars(query.order_by(KnowledgeGroup.created_at.desc(), KnowledgeGroup.id))
        return rows.all()

    async def document_counts(self, group_ids: Sequence[str]) -> dict[str, int]:
        query = (
            select(KnowledgeDocument.group_id, func.count())
            .where(KnowledgeDocument.organization_id == self.organization_id, KnowledgeDocument.group_id.in_(group_ids))
            .group_by(KnowledgeDocument.group_id)
        )
        counted = {group_id: count for group_id, count in await self.session.execute(query)}
        return {group_id: counted.get(group_id, 0) for group_id in group_ids}


class Documents(Repository[KnowledgeDocument]):
    async def of_group(self, group_id: str) -> Sequence[KnowledgeDocument]:
        """Newest first; there are never more than `DOCUMENTS_MAX`."""
        query = select(KnowledgeDocument).where(self._visible(), KnowledgeDocument.group_id == group_id)
        rows = await self.session.scalars(query.order_by(KnowledgeDocument.created_at.desc(), KnowledgeDocument.id))
        return rows.all()


def kind_of(filename: str, content_type: str) -> str:
    """What the name ends with counts, then what the client says. Raises `InvalidRequest`."""
    ending = PurePath(filename).suffix.lower().removeprefix(".")
    if kind := ENDINGS.get(ending):
        return kind
    media_type = content_type.partition(";")[0].strip().lower()
    types = {name: kind for kind, name in TYPES.items()} | OTHER_TYPES
    if kind := types.get(media_type):
        return kind
    raise InvalidRequest.field("file", f"this kind of file cannot be read; send one of {KINDS_TEXT}", "not_supported")


def text_kind_of(filename: str, content_type: str) -> str:
    """The same for what came as text inside JSON."""
    kind = kind_of(filename, content_type)
    if kind in ("pdf", "docx"):
        raise InvalidRequest.field("content", f"a {kind.upper()} is no text; send the file as a form", "not_supported")
    return kind


async def create_group(groups: Groups, body: GroupCreate) -> KnowledgeGroup:
    total = await groups.session.scalar(
        select(func.count()).where(KnowledgeGroup.organization_id == groups.organization_id)
    )
    if (total or 0) >= GROUPS_MAX:
        raise Conflict(f"An organization may have {GROUPS_MAX} knowledge groups; delete one first")
    return await groups.add(KnowledgeGroup(name=body.name, description=body.description))


async def update_group(groups: Groups, group_id: str, body: GroupUpdate) -> KnowledgeGroup:
    group = await groups.own(group_id)
    given = body.model_dump(exclude_unset=True)
    if given.get("name") is not None:
        group.name = given["name"]
    if "description" in given:
        group.description = given["description"]
    await groups.session.flush()
    return group


async def delete_group(groups: Groups, documents: Documents, group_id: str) -> list[str]:
    """The names of files that nobody needs any more."""
    await groups.own(group_id)
    blobs = [document.blob for document in await documents.of_group(group_id)]
    await groups.remove(group_id)
    return blobs


async def add_document(
    groups: Groups, documents: Documents, group_id: str, filename: str, kind: str, cutting: Cutting
) -> KnowledgeDocument:
    """A document whose file is yet to come; `begin` then has it read."""
    await groups.own(group_id)
    counts = await groups.document_counts([group_id])
    if counts[group_id] >= DOCUMENTS_MAX:
        raise Conflict(f"A knowledge group may have {DOCUMENTS_MAX} documents; make another group")
    row = KnowledgeDocument(
        group_id=group_id,
        filename=filename,
        file_type=TYPES[kind],
        chunk_size=cutting.chunk_size,
        chunk_overlap=cutting.chunk_overlap,
    )
    return await documents.add(row)


async def begin(documents: Documents, document: KnowledgeDocument, blob: str, size_bytes: int) -> None:
    """The file is here; from now on it waits to be read."""
    document.blob, document.file_size_bytes, document.status = blob, size_bytes, "PROCESSING"
    await documents.session.flush()


async def confirm(documents: Documents, document_id: str, body: ConfirmBody, files: Blobs) -> KnowledgeDocument:
    document = await documents.own(document_id)
    if document.blob:
        return document
    try:
        blob, size_bytes = await files.adopt_upload(documents.organization_id, document_id, _suffix(document))
    except NotFound:
        raise Conflict("The file has not arrived; PUT it to the uploadUrl first") from None
    if size_bytes != (body.file_size or document.file_size_bytes):
        await files.remove(blob)
        raise InvalidRequest.field("fileSize", f"{size_bytes} bytes have arrived; send the file again", "size_differs")
    await begin(documents, document, blob, size_bytes)
    return document


def needs_file(document: KnowledgeDocument) -> None:
    if not document.blob:
        raise Conflict("The file of this document has not arrived")


async def delete_document(documents: Documents, document_id: str) -> str:
    """The name of a file that nobody needs any more."""
    document = await documents.own(document_id)
    await touch(documents.session, documents.organization_id, document.group_id)
    await documents.remove(document_id)
    return document.blob


def _suffix(document: KnowledgeDocument) -> str:
    return next(f".{kind}" for kind, media_type in TYPES.items() if media_type == document.file_type)


async def touch(session: AsyncSession, organization_id: str, group_id: str) -> None:
    """What can be found in the group changed. That is no update of the group itself."""
    change = update(KnowledgeGroup).where(
        KnowledgeGroup.id == group_id, KnowledgeGroup.organization_id == organization_id
    )
    await session.execute(
        change.values(revision=KnowledgeGroup.revision + 1, updated_at=KnowledgeGroup.updated_at),
        execution_options={"synchronize_session": False},
    )
