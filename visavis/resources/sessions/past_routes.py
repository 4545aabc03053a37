"""HTTP for what remains of sessions: transcript, recording, analytics; and for how busy the server is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import AfterValidator

from visavis.core.errors import Conflict
from visavis.db.models import now
from visavis.http.auth import Caller, Onlooker
from visavis.http.deps import Files, PublicUrl, Reading, Writing
from visavis.http.routing import router
from visavis.http.signed import Signed
from visavis.http.strings import clean
from visavis.http.wire import UUID, Message, UuidId
from visavis.resources.sessions import aggregate, analytics, concurrency, recordings, retention, transcripts
from visavis.resources.sessions.aggregate_schemas import Aggregate, Filters
from visavis.resources.sessions.report_schemas import Concurrency, Recording, SessionAnalytics, SessionType, Transcript
from visavis.resources.sessions.retention import Keeping
from visavis.resources.sessions.service import repository

YEARS = range(1970, 2200)  # far from where calendars end
CAPTIONS = "text/vtt"

# before `/sessions/{id}`, which would take their names for ids
routes = router(tag="Sessions")


async def _keeping(request: Request) -> Keeping:
    return request.app.state.keeping


def _utc(moment: datetime) -> datetime:
    """A time without a zone is one in UTC. Raises `ValueError` for one that no session was ever at."""
    if moment.year not in YEARS:
        raise ValueError(f"the year has to be between {YEARS[0]} and {YEARS[-1]}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Kept = Annotated[Keeping, Depends(_keeping)]
Uuid = Annotated[str, Query(pattern=f"^{UUID}$")]
Moment = Annotated[datetime, AfterValidator(_utc)]


@routes.get("/sessions/concurrency")
async def get_session_concurrency(request: Request, caller: Onlooker, transaction: Reading) -> Concurrency:
    """Whether a session could start now. Only starting one is sure to tell."""
    return await concurrency.concurrency(request.app.state.desk.host, transaction, caller.organization_id, now())


@routes.get("/sessions/analytics")
async def get_sessions_analytics(
    caller: Onlooker,
    transaction: Reading,
    since: Annotated[
        Moment | None, Query(alias="from", description="24 hours before `to` where it is left out.")
    ] = None,
    to: Annotated[Moment | None, Query(description="Now, where it is left out.")] = None,
    personaId: Uuid | None = None,  # noqa: N803 - the contract's names
    apiKeyId: Uuid | None = None,  # noqa: N803
    clientLabel: Annotated[str, Query(max_length=255), AfterValidator(clean)] | None = None,  # noqa: N803
    sessionType: SessionType | None = None,  # noqa: N803
) -> Aggregate:
    """Latencies, interruptions and errors of the newest 1000 sessions in at most 31 days."""
    span = aggregate.time_range(since, to, now())
    filters = Filters(persona_id=personaId, api_key_id=apiKeyId, client_label=clientLabel, session_type=sessionType)
    return await aggregate.aggregate(transaction, caller.organization_id, span, filters)


@routes.get("/sessions/{id}/analytics")
async def get_session_analytics(
    session_id: UuidId,
    request: Request,
    caller: Caller,
    transaction: Reading,
    includeMessages: bool = False,  # noqa: N803
) -> SessionAnalytics:
    """Where the time of each turn went, and which providers were used; with `includeMessages` also what was said,
    where that is kept."""
    row = await repository(transaction, caller).get(session_id)
    prices = request.app.state.desk.prices
    return await analytics.session_analytics(transaction, row, prices, with_messages=includeMessages)


@routes.get(
    "/sessions/{id}/transcript",
    response_model=Transcript,
    responses={200: {"content": {CAPTIONS: {"schema": {"type": "string"}}}, "description": "Also as captions."}},
)
async def get_session_transcript(
    session_id: UuidId, request: Request, caller: Caller, transaction: Reading, keeping: Kept
) -> Transcript | PlainTextResponse:
    """What was said, also while the session runs. With `Accept: text/vtt` as captions."""
    row = await repository(transaction, caller).get(session_id)
    found = await transcripts.transcript(transaction, row, keeping)
    if transcripts.prefers_vtt(request.headers.get("accept", "")):
        return PlainTextResponse(transcripts.web_vtt(found), media_type=CAPTIONS, headers={"vary": "accept"})
    return found


@routes.get("/sessions/{id}/recording")
async def get_session_recording(
    session_id: UuidId, caller: Caller, transaction: Reading, keeping: Kept, public_url: PublicUrl, signer: Signed
) -> Recording:
    """Where the film of the session can be fetched for an hour."""
    row = await repository(transaction, caller).get(session_id)
    return Recording(recording_url=recordings.recording_url(row, keeping, signer, public_url))


@routes.delete("/sessions/{id}")
async def delete_session(session_id: UuidId, caller: Caller, transaction: Writing, files: Files) -> Message:
    """Erase a session with its transcript, its figures and its recording."""
    row = await repository(transaction, caller).get(session_id)
    if row.end_time is None:
        raise Conflict("Session data can only be deleted after the session ends")
    await retention.erase(transaction, files, row)
    return Message(message="Session deleted")
