"""Answers that are kept so that a repeated request gets them again instead of doing its work twice.

A claim is a row with the organization and the request's key, which are unique together. Whoever inserts it does the
work; everybody else finds it taken.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.db.models import IdempotentAnswer, now

KEPT_S = 24 * 3600
FORGOTTEN_AT_ONCE_MAX = 100


class Claimed(Exception):
    """The same key has been used before."""


class Claim:
    """One request's claim, within whichever transaction it was taken or reopened in."""

    def __init__(self, organization_id: str, key: str, fingerprint: str) -> None:
        self._organization_id, self._key, self.fingerprint = organization_id, key, fingerprint

    async def take(self, session: AsyncSession) -> None:
        """Holds once this transaction commits. Raises `Claimed`, where need be after waiting for whoever was first:
        PostgreSQL makes the second insert wait for the first one's transaction, SQLite does not even begin a second.
        """
        await _forget_expired(session, self._mine())
        row = IdempotentAnswer(
            organization_id=self._organization_id,
            key=self._key,
            fingerprint=self.fingerprint,
            expires_at=now() + timedelta(seconds=KEPT_S),
        )
        session.add(row)
        try:
            await session.flush()
        except IntegrityError:
            raise Claimed from None
        self._session, self._row = session, row

    async def reopen(self, session: AsyncSession) -> None:
        """Go on in a later transaction."""
        self._session, self._row = session, await session.get_one(IdempotentAnswer, self._row.id)

    async def drop(self) -> None:
        await self._session.delete(self._row)

    async def keep(self, status: int, content_type: str, sealed_body: bytes) -> None:
        self._row.status, self._row.content_type, self._row.body = status, content_type, sealed_body
        await self._session.flush()

    async def find(self, session: AsyncSession) -> IdempotentAnswer | None:
        """What is stored under this key, by this request or another one."""
        return await session.scalar(select(IdempotentAnswer).where(self._mine()))

    def _mine(self) -> ColumnElement[bool]:
        row = IdempotentAnswer
        return and_(row.organization_id == self._organization_id, row.key == self._key)


async def _forget_expired(session: AsyncSession, mine: ColumnElement[bool]) -> None:
    """This key, and a few of all; rows that another server is forgetting at this moment are left to it."""
    expired = IdempotentAnswer.expires_at < now()
    await session.execute(delete(IdempotentAnswer).where(mine, expired))
    some = select(IdempotentAnswer.id).where(expired).limit(FORGOTTEN_AT_ONCE_MAX).with_for_update(skip_locked=True)
    await session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.id.in_(some)))
