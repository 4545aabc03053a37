"""The engine and its two kinds of transaction. On SQLite a writing one takes the lock first, so it never gives up."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any, TypeVarTuple, cast

from sqlalchemy import Connection, Row, Select, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util import greenlet_spawn

from visavis.db import one_trip

Columns = TypeVarTuple("Columns")

BUSY_TIMEOUT_MS = 10_000
WRITES, LOOKS = "visavis_writes", "visavis_looks"
STOCK = "visavis_stock"  # where a session carries the stock rows that its database was seen to have
EXCLUSIVE_LOCK = 7_621_150_143  # any number, as long as every server takes the same


class Database:
    """Opened by its URL; `sqlite:///path` and `postgresql://…` are completed with our drivers."""

    def __init__(self, url: str) -> None:
        self.url = complete(url)
        # a connection to a server may have died in the pool, one to a file cannot
        self._engine = make_engine(self.url, pool_pre_ping=self.url.get_backend_name() != "sqlite")
        info: dict[str, Any] = {STOCK: {}}
        self._reading = async_sessionmaker(self._engine, expire_on_commit=False, info=info)
        writes = self._engine.execution_options(**{WRITES: True})
        self._writing = async_sessionmaker(writes, expire_on_commit=False, info=info)
        sqlite = self.url.get_backend_name() == "sqlite"
        self._looking = self._engine.execution_options(
            **({LOOKS: True} if sqlite else {"isolation_level": "AUTOCOMMIT"})
        )
        # who finds SQLite's lock taken asks again after ever longer sleeps; whoever waits here is told at once
        self._turn = asyncio.Lock() if sqlite else nullcontext()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        async with self._reading() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """One transaction: committed at the end, rolled back when something is raised. Never one inside another."""
        async with self._turn, self._writing.begin() as session:
            yield session

    async def look(self, statement: Select[*Columns], values: Mapping[str, Any]) -> Row[*Columns] | None:
        """The first row of one statement, without transaction or objects; for what every request asks for."""

        def read() -> Row[*Columns] | None:
            with self._looking.sync_engine.connect() as connection:
                return connection.execute(statement, values).first()

        return await greenlet_spawn(read)

    @asynccontextmanager
    async def exclusive(self) -> AsyncGenerator[AsyncSession]:
        """A writing transaction that no other server is in at the same time; for what each does at its start."""
        async with self.writing() as session:
            if self.url.get_backend_name() == "postgresql":
                await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": EXCLUSIVE_LOCK})
            yield session

    async def check(self) -> None:
        """Raises whatever the driver raises when the database does not answer."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()


def complete(url: str) -> URL:
    parsed = make_url(url)
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
    }
    return parsed.set(drivername=drivers.get(parsed.drivername, parsed.drivername))


def make_engine(url: URL, *, foreign_keys: bool = True, **options: Any) -> AsyncEngine:
    """`foreign_keys=False` is for migrations, which rebuild SQLite tables that others point at."""
    if url.get_backend_name() == "sqlite":
        options["module"] = one_trip.DRIVER
    # a driver's error would otherwise carry what somebody wrote into the log
    engine = create_async_engine(url, hide_parameters=True, **options)
    if url.get_backend_name() == "sqlite":
        _tame_sqlite(engine, foreign_keys)
    return engine


def _tame_sqlite(engine: AsyncEngine, foreign_keys: bool) -> None:
    pragmas = {
        "journal_mode": "WAL",
        # in WAL mode NORMAL may lose acknowledged writes when the power goes, FULL does not
        "synchronous": "FULL",
        "foreign_keys": "ON" if foreign_keys else "OFF",
        "busy_timeout": str(BUSY_TIMEOUT_MS),
    }

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:  # pyright: ignore[reportUnusedFunction]
        # the driver's own notion of transactions begins them too late and not at all for DDL
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        options = connection.get_execution_options()
        if not options.get(LOOKS):
            driver = cast(one_trip.Connection, connection.connection.dbapi_connection)
            driver.begin = "BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN"
