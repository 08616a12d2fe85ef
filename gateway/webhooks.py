"""
Webhooks: an endpoint of a unit is called for each change of the list, signed, in order, until it takes it.

Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature` (HMAC-SHA256). A message says that
something changed and where to go on reading; no person is named in it, so an endpoint that turns
out to be somebody else's learns nothing. What a unit missed for a month is one `listChanges` away.
"""

import asyncio
import base64
import hashlib
import hmac
import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

import msgspec
import structlog

from connectors.endpoint_addresses import AddressRefused
from resolvers.order_events import OrderEvents
from storage.database import Database
from storage.list_changes import ListChange, changes_after, last_change
from storage.webhooks import WebhookLost, WebhookRecord, claim_webhooks, settle_webhook

_LOG = structlog.get_logger()
_MOST_AT_ONCE: Final = 8
_FIRST_WAIT: Final = 1.0  # seconds, doubled with each failure
_LONGEST_WAIT: Final = 6 * 3600.0
_MOST_FAILURES: Final = 24  # about three days; then the unit has to look
_LEASE: Final = timedelta(seconds=60)
PREFIX: Final = "whsec_"


class Caller(Protocol):
    """Posts a message to an endpoint; True if it took it."""

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> bool: ...


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message, ``v1,`` and base64.

    Source:
        Standard Webhooks 1.0, "Signature scheme".
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def message(change: ListChange) -> bytes:
    return msgspec.json.encode(
        {
            "type": f"list.{change.kind.lower()}",
            "timestamp": change.at.isoformat(),
            "data": {
                "cursor": str(change.sequence),
                "entryId": change.entry_id,
                "version": change.version,
            },
        }
    )


class Webhooks:
    """The worker of one gateway; several may run theirs on one database."""

    def __init__(
        self,
        database: Database,
        events: OrderEvents,
        now: Callable[[], datetime],
        call: Caller,
    ) -> None:
        self._database = database
        self._events = events
        self._now = now
        self._call = call
        self._lease = secrets.token_hex(8)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            news = self._events.news()
            try:
                while await self.turn():
                    pass
            except Exception as error:  # noqa: BLE001 -- the worker outlives a bad moment
                _LOG.error("webhooks.round_failed", error=type(error).__name__)
            await self._events.wait(news)

    async def turn(self) -> int:
        """Call every endpoint that is due, each for what it has not taken; return how many."""
        behind = await self._database.read(last_change)
        claim = partial(
            claim_webhooks,
            lease=self._lease,
            now=self._now(),
            lease_time=_LEASE,
            behind=behind,
            most=_MOST_AT_ONCE,
        )
        claimed = await self._database.write(claim)
        await asyncio.gather(*(self._tell(one) for one in claimed))
        return len(claimed)

    async def _tell(self, webhook: WebhookRecord) -> None:
        told, error = webhook.told, None
        changes = await self._database.read(
            partial(changes_after, sequence=webhook.told, most=_MOST_AT_ONCE)
        )
        for change in changes:
            error = await self._failure(webhook, change)
            if error is not None:
                break
            told = change.sequence
        attempts = 0 if told > webhook.told else webhook.attempts
        attempts += error is not None
        wait = 0.0
        if error is not None:
            longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempts - 1, 32))
            wait = longest * (0.5 + random.random() / 2)  # noqa: S311 -- spreads
            _LOG.warning("webhook.postponed", webhook=webhook.id, unit=webhook.unit, seconds=wait)
        parked = attempts >= _MOST_FAILURES
        if parked:
            _LOG.error("webhook.parked", webhook=webhook.id, unit=webhook.unit)
        settle = partial(
            settle_webhook,
            webhook=webhook,
            lease=self._lease,
            told=told,
            attempts=attempts,
            due_at=self._now() + timedelta(seconds=wait),
            error=error,
            state="PARKED" if parked else "ACTIVE",
        )
        try:
            await self._database.write(settle)
        except WebhookLost:
            _LOG.warning("webhook.lease_lost", webhook=webhook.id)

    async def _failure(self, webhook: WebhookRecord, change: ListChange) -> str | None:
        """Send *change*; return why it was not taken, as a stable code, or None."""
        body = message(change)
        message_id, timestamp = f"msg_{change.sequence}", int(self._now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(webhook.secret, message_id, timestamp, body),
        }
        try:
            taken = await self._call(webhook.url, body, headers)
        except AddressRefused:
            _LOG.warning("webhook.address_refused", webhook=webhook.id, unit=webhook.unit)
            return "ADDRESS_REFUSED"
        except Exception as error:  # noqa: BLE001 -- whatever an endpoint does, it did not take it
            _LOG.warning("webhook.failed", webhook=webhook.id, error=type(error).__name__)
            return "NOT_TAKEN"
        return None if taken else "NOT_TAKEN"
