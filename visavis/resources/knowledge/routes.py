"""HTTP for knowledge: groups, and searching them."""

from fastapi import Request

from visavis.db.models import KnowledgeDocument, KnowledgeGroup
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Files, Reading, Writing, database
from visavis.http.routing import router
from visavis.http.wire import RowId
from visavis.resources.knowledge import service
from visavis.resources.knowledge.retrieval import Retrieval
from visavis.resources.knowledge.schemas import Group, GroupCreate, GroupUpdate, SearchBody, SearchResult

routes = router(tag="Knowledge")


def _groups(transaction: Reading, caller: Subject) -> service.Groups:
    return service.Groups(transaction, KnowledgeGroup, caller.organization_id, "knowledge group")


def _documents(transaction: Reading, caller: Subject) -> service.Documents:
    return service.Documents(transaction, KnowledgeDocument, caller.organization_id, "document")


@routes.get("/knowledge/groups")
async def list_knowledge_groups(caller: Caller, transaction: Reading) -> list[Group]:
    """Every group of the organization, newest first, as a bare array."""
    groups = _groups(transaction, caller)
    rows = await groups.all()
    counts = await groups.document_counts([row.id for row in rows])
    return [Group.of(row, counts[row.id]) for row in rows]


@routes.post("/knowledge/groups", status_code=201)
async def create_knowledge_group(body: GroupCreate, caller: Caller, transaction: Writing) -> Group:
    """A group starts empty; documents are added to it afterwards. Its id is what tools call a folder."""
    return Group.of(await service.create_group(_groups(transaction, caller), body), 0)


@routes.get("/knowledge/groups/{id}")
async def get_knowledge_group(group_id: RowId, caller: Caller, transaction: Reading) -> Group:
    groups = _groups(transaction, caller)
    row = await groups.get(group_id)
    return Group.of(row, (await groups.document_counts([row.id]))[row.id])


@routes.put("/knowledge/groups/{id}")
async def update_knowledge_group(group_id: RowId, body: GroupUpdate, caller: Caller, transaction: Writing) -> Group:
    """Only what is sent changes."""
    groups = _groups(transaction, caller)
    row = await service.update_group(groups, group_id, body)
    return Group.of(row, (await groups.document_counts([row.id]))[row.id])


@routes.delete("/knowledge/groups/{id}", status_code=204)
async def delete_knowledge_group(group_id: RowId, request: Request, caller: Caller, files: Files) -> None:
    """The group, its documents and their files."""
    async with database(request).writing() as transaction:
        groups, documents = _groups(transaction, caller), _documents(transaction, caller)
        blobs = await service.delete_group(groups, documents, group_id)
    for blob in blobs:
        await files.remove(blob)


@routes.post("/knowledge/groups/{id}/search")
async def search_knowledge_group(
    group_id: RowId, body: SearchBody, request: Request, caller: Caller
) -> list[SearchResult]:
    """Passages that answer the query, best first, as a bare array. Only READY documents are searched."""
    async with database(request).reading() as transaction:
        await _groups(transaction, caller).get(group_id)
    retrieval: Retrieval = request.app.state.retrieval
    found = await retrieval.search(caller.organization_id, [group_id], body.query, body.limit)
    return [SearchResult.of(passage) for passage in found]
