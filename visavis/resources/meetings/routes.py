"""HTTP for meetings."""

import time

from fastapi import Request, Response

from visavis.db import models
from visavis.db.repository import Repository
from visavis.http.auth import Caller
from visavis.http.deps import Paging, PublicUrl, Reading, database
from visavis.http.routing import router
from visavis.http.wire import PageOf, UuidId, page_of
from visavis.resources.meetings.schemas import InviteStatus, MeetingBody, MeetingInvite
from visavis.resources.meetings.service import Organizer

routes = router(tag="Meetings")


def _organizer(request: Request) -> Organizer:
    state = request.app.state
    return Organizer(database(request), state.desk, state.meetings)


@routes.post("/meetings/invites", status_code=201)
async def create_meeting_invite(
    body: MeetingBody, request: Request, response: Response, caller: Caller, public_url: PublicUrl
) -> MeetingInvite:
    """Ask a persona into a Google Meet, Zoom or Microsoft Teams meeting, now or within 7 days."""
    counted = request.app.state.invite_windows.use(caller.api_key_id or "", caller.organization_id, time.monotonic())
    response.headers.update(counted)
    return MeetingInvite.of(await _organizer(request).create(caller, body, public_url))


@routes.get("/meetings/invites")
async def list_meeting_invites(
    caller: Caller, transaction: Reading, page: Paging, status: InviteStatus | None = None
) -> PageOf[MeetingInvite]:
    """Newest first, each as it was last seen."""
    repository = Repository(transaction, models.MeetingInvite, caller.organization_id, "meeting invite")
    filters = [models.MeetingInvite.status == status] if status is not None else []
    found = await repository.list(page, *filters)
    return page_of([MeetingInvite.of(row) for row in found.rows], found)


@routes.get("/meetings/invites/{id}")
async def get_meeting_invite(invite_id: UuidId, request: Request, caller: Caller) -> MeetingInvite:
    """One invite, as the meeting service sees it now."""
    return MeetingInvite.of(await _organizer(request).get(caller, invite_id))


@routes.delete("/meetings/invites/{id}", status_code=204)
async def cancel_meeting_invite(invite_id: UuidId, request: Request, caller: Caller) -> None:
    """Call the persona back. What is over already stays as it is."""
    await _organizer(request).cancel(caller, invite_id)
