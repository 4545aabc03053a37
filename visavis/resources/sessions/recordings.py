"""The film of a session, where there is one."""

from visavis.core.errors import NotFound
from visavis.db import models
from visavis.resources.sessions.retention import Keeping


def blob(row: models.Session, keeping: Keeping) -> str:
    """Its name. Raises `NotFound`, saying why there is none."""
    if row.recording:
        return row.recording
    if not keeping.recordings:
        raise NotFound("This server records nothing; VISAVIS_RECORDINGS=true switches recordings on")
    if row.end_time is None:
        raise NotFound("The session is still in progress; its recording comes when it has ended")
    if keeping.is_over(row, models.now()):
        raise NotFound(f"The recording is gone: this server keeps them for {keeping.days} days")
    raise NotFound("This session was not recorded")
