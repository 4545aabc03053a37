"""Rows of one organization: the only door by which resources reach tables, so that no query forgets whose they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Forbidden, NotFound
from visavis.db.models import Owned
from visavis.db.session import STOCK

Row = TypeVar("Row", bound=Owned)
ONE = select(literal(1)).subquery()  # a row to begin with, so that what is missing is null


@dataclass(frozen=True, slots=True)
class Page:
    number: int = 1
    size: int = 10

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of rows, and how many there are in all."""

    rows: Sequence[Row]
    total: int
    page: Page


class Repository(Generic[Row]):
    """`noun` is what messages call a row. Stock rows are visible to everybody and changeable by nobody."""

    def __init__(self, session: AsyncSession, model: type[Row], organization_id: str, noun: str) -> None:
        self.session = session
        self.model = model
        self.organization_id = organization_id
        self.noun = noun

    async def find(self, row_id: str) -> Row | None:
        [found] = await find_each((self, row_id))
        return found

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides which rows are visible, besides the organization; statements are made once for each."""
        return type(self), self.model

    @property
    def id_name(self) -> str:
        return f"{self.model.__name__}_id"

    def by_id(self) -> ColumnElement[bool]:
        """The row whose id is given as `id_name`."""
        return and_(self.model.id == bindparam(self.id_name), self._visible())

    async def get(self, row_id: str) -> Row:
        row = await self.find(row_id)
        if row is None:
            raise NotFound(f'There is no {self.noun} "{row_id}" in this organization')
        return row

    async def get_many(self, row_ids: set[str]) -> dict[str, Row]:
        rows = await self.session.scalars(select(self.model).where(self.model.id.in_(row_ids), self._visible()))
        return {row.id: row for row in rows}

    async def own(self, row_id: str) -> Row:
        """A row that may be changed or removed."""
        row = await self.get(row_id)
        if row.organization_id is None:
            raise Forbidden(f'The {self.noun} "{row_id}" is built in and cannot be changed; make one of your own')
        return row

    async def list(self, page: Page, *filters: ColumnElement[bool]) -> Slice[Row]:
        """Newest first."""
        where = (self._visible(), *filters)
        total = await self.session.scalar(select(func.count()).select_from(self.model).where(*where))
        query = select(self.model).where(*where).order_by(self.model.created_at.desc(), self.model.id)
        rows = await self.session.scalars(query.offset(page.offset).limit(page.size))
        return Slice(rows.all(), total or 0, page)

    async def add(self, row: Row) -> Row:
        row.organization_id = self.organization_id
        self.session.add(row)
        await self.session.flush()
        return row

    async def remove(self, row_id: str) -> None:
        await self.session.delete(await self.own(row_id))
        await self.session.flush()

    def _visible(self) -> ColumnElement[bool]:
        owner: ColumnElement[str] = bindparam("owner", self.organization_id)
        return or_(self.model.organization_id == owner, self.model.organization_id.is_(None))


_together: dict[tuple[object, ...], Select[*tuple[Any, ...]]] = {}


async def find_each(*wanted: tuple[Repository[Any], str | None]) -> list[Any]:
    """One row of each, all of one organization, in one statement; None where no id is given or nothing is found.

    Stock rows are looked up once and remembered: nobody changes them while a server runs, and most personas use them.
    """
    stock: dict[tuple[object, str], Any] = wanted[0][0].session.info.get(STOCK, {})
    known = {at: stock.get((repository.shape, row_id)) for at, (repository, row_id) in enumerate(wanted) if row_id}
    asked = [wanted[at] for at, row in known.items() if row is None]
    found = iter(await _find_asked([(repository, row_id) for repository, row_id in asked if row_id]))
    rows = [known[at] or next(found) if at in known else None for at in range(len(wanted))]
    for (repository, row_id), row in zip(wanted, rows, strict=True):
        if row_id and row is not None and row.organization_id is None and (repository.shape, row_id) not in stock:
            repository.session.expunge(row)  # a transaction that fails would empty it
            stock[repository.shape, row_id] = row
    return rows


async def _find_asked(asked: Sequence[tuple[Repository[Any], str]]) -> Sequence[Any]:
    if not asked:
        return ()
    shapes = tuple(repository.shape for repository, _ in asked)
    if shapes not in _together:
        _together[shapes] = _find_all([repository for repository, _ in asked])
    first = asked[0][0]
    values = {"owner": first.organization_id, **{repository.id_name: row_id for repository, row_id in asked}}
    # an only row that is missing is no row at all
    row = (await first.session.execute(_together[shapes], values)).first()
    return row if row is not None else [None] * len(asked)


def _find_all(repositories: Sequence[Repository[Any]]) -> Select[*tuple[Any, ...]]:
    query = select(*(repository.model for repository in repositories)).select_from(ONE)
    for repository in repositories:
        query = query.outerjoin(repository.model, repository.by_id())
    return query


def contains(column: ColumnElement[str] | object, term: str) -> ColumnElement[bool]:
    """Case-insensitive search; `%` and `_` mean themselves."""
    return func.lower(column).contains(term.lower(), autoescape=True)


def tagged(column: ColumnElement[list[str]] | object, tags: str) -> list[ColumnElement[bool]]:
    """A filter for rows with any of the tags, which are comma separated; none where there are no tags."""
    wanted = [tag.strip().lower() for tag in tags.split(",") if tag.strip()]
    # the column holds a JSON list, whose text both databases can search
    as_text = cast(column, Text)
    return [or_(*(as_text.contains(json.dumps(tag), autoescape=True) for tag in wanted))] if wanted else []
