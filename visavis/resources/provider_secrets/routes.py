"""HTTP for an organization's own keys for providers."""

from fastapi import Request

from visavis.http.auth import Caller
from visavis.http.deps import Paging, Reading, Secrets, Writing
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.provider_secrets.schemas import ProviderSecret, ProviderSecretBody
from visavis.resources.provider_secrets.service import ProviderSecrets

routes = router(tag="Provider secrets")


@routes.get("/provider-secrets")
async def list_provider_secrets(caller: Caller, transaction: Reading, page: Paging) -> PageOf[ProviderSecret]:
    """For which providers the organization has keys of its own; never the keys."""
    found = await ProviderSecrets(transaction, caller.organization_id).list(page)
    return page_of([ProviderSecret.of(row) for row in found.rows], found)


@routes.post("/provider-secrets", status_code=201)
async def keep_provider_secret(
    body: ProviderSecretBody, request: Request, caller: Caller, transaction: Writing, secrets: Secrets
) -> ProviderSecret:
    """Store a key for a provider, such as `elevenlabs`, in the place of the one before. It is never shown."""
    speakers = request.app.state.speakers
    row = await ProviderSecrets(transaction, caller.organization_id).keep(body, secrets, speakers.takes_keys)
    speakers.keyed(transaction, caller.organization_id)
    return ProviderSecret.of(row)


@routes.delete("/provider-secrets/{id}", status_code=204)
async def delete_provider_secret(secret_id: UuidId, caller: Caller, transaction: Writing) -> None:
    """Voices of that provider are spoken with the operator's key again, or by a built-in voice."""
    await ProviderSecrets(transaction, caller.organization_id).remove(secret_id)
