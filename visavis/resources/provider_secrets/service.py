"""An organization's own keys for providers: one for each, sealed before it is stored."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import InvalidRequest
from visavis.db.keyring import Keyring
from visavis.db.models import ProviderSecret
from visavis.db.repository import Repository
from visavis.resources.provider_secrets.schemas import ProviderSecretBody

# what the contract calls them is understood as well
CALLED = {"openai_advanced_voice": "openai_speech"}


class ProviderSecrets(Repository[ProviderSecret]):
    def __init__(self, session: AsyncSession, organization_id: str) -> None:
        super().__init__(session, ProviderSecret, organization_id, "provider secret")

    async def keep(self, body: ProviderSecretBody, keyring: Keyring, known: Collection[str]) -> ProviderSecret:
        """Store a key, in the place of the one before. Raises `InvalidRequest` for a provider that wants none."""
        name = CALLED.get(body.provider, body.provider)
        if name not in known:
            message = f'no provider "{body.provider}" takes a key here; these do: {", ".join(sorted(known))}'
            raise InvalidRequest.field("provider", message, "unknown_provider")
        sealed = keyring.seal(body.secret)
        query = select(ProviderSecret).where(
            ProviderSecret.organization_id == self.organization_id, ProviderSecret.provider == name
        )
        row = await self.session.scalar(query)
        if row is None:
            return await self.add(ProviderSecret(provider=name, secret=sealed))
        row.secret = sealed
        await self.session.flush()
        return row
