"""Webhooks, and the events that wait to be told to them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.errors import Conflict, InvalidRequest, NotFound
from visavis.db.keyring import Keyring
from visavis.db.models import Webhook, WebhookDelivery, new_id, now
from visavis.db.repository import Repository
from visavis.http.wire import timestamp
from visavis.net.guard import Guard
from visavis.net.signing import new_secret
from visavis.resources.webhooks.events import EVERYTHING, TEST_EVENT, EventType
from visavis.resources.webhooks.schemas import WebhookBody

WEBHOOKS_MAX = 20  # of one organization
OLD_SECRET_HOURS = 24


async def enqueue(session: AsyncSession, organization_id: str, event_type: EventType, payload: dict[str, Any]) -> int:
    """Tell an event to everybody who listens for it, as soon as this transaction is committed; how many those are."""
    rows = await session.scalars(
        select(Webhook).where(Webhook.organization_id == organization_id, Webhook.enabled.is_(True))
    )
    listening = [row for row in rows if event_type in row.events or EVERYTHING in row.events]
    event_id, body = _event(event_type, payload)
    session.add_all(_delivery(row, event_id, event_type, body) for row in listening)
    await session.flush()
    return len(listening)


async def create(
    repository: Repository[Webhook], body: WebhookBody, guard: Guard, keyring: Keyring
) -> tuple[Webhook, str]:
    """The row and its secret, which nobody will see again."""
    if body.url is None:
        raise InvalidRequest.field("url", "is required", "missing")
    await guard.check(body.url)
    await _room_for_one_more(repository)
    secret = new_secret()
    row = Webhook(
        url=body.url,
        description=body.description,
        events=list(body.events or [EVERYTHING]),
        enabled=body.enabled is not False,
        secret=keyring.seal(secret),
    )
    return await repository.add(row), secret


async def update(repository: Repository[Webhook], row_id: str, body: WebhookBody, guard: Guard) -> Webhook:
    if body.url is not None:
        await guard.check(body.url)  # first: a slow resolver must not hold the transaction
    row = await repository.own(row_id)
    for name, value in body.model_dump(exclude_unset=True).items():
        if value is not None or name == "description":
            setattr(row, name, value)
    await repository.session.flush()
    return row


async def rotate(repository: Repository[Webhook], row_id: str, keyring: Keyring) -> tuple[Webhook, str]:
    """A new secret; the one before goes on signing for a day, so that receivers can change over."""
    row = await repository.own(row_id)
    secret = new_secret()
    row.old_secret, row.old_secret_until = row.secret, now() + timedelta(hours=OLD_SECRET_HOURS)
    row.secret = keyring.seal(secret)
    await repository.session.flush()
    return row, secret


async def send_test(repository: Repository[Webhook], row_id: str) -> WebhookDelivery:
    """An event for this webhook alone, whatever it listens for."""
    row = await repository.own(row_id)
    event_id, body = _event(TEST_EVENT, {"webhookId": row.id})
    return await _add(repository.session, _delivery(row, event_id, TEST_EVENT, body))


async def replay(
    repository: Repository[Webhook], deliveries: Repository[WebhookDelivery], row_id: str, delivery_id: str
) -> WebhookDelivery:
    """Send the same event once more. Its id stays, so that a receiver can tell that it knows it."""
    row = await repository.own(row_id)
    old = await of_webhook(deliveries, row_id, delivery_id)
    return await _add(repository.session, _delivery(row, old.event_id, old.event_type, old.payload))


async def of_webhook(deliveries: Repository[WebhookDelivery], row_id: str, delivery_id: str) -> WebhookDelivery:
    """Raises `NotFound`, also for a delivery of another webhook."""
    found = await deliveries.get(delivery_id)
    if found.webhook_id != row_id:
        raise NotFound(f'There is no delivery "{delivery_id}" of this webhook')
    return found


async def _room_for_one_more(repository: Repository[Webhook]) -> None:
    own = Webhook.organization_id == repository.organization_id
    count = await repository.session.scalar(select(func.count()).select_from(Webhook).where(own))
    if (count or 0) >= WEBHOOKS_MAX:
        raise Conflict(f"An organization can have {WEBHOOKS_MAX} webhooks; remove one first")


def _event(event_type: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An id, and the body that is sent."""
    event_id = f"evt_{new_id()}"
    return event_id, {"id": event_id, "type": event_type, "timestamp": timestamp(now()), "data": payload}


def _delivery(row: Webhook, event_id: str, event_type: str, body: dict[str, Any]) -> WebhookDelivery:
    return WebhookDelivery(
        organization_id=row.organization_id,
        webhook_id=row.id,
        event_id=event_id,
        event_type=event_type,
        payload=body,
        status="pending",
        attempts=0,
        next_attempt_at=now(),
    )


async def _add(session: AsyncSession, row: WebhookDelivery) -> WebhookDelivery:
    session.add(row)
    await session.flush()
    return row
