"""HTTP for share links."""

from typing import Annotated

from fastapi import Depends, Query

from visavis.db.repository import Page
from visavis.http.auth import Caller
from visavis.http.deps import PAGE_MAX, PER_PAGE_MAX, PublicUrl, Reading, Search, Writing
from visavis.http.routing import router
from visavis.http.wire import UUID, Message, PageOf, UuidId, page_of
from visavis.resources.share_links.schemas import ShareLink, ShareLinkBody, ShareLinkCreate
from visavis.resources.share_links.service import ShareLinks

routes = router(tag="Share links")


async def _page(
    page: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 1,
    perPage: Annotated[int, Query(ge=1, le=PER_PAGE_MAX)] = 20,  # noqa: N803 - the contract's name, and its number here
) -> Page:
    return Page(page, perPage)


@routes.get("/share-links")
async def list_share_links(
    caller: Caller,
    transaction: Reading,
    public_url: PublicUrl,
    page: Annotated[Page, Depends(_page)],
    search: Search = "",
    personaId: Annotated[str, Query(pattern=f"^{UUID}$")] | None = None,  # noqa: N803 - the contract's name
) -> PageOf[ShareLink]:
    """Newest first; `search` looks at names, the persona's too, at tokens and at ids."""
    found = await ShareLinks(transaction, caller.organization_id).list(page, search, personaId)
    return page_of([ShareLink.of(row, public_url) for row in found.rows], found)


@routes.post("/share-links", status_code=201)
async def create_share_link(
    body: ShareLinkCreate, caller: Caller, transaction: Writing, public_url: PublicUrl
) -> ShareLink:
    """An address for guests of one persona, for a week and ten conversations unless told otherwise."""
    return ShareLink.of(await ShareLinks(transaction, caller.organization_id).create(body), public_url)


@routes.get("/share-links/{id}")
async def get_share_link(link_id: UuidId, caller: Caller, transaction: Reading, public_url: PublicUrl) -> ShareLink:
    return ShareLink.of(await ShareLinks(transaction, caller.organization_id).rows.get(link_id), public_url)


@routes.put("/share-links/{id}")
async def update_share_link(
    link_id: UuidId, body: ShareLinkBody, caller: Caller, transaction: Writing, public_url: PublicUrl
) -> ShareLink:
    """Only what is sent changes; null takes the limit away."""
    return ShareLink.of(await ShareLinks(transaction, caller.organization_id).update(link_id, body), public_url)


@routes.delete("/share-links/{id}")
async def delete_share_link(link_id: UuidId, caller: Caller, transaction: Writing) -> Message:
    await ShareLinks(transaction, caller.organization_id).rows.remove(link_id)
    return Message(message="Share link deleted successfully")
