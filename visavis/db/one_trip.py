"""SQLite with one trip to its thread for each statement, and none for beginning a transaction.

The driver keeps a thread for each connection and is asked by queue. SQLAlchemy asks it four times for a statement: for
a cursor, to execute, to fetch and to close. A trip costs more than most of our statements do, so all four are made at
once. Whole results are held in memory, which SQLAlchemy does anyway.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util.concurrency import await_


class Cursor:
    """What SQLAlchemy expects of a cursor; it is done before anybody looks at it."""

    server_side = False
    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, operation: str, parameters: Any = None) -> "Cursor":
        return self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    def executemany(self, operation: str, parameters: Sequence[Any]) -> "Cursor":
        return self._run(lambda cursor: cursor.executemany(operation, parameters))

    def _run(self, statement: Callable[[Any], Any]) -> "Cursor":
        driver = self._connection.driver_connection

        def whole() -> None:
            cursor = driver._conn.cursor()
            begin, self._connection.begin = self._connection.begin, ""
            try:
                if begin:
                    cursor.execute(begin)
                statement(cursor)
                rows = cursor.fetchall() if cursor.description else ()
                self._rows = deque(rows)
                self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        try:
            await_(driver._execute(whole))
        except Exception as error:
            self._connection.fail(error)
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        return rows

    def setinputsizes(self, *_: Any) -> None: ...

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None: ...


class Connection(AsyncAdapt_aiosqlite_connection):
    _cursor_cls = Cursor
    begin = ""  # how a transaction begins with the next statement, and on the same trip

    def commit(self) -> None:
        self.begin = ""
        if self.driver_connection.in_transaction:
            super().commit()

    def rollback(self) -> None:
        """No trip where there is nothing to roll back, as after every commit."""
        self.begin = ""
        if self.driver_connection.in_transaction:
            super().rollback()

    def fail(self, error: Exception) -> NoReturn:
        """As SQLAlchemy words it."""
        self._handle_exception(error)


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """For `create_async_engine(module=…)`."""

    def connect(self, *arguments: Any, **options: Any) -> Connection:
        return Connection(self, super().connect(*arguments, **options).driver_connection)


DRIVER = Driver(aiosqlite, sqlite3)
