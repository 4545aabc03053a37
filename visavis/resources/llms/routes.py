"""HTTP for LLMs."""

from fastapi import Request

from visavis.db import models
from visavis.db.repository import Repository, contains
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Paging, Reading, Search, Writing
from visavis.http.routing import router
from visavis.http.wire import PageOf, RowId, page_of
from visavis.resources.llms import service
from visavis.resources.llms.schemas import Llm, LlmBody

routes = router(tag="LLMs")


def _minds(request: Request) -> service.Minds:
    return request.app.state.minds


def _repository(transaction: Reading, caller: Subject) -> Repository[models.Llm]:
    return Repository(transaction, models.Llm, caller.organization_id, "LLM")


@routes.get("/llms")
async def list_llms(
    request: Request,
    caller: Caller,
    transaction: Reading,
    page: Paging,
    search: Search = "",
    includeDefaults: bool = True,  # noqa: N803 - the contract's name
) -> PageOf[Llm]:
    """Built-in minds, unless `includeDefaults=false`, and the organization's own, newest first."""
    filters = [contains(models.Llm.display_name, search)] if search else []
    if not includeDefaults:
        filters.append(models.Llm.organization_id.is_not(None))
    found = await _repository(transaction, caller).list(page, *filters)
    return page_of([Llm.of(row, _minds(request).of(row)) for row in found.rows], found)


@routes.post("/llms", status_code=201)
async def create_llm(body: LlmBody, request: Request, caller: Caller, transaction: Writing) -> Llm:
    """Connect an OpenAI-compatible server. The secret is sealed and never returned."""
    row = await service.create(_repository(transaction, caller), body, _minds(request))
    return Llm.of(row, _minds(request).of(row))


@routes.get("/llms/{id}")
async def get_llm(llm_id: RowId, request: Request, caller: Caller, transaction: Reading) -> Llm:
    row = await _repository(transaction, caller).get(llm_id)
    return Llm.of(row, _minds(request).of(row))


@routes.put("/llms/{id}")
async def update_llm(llm_id: RowId, body: LlmBody, request: Request, caller: Caller, transaction: Writing) -> Llm:
    """Only what is sent changes."""
    row = await service.update(_repository(transaction, caller), llm_id, body, _minds(request))
    return Llm.of(row, _minds(request).of(row))


@routes.delete("/llms/{id}", status_code=204)
async def delete_llm(llm_id: RowId, caller: Caller, transaction: Writing) -> None:
    await _repository(transaction, caller).remove(llm_id)
