"""An organization that has one of everything, and where the ids of its things are found in requests."""

import re
from typing import Any

from sqlalchemy import select

from tests.resources import samples
from tests.rest import Rest
from visavis.db import models

# Whose id comes after each kind of address.
AT_ADDRESS: dict[str, Any] = {
    "/v1/personas/": models.Persona,
    "/v1/avatars/": models.Avatar,
    "/v1/voices/": models.Voice,
    "/v1/llms/": models.Llm,
    "/v1/tools/": models.Tool,
    "/v1/knowledge/groups/": models.KnowledgeGroup,
    "/v1/knowledge/documents/": models.KnowledgeDocument,
    "/v1/share-links/": models.ShareLink,
    "/v1/sessions/": models.Session,
    "/v1/engine/session/": models.Session,
    "/v1/meetings/invites/": models.MeetingInvite,
    "/v1/webhooks/": models.Webhook,
    "/v1/webhooks/{id}/deliveries/": models.WebhookDelivery,
    "/v1/provider-secrets/": models.ProviderSecret,
    "/v1/keys/": models.ApiKey,
}
# Whose id each field of a request holds; None for fields that only look as if they held one.
IN_FIELD: dict[str, Any] = {
    "personaId": models.Persona,
    "avatarId": models.Avatar,
    "voiceId": models.Voice,
    "fallbackVoiceIds": models.Voice,
    "llmId": models.Llm,
    "fallbackLlmIds": models.Llm,
    "toolIds": models.Tool,
    "documentFolderIds": models.KnowledgeGroup,
    "providerVoiceId": None,
    "providerModelId": None,
}
# What rows must be so that their owner can look at them.
PARTICULARS: dict[Any, dict[str, Any]] = {
    models.Llm: {"llm_format": "openai"},
    models.Tool: {"type": "CLIENT"},
    models.KnowledgeDocument: {"filename": "a.txt", "file_type": "text/plain"},
}
SECRET = "Owned and private"


class Owner:
    """Whoever made `rest.key`. The rows are planted as they are, past the routes that would make them."""

    def __init__(self, rest: Rest) -> None:
        self._rest, self.key = rest, rest.key
        self.ids: dict[Any, str] = {}
        rest.run(self._plant())

    async def _plant(self) -> None:
        async with self._rest.database.writing() as session:
            named = select(models.Organization).where(models.Organization.name == self._rest.organization)
            self.organization_id: str = (await session.scalars(named)).one().id
            for model in dict.fromkeys(AT_ADDRESS.values()):
                text = {name: SECRET for name in ("name", "display_name") if hasattr(model, name)}
                owned = {"organization_id": self.organization_id, **text}
                given = {**owned, **self._parents(model), **PARTICULARS.get(model, {})}
                row = samples.row(model, **given)
                session.add(row)
                await session.flush()
                self.ids[model] = row.id

    def _parents(self, model: Any) -> dict[str, str]:
        """What a row belongs to has been planted before it."""
        planted = {other.__tablename__: row_id for other, row_id in self.ids.items()}
        keys = [(column.name, key) for column in model.__table__.columns for key in column.foreign_keys]
        return {name: planted[key.column.table.name] for name, key in keys if key.column.table.name in planted}

    def address(self, path: str) -> str:
        """The path with this owner's ids in it."""
        address = path
        for match in re.finditer(r"\{\w+\}", path):
            before = path[: match.start()]
            assert before in AT_ADDRESS, f"{path}: say in AT_ADDRESS of {__name__} whose id comes after {before}"
            address = address.replace(match.group(), self.ids[AT_ADDRESS[before]], 1)
        return address

    def everything(self) -> dict[str, list[Any]]:
        """All rows of this organization, and those that belong to none by themselves."""
        return self._rest.run(self._dump())

    async def _dump(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        async with self._rest.database.reading() as session:
            for table in models.Base.metadata.sorted_tables:
                if table.name == "organizations":  # others come to the same table
                    continue
                query = select(table).order_by(*table.primary_key.columns)
                if "organization_id" in table.columns:
                    query = query.where(table.columns.organization_id == self.organization_id)
                found[table.name] = [tuple(row) for row in await session.execute(query)]
        return found
