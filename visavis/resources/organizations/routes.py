"""HTTP for the API keys of one's own organization."""

from visavis.db import models
from visavis.db.repository import Repository
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Paging, Reading, Writing
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.organizations import service
from visavis.resources.organizations.schemas import Key, KeyCreate, NewKey

routes = router(tag="Keys")


def _keys(transaction: Reading, caller: Subject) -> Repository[models.ApiKey]:
    return Repository(transaction, models.ApiKey, caller.organization_id, "key")


@routes.get("/keys")
async def list_keys(caller: Caller, transaction: Reading, page: Paging) -> PageOf[Key]:
    """The organization's keys, revoked ones too, newest first; never the keys themselves."""
    found = await _keys(transaction, caller).list(page)
    return page_of([Key.of(row, caller.api_key_id) for row in found.rows], found)


@routes.post("/keys", status_code=201)
async def create_key(body: KeyCreate, caller: Caller, transaction: Writing) -> NewKey:
    """Another key for this organization, with no more permissions than the asking one. It is shown once."""
    row, key = await service.grant_key(transaction, caller, body.label, body.permissions)
    return NewKey(**dict(Key.of(row, caller.api_key_id)), key=key)


@routes.delete("/keys/{id}")
async def revoke_key(key_id: UuidId, caller: Caller, transaction: Writing) -> Key:
    """From a second later on neither the key nor a session token that it asked for is taken. The asking one stays."""
    await _keys(transaction, caller).own(key_id)
    return Key.of(await service.revoke_other_key(transaction, key_id, caller), caller.api_key_id)
