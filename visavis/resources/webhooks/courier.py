"""Carries events to webhooks: works through the deliveries that are due, for as long as the server runs.

The database is the queue. A delivery is claimed by moving its due time into the future, so a server that dies in the
middle of an attempt only makes it late, and two servers that share a database do not make the same attempt. A receiver
may still hear an event twice, when its answer was lost; the event's id tells.
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select, update

from visavis.core.tasks import TaskSet
from visavis.db.keyring import Keyring
from visavis.db.models import Webhook, WebhookDelivery, now
from visavis.db.session import Database
from visavis.net.guard import Guard, Refused
from visavis.net.signing import headers

POLL_S = 1.0
ATTEMPT_TIMEOUT_S = 15.0
PAUSES_S = (5, 30, 120, 600, 1800, 7200, 21_600)  # after each failure; the attempt after the last pause is the last
ATTEMPTS_MAX = len(PAUSES_S) + 1
IN_FLIGHT_MAX = 16
IN_FLIGHT_PER_WEBHOOK_MAX = 2  # a slow receiver must not keep the others waiting
LEASE_S = 60.0
KEPT_DAYS = 30
TIDY_EVERY_S = 3600.0
GONE = 410  # how a receiver says that it wants to hear nothing any more

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Errand:
    """One attempt: everything it needs, so that no transaction is open meanwhile."""

    delivery_id: str
    webhook_id: str
    event_id: str
    attempt: int
    url: str
    enabled: bool
    body: bytes = field(repr=False)
    sealed: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    error: str | None
    final: bool = False


class Courier:
    def __init__(self, database: Database, keyring: Keyring, guard: Guard) -> None:
        self._database = database
        self._keyring = keyring
        self._client = guard.client(timeout_s=ATTEMPT_TIMEOUT_S)
        self._tasks = TaskSet()
        self._in_flight: Counter[str] = Counter()
        self._awake = asyncio.Event()
        self._tidied_s = -TIDY_EVERY_S

    def start(self) -> None:
        self._tasks.start(self._run(), "webhook courier")

    def nudge(self) -> None:
        """Look now, not at the next turn."""
        self._awake.set()

    async def close(self) -> None:
        """Attempts that are under way are given up; they are due again when their lease has run out."""
        await self._tasks.close()
        await self._client.aclose()

    async def _run(self) -> None:
        while True:
            self._awake.clear()
            try:
                await self._set_out()
                await self._tidy()
            except Exception as error:  # the database may be away; everything is still there when it comes back
                log.warning("webhook deliveries wait", error_type=type(error).__name__)
            try:
                async with asyncio.timeout(POLL_S):
                    await self._awake.wait()
            except TimeoutError:
                pass

    async def _set_out(self) -> None:
        for errand in await self._claim(IN_FLIGHT_MAX - self._in_flight.total()):
            self._in_flight[errand.webhook_id] += 1
            self._tasks.start(self._carry(errand), f"webhook delivery {errand.delivery_id}")

    async def _claim(self, room: int) -> list[Errand]:
        """Deliveries that are due and now ours, at most `room`, and few for each webhook."""
        busy = [webhook_id for webhook_id, count in self._in_flight.items() if count >= IN_FLIGHT_PER_WEBHOOK_MAX]
        due = (
            select(WebhookDelivery, Webhook)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(WebhookDelivery.next_attempt_at <= now(), WebhookDelivery.webhook_id.not_in(busy))
            .order_by(WebhookDelivery.next_attempt_at)
            .limit(room)
        )
        async with self._database.reading() as session:
            found = [(delivery, webhook) for delivery, webhook in (await session.execute(due)).all()]
        if not found:
            return []
        counts, errands = Counter(self._in_flight), list[Errand]()
        async with self._database.writing() as session:
            for delivery, webhook in found:
                if counts[webhook.id] >= IN_FLIGHT_PER_WEBHOOK_MAX:
                    continue
                seen = (WebhookDelivery.id == delivery.id, WebhookDelivery.next_attempt_at == delivery.next_attempt_at)
                leased = update(WebhookDelivery).values(
                    next_attempt_at=now() + timedelta(seconds=LEASE_S), attempts=delivery.attempts + 1, error=None
                )
                taken = await session.execute(leased.where(*seen).returning(WebhookDelivery.id))
                if taken.first() is not None:
                    counts[webhook.id] += 1
                    errands.append(_errand(delivery, webhook))
        return errands

    async def _carry(self, errand: Errand) -> None:
        try:
            outcome = await self._attempt(errand)
            await self._record(errand, outcome)
        except Exception as error:
            log.warning("a webhook delivery was not recorded", error_type=type(error).__name__)
        finally:
            self._in_flight[errand.webhook_id] -= 1
            self._in_flight += Counter()  # forget the zeros
            self.nudge()

    async def _attempt(self, errand: Errand) -> Outcome:
        if not errand.enabled:
            return Outcome(None, "the webhook was switched off", final=True)
        try:
            keys = [self._keyring.unseal(sealed) for sealed in errand.sealed]
        except InvalidToken:
            return Outcome(None, "the secret was sealed with a key this server has no more; rotate it", final=True)
        signed = headers(keys, errand.event_id, int(time.time()), errand.body)
        try:
            async with (
                asyncio.timeout(ATTEMPT_TIMEOUT_S),
                self._client.stream(
                    "POST", errand.url, content=errand.body, headers={"content-type": "application/json", **signed}
                ) as response,
            ):
                return _outcome(response.status_code)
        except Refused as error:
            return Outcome(None, f"the address is refused: {error}")
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(None, f"no answer within {ATTEMPT_TIMEOUT_S:g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Outcome(None, "the address cannot be reached")

    async def _record(self, errand: Errand, outcome: Outcome) -> None:
        async with self._database.writing() as session:
            await session.execute(
                update(WebhookDelivery)
                .where(WebhookDelivery.id == errand.delivery_id)
                .values(**result(outcome, errand.attempt, now()))
            )
            if outcome.status == GONE:
                await session.execute(update(Webhook).where(Webhook.id == errand.webhook_id).values(enabled=False))

    async def _tidy(self) -> None:
        if time.monotonic() - self._tidied_s < TIDY_EVERY_S:
            return
        old = WebhookDelivery.created_at < now() - timedelta(days=KEPT_DAYS)
        async with self._database.writing() as session:
            await session.execute(delete(WebhookDelivery).where(old, WebhookDelivery.next_attempt_at.is_(None)))
        self._tidied_s = time.monotonic()


def result(outcome: Outcome, attempt: int, moment: datetime) -> dict[str, object]:
    """What the log says after an attempt, and when the next one is due."""
    values: dict[str, object] = {"response_status": outcome.status, "error": outcome.error, "next_attempt_at": None}
    if outcome.error is None:
        return {**values, "status": "delivered", "delivered_at": moment}
    if outcome.final or attempt >= ATTEMPTS_MAX:
        return {**values, "status": "failed"}
    return {**values, "next_attempt_at": moment + timedelta(seconds=PAUSES_S[attempt - 1])}


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status, None)
    if status == GONE:
        return Outcome(status, "answered 410, which switches the webhook off", final=True)
    return Outcome(status, f"answered {status}")


def _errand(delivery: WebhookDelivery, webhook: Webhook) -> Errand:
    old_counts = webhook.old_secret_until is not None and webhook.old_secret_until > now()
    return Errand(
        delivery_id=delivery.id,
        webhook_id=webhook.id,
        event_id=delivery.event_id,
        attempt=delivery.attempts + 1,
        url=webhook.url,
        enabled=webhook.enabled,
        body=json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode(),
        sealed=(webhook.secret, webhook.old_secret) if old_counts else (webhook.secret,),
    )
