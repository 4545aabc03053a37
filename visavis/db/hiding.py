"""Avatars and voices, which are hidden before they are gone, so that personas that use one go on."""

from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from visavis.core.errors import Conflict
from visavis.db.models import Avatar, Persona, Voice, now
from visavis.db.repository import Repository

Part = TypeVar("Part", Avatar, Voice)


class Parts(Repository[Part]):
    """What personas are made of. Hidden rows are only seen by whoever asks for them expressly.

    `reference` is the column by which a persona points here.
    """

    def __init__(
        self,
        session: AsyncSession,
        model: type[Part],
        organization_id: str,
        noun: str,
        reference: InstrumentedAttribute[str | None],
        *,
        also_hidden: bool = False,
    ) -> None:
        super().__init__(session, model, organization_id, noun)
        self._reference = reference
        self._also_hidden = also_hidden

    async def hide(self, row_id: str) -> None:
        row = await self.own(row_id)
        row.deleted_at = now()
        await self.session.flush()

    async def condemn(self, row_id: str) -> Part:
        """Hide a row of which everything is about to be erased. Raises `Conflict` while personas use it."""
        row = await self.own(row_id)
        users = select(Persona.id).where(self._reference == row.id, Persona.organization_id == self.organization_id)
        if impacted := sorted(await self.session.scalars(users)):
            advice = "give them another one, or delete it without hard=true"
            message = f"This {self.noun} is used by {len(impacted)} personas; {advice}"
            raise Conflict(message, extra={"impactedPersonaIds": impacted})
        row.deleted_at = row.deleted_at or now()
        await self.session.flush()
        return row

    @property
    def shape(self) -> tuple[object, ...]:
        return *super().shape, self._also_hidden

    def _visible(self) -> ColumnElement[bool]:
        visible = super()._visible()
        return visible if self._also_hidden else visible & self.model.deleted_at.is_(None)
