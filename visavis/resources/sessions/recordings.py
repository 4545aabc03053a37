"""The film of a session: taken over when it is finished, and handed out by a signed address."""

import asyncio
from pathlib import Path

import structlog
from sqlalchemy import update

from visavis.core.errors import NotFound
from visavis.db import models
from visavis.db.blobs import Blobs
from visavis.db.session import Database
from visavis.http.signed import Signer
from visavis.http.uploads import download_url
from visavis.resources.sessions.retention import Keeping

CONTENT_TYPES = {".mp4": "video/mp4", ".webm": "video/webm"}

log = structlog.get_logger()


def recording_url(row: models.Session, keeping: Keeping, signer: Signer, public_url: str) -> str:
    """Good for an hour. Raises `NotFound`, saying why there is none."""
    suffix = Path(_blob(row, keeping)).suffix
    return download_url(
        signer,
        public_url,
        row.id,
        blob=row.recording,
        filename=f"{row.id}{suffix}",
        content_type=CONTENT_TYPES[suffix],
    )


async def adopt(database: Database, blobs: Blobs, session_id: str, film: Path) -> None:
    """Keep a finished film. One whose session is gone is removed."""
    async with database.reading() as session:
        row = await session.get(models.Session, session_id)
    if row is None or row.organization_id is None or row.recording:
        await asyncio.to_thread(film.unlink, missing_ok=True)
        return
    name = await blobs.adopt(row.organization_id, film)
    async with database.writing() as session:
        await session.execute(update(models.Session).where(models.Session.id == session_id).values(recording=name))


async def adopt_left_behind(database: Database, blobs: Blobs, folder: Path) -> None:
    """Films that a crash cut short: they can be watched as far as they go."""
    for film in await asyncio.to_thread(lambda: sorted(folder.glob("*.*"))):
        try:
            await adopt(database, blobs, film.stem, film)
        except OSError as error:  # one file in the way must not keep the server from starting
            log.warning("a recording could not be kept", reason=str(error))


def _blob(row: models.Session, keeping: Keeping) -> str:
    if row.recording:
        return row.recording
    if not keeping.recordings:
        raise NotFound("This server records nothing; VISAVIS_RECORDINGS=true switches recordings on")
    if row.end_time is None:
        raise NotFound("The session is still in progress; its recording comes when it has ended")
    if keeping.is_over(row, models.now()):
        raise NotFound(f"The recording is gone: this server keeps them for {keeping.days} days")
    raise NotFound("This session was not recorded")
