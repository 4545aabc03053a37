"""HTTP for the API keys of one's own organization."""

from visavis.http.auth import Caller
from visavis.http.deps import Reading, Writing
from visavis.http.routing import router
from visavis.http.wire import UuidId
from visavis.resources.organizations import service
from visavis.resources.organizations.schemas import Key, KeyCreate, NewKey

routes = router(tag="Keys")


@routes.get("/keys")
async def list_keys(caller: Caller, transaction: Reading) -> list[Key]:
    """The organization's keys as a bare array, newest first, revoked ones too; never the keys themselves."""
    found = await service.keys_of(transaction, caller.organization_id)
    return [Key.of(row, caller.api_key_id) for row in found]


@routes.post("/keys", status_code=201)
async def create_key(body: KeyCreate, caller: Caller, transaction: Writing) -> NewKey:
    """Another key for this organization, with no more permissions than the asking one. It is shown once."""
    row, key = await service.grant_key(transaction, caller, body.label, body.permissions)
    return NewKey(**dict(Key.of(row, caller.api_key_id)), key=key)


@routes.delete("/keys/{id}")
async def revoke_key(key_id: UuidId, caller: Caller, transaction: Writing) -> Key:
    """From a second later on neither the key nor a session token that it asked for is taken. The asking one stays."""
    return Key.of(await service.revoke_other_key(transaction, key_id, caller), caller.api_key_id)
