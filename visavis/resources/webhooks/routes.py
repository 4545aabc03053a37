"""HTTP for webhooks: addresses of yours that are told what happens here."""

from typing import Annotated

from fastapi import Path

from visavis.db import models
from visavis.db.repository import Repository
from visavis.http.auth import Caller, Subject
from visavis.http.deps import Outgoing, Paging, Reading, Secrets, Writing
from visavis.http.routing import router
from visavis.http.wire import UUID, PageOf, UuidId, page_of
from visavis.resources.webhooks import service
from visavis.resources.webhooks.events import EVENTS
from visavis.resources.webhooks.schemas import (
    Delivery,
    DeliveryStatus,
    NewWebhook,
    RotatedSecret,
    Webhook,
    WebhookBody,
    WebhookEvent,
)

routes = router(tag="Webhooks")

DeliveryId = Annotated[str, Path(alias="deliveryId", pattern=f"^{UUID}$", description="A UUID.")]


def _webhooks(transaction: Reading, caller: Subject) -> Repository[models.Webhook]:
    return Repository(transaction, models.Webhook, caller.organization_id, "webhook")


def _deliveries(transaction: Reading, caller: Subject) -> Repository[models.WebhookDelivery]:
    return Repository(transaction, models.WebhookDelivery, caller.organization_id, "delivery")


@routes.get("/webhooks/event-types")
async def list_event_types(caller: Caller) -> list[WebhookEvent]:
    """Every event that a webhook can listen for."""
    return [WebhookEvent(type=name, description=description) for name, description in EVENTS.items()]


@routes.get("/webhooks")
async def list_webhooks(caller: Caller, transaction: Reading, page: Paging) -> PageOf[Webhook]:
    """Newest first."""
    found = await _webhooks(transaction, caller).list(page)
    return page_of([Webhook.of(row) for row in found.rows], found)


@routes.post("/webhooks", status_code=201)
async def create_webhook(
    body: WebhookBody, caller: Caller, transaction: Writing, outgoing: Outgoing, secrets: Secrets
) -> NewWebhook:
    """Be told about events. The answer has the secret that signs them, and no other answer will."""
    row, secret = await service.create(_webhooks(transaction, caller), body, outgoing, secrets)
    return NewWebhook.with_secret(row, secret)


@routes.get("/webhooks/{id}")
async def get_webhook(webhook_id: UuidId, caller: Caller, transaction: Reading) -> Webhook:
    return Webhook.of(await _webhooks(transaction, caller).get(webhook_id))


@routes.put("/webhooks/{id}")
async def update_webhook(
    webhook_id: UuidId, body: WebhookBody, caller: Caller, transaction: Writing, outgoing: Outgoing
) -> Webhook:
    """Only what is sent changes."""
    return Webhook.of(await service.update(_webhooks(transaction, caller), webhook_id, body, outgoing))


@routes.delete("/webhooks/{id}", status_code=204)
async def delete_webhook(webhook_id: UuidId, caller: Caller, transaction: Writing) -> None:
    """Its deliveries go with it."""
    await _webhooks(transaction, caller).remove(webhook_id)


@routes.post("/webhooks/{id}/rotate")
async def rotate_secret(webhook_id: UuidId, caller: Caller, transaction: Writing, secrets: Secrets) -> RotatedSecret:
    """A new secret, shown once. For a day deliveries are signed with the old one, too."""
    row, secret = await service.rotate(_webhooks(transaction, caller), webhook_id, secrets)
    assert row.old_secret_until is not None
    return RotatedSecret(id=row.id, secret=secret, old_secret_until=row.old_secret_until)


@routes.post("/webhooks/{id}/test", status_code=202)
async def send_test_event(webhook_id: UuidId, caller: Caller, transaction: Writing) -> Delivery:
    """Send `webhook.test`; the delivery log tells what came of it."""
    return Delivery.of(await service.send_test(_webhooks(transaction, caller), webhook_id))


@routes.get("/webhooks/{id}/deliveries")
async def list_deliveries(
    webhook_id: UuidId, caller: Caller, transaction: Reading, page: Paging, status: DeliveryStatus | None = None
) -> PageOf[Delivery]:
    """What was sent to this webhook in the last 30 days, and what came back. Newest first."""
    await _webhooks(transaction, caller).get(webhook_id)
    filters = [models.WebhookDelivery.webhook_id == webhook_id]
    if status is not None:
        filters.append(models.WebhookDelivery.status == status)
    found = await _deliveries(transaction, caller).list(page, *filters)
    return page_of([Delivery.of(row) for row in found.rows], found)


@routes.get("/webhooks/{id}/deliveries/{deliveryId}")
async def get_delivery(webhook_id: UuidId, delivery_id: DeliveryId, caller: Caller, transaction: Reading) -> Delivery:
    """One of them."""
    return Delivery.of(await service.of_webhook(_deliveries(transaction, caller), webhook_id, delivery_id))


@routes.post("/webhooks/{id}/deliveries/{deliveryId}/replay", status_code=202)
async def replay_delivery(
    webhook_id: UuidId, delivery_id: DeliveryId, caller: Caller, transaction: Writing
) -> Delivery:
    """Send the same event once more, under the same event id."""
    webhooks, deliveries = _webhooks(transaction, caller), _deliveries(transaction, caller)
    return Delivery.of(await service.replay(webhooks, deliveries, webhook_id, delivery_id))
