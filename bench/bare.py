"""The least that a service could do to store a persona: what `bench/rest.py` compares with. Run by it, on a port.

Plain FastAPI on plain uvicorn, which writes a line for each request as ours does; plain SQLAlchemy with its plain
driver; SQLite as durable as ours is.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from visavis.db.models import Base, Organization, Persona


class Item(BaseModel):
    name: str
    avatarId: str  # noqa: N815 - the contract's names
    voiceId: str  # noqa: N815
    llmId: str  # noqa: N815
    systemPrompt: str  # noqa: N815


class Stored(Item):
    id: str
    createdAt: str  # noqa: N815


def make(url: str) -> FastAPI:
    engine = create_async_engine(url)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with sessions.begin() as session:
            session.add(Organization(id="bare", name="bare"))
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/personas", status_code=201)
    async def create(item: Item) -> Stored:
        async with sessions.begin() as session:
            row = Persona(
                organization_id="bare",
                name=item.name,
                avatar_id=item.avatarId,
                voice_id=item.voiceId,
                llm_id=item.llmId,
                system_prompt=item.systemPrompt,
            )
            session.add(row)
        return Stored(**item.model_dump(), id=row.id, createdAt=row.created_at.isoformat())

    return app


if __name__ == "__main__":
    database = f"sqlite+aiosqlite:///{Path(sys.argv[1]) / 'bare.db'}"
    uvicorn.run(make(database), port=int(sys.argv[2]))
