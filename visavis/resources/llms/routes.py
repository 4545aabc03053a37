"""HTTP for LLMs."""

from fastapi import Request

from visavis.db import models
from visavis.db.repository import Repository, contains
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Outgoing, Paging, Reading, Search, Writing, database
from visavis.http.routing import router
from visavis.http.wire import PageOf, RowId, page_of
from visavis.resources.llms import service
from visavis.resources.llms.schemas import DiscoveredLlms, Llm, LlmBody, LlmTrial

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
    return page_of([Llm.of(row, _minds(request).outline(row)) for row in found.rows], found)


@routes.post("/llms", status_code=201)
async def create_llm(body: LlmBody, request: Request, caller: Caller, transaction: Writing, outgoing: Outgoing) -> Llm:
    """Connect a model of your own. The secret is sealed and never returned. The model is not asked: `/test` does."""
    row = await service.create(_repository(transaction, caller), body, _minds(request), outgoing)
    return Llm.of(row, _minds(request).outline(row))


@routes.get("/llms/discovered")
async def discovered_llms(request: Request, caller: Caller) -> DiscoveredLlms:
    """Language model servers on the server's own machine (Ollama, LM Studio, llama.cpp, vLLM at their usual ports).

    None is used unless somebody creates an LLM with its address, or the operator sets `VISAVIS_LLM_URL`.
    """
    del caller  # anybody whose key may read LLMs
    minds = _minds(request)
    return DiscoveredLlms.of(await minds.discover(), usable=minds.reach != "public")


@routes.get("/llms/{id}")
async def get_llm(llm_id: RowId, request: Request, caller: Caller, transaction: Reading) -> Llm:
    row = await _repository(transaction, caller).get(llm_id)
    return Llm.of(row, _minds(request).outline(row))


@routes.put("/llms/{id}")
async def update_llm(
    llm_id: RowId, body: LlmBody, request: Request, caller: Caller, transaction: Writing, outgoing: Outgoing
) -> Llm:
    """Only what is sent changes."""
    row = await service.update(_repository(transaction, caller), llm_id, body, _minds(request), outgoing)
    return Llm.of(row, _minds(request).outline(row))


@routes.delete("/llms/{id}", status_code=204)
async def delete_llm(llm_id: RowId, caller: Caller, transaction: Writing) -> None:
    """Remove an LLM of your own; built-in ones stay."""
    await _repository(transaction, caller).remove(llm_id)


@routes.post("/llms/{id}/test")
async def test_llm(llm_id: RowId, request: Request, caller: Caller) -> LlmTrial:
    """Ask the model for one word and say how long it took, or in plain words why there was none."""
    async with database(request).reading() as transaction:  # and no longer: the model may take its time
        row = await _repository(transaction, caller).get(llm_id)
    return await service.try_out(_minds(request), row)
