"""Where units want to be called when the list changes, and how far each has been told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, insert, or_, select, update

from storage.instants import database_clock, instant_text, parse_instant
from storage.tables.listing import webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRecord:
    """One endpoint of a unit.

    Attributes:
        state: ACTIVE; PARKED after days of failures, until the unit resumes it; ENDED.
        told: sequence of the last change that the endpoint took.
        attempts: failures since the last success.
    """

    id: str
    unit: str
    url: str
    secret: str
    state: str
    told: int
    attempts: int
    due_at: datetime
    last_error: str | None
    created_at: datetime


class WebhookLost(Exception):
    """Another gateway took this endpoint up after our lease ended."""


def add_webhook(connection: Connection, webhook: WebhookRecord) -> None:
    connection.execute(
        insert(webhooks).values(
            id=webhook.id,
            unit=webhook.unit,
            url=webhook.url,
            secret=webhook.secret,
            state=webhook.state,
            told=webhook.told,
            attempts=webhook.attempts,
            due_at=instant_text(webhook.due_at),
            last_error=webhook.last_error,
            created_at=instant_text(webhook.created_at),
        )
    )


def webhooks_of(connection: Connection, unit: str) -> list[WebhookRecord]:
    """Return the endpoints of *unit* that have not ended, oldest first."""
    statement = (
        select(webhooks)
        .where(webhooks.c.unit == unit, webhooks.c.state != "ENDED")
        .order_by(webhooks.c.created_at, webhooks.c.id)
    )
    return [_webhook(row) for row in connection.execute(statement)]


def webhooks_of_all(connection: Connection) -> list[WebhookRecord]:
    """Return the endpoints of every unit that have not ended, oldest first."""
    statement = (
        select(webhooks)
        .where(webhooks.c.state != "ENDED")
        .order_by(webhooks.c.created_at, webhooks.c.id)
    )
    return [_webhook(row) for row in connection.execute(statement)]


def claim_webhooks(  # noqa: PLR0913 -- a claim has these parts
    connection: Connection,
    *,
    lease: str,
    now: datetime,
    lease_time: timedelta,
    behind: int,
    most: int,
) -> Sequence[WebhookRecord]:
    """Lease up to *most* endpoints that were told less than *behind* and are due."""
    clock = database_clock(connection, now)
    due = (
        select(webhooks)
        .where(
            webhooks.c.state == "ACTIVE",
            webhooks.c.told < behind,
            webhooks.c.due_at <= instant_text(now),
            or_(webhooks.c.lease.is_(None), webhooks.c.leased_until < instant_text(clock)),
        )
        .order_by(webhooks.c.due_at, webhooks.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = [_webhook(row) for row in connection.execute(due)]
    if claimed:
        connection.execute(
            update(webhooks)
            .where(webhooks.c.id.in_([one.id for one in claimed]))
            .values(lease=lease, leased_until=instant_text(clock + lease_time))
        )
    return claimed


def settle_webhook(  # noqa: PLR0913 -- what an attempt comes to
    connection: Connection,
    webhook: WebhookRecord,
    *,
    lease: str,
    told: int,
    attempts: int,
    due_at: datetime,
    error: str | None,
    state: str = "ACTIVE",
) -> None:
    """Write what came of an attempt, and let the endpoint go.

    Raises:
        WebhookLost: see there; nothing was written.
    """
    settled = connection.execute(
        update(webhooks)
        .where(webhooks.c.id == webhook.id, webhooks.c.lease == lease, webhooks.c.state != "ENDED")
        .values(
            told=told,
            attempts=attempts,
            due_at=instant_text(due_at),
            last_error=error,
            state=state,
            lease=None,
            leased_until=None,
        )
    )
    if settled.rowcount != 1:
        raise WebhookLost(webhook.id)


def change_webhook(  # noqa: PLR0913 -- a change has these parts
    connection: Connection,
    unit: str,
    webhook_id: str,
    *,
    state: str,
    now: datetime,
    told: int | None = None,
) -> WebhookRecord | None:
    """Resume or end an endpoint of *unit*; None if it has none of that id.

    Args:
        told: the change behind which it is told again. A gateway that is just calling it loses its lease, so
            that it does not write over that.
    """
    again = {} if told is None else {"told": told, "lease": None, "leased_until": None}
    changed = connection.execute(
        update(webhooks)
        .where(webhooks.c.id == webhook_id, webhooks.c.unit == unit, webhooks.c.state != "ENDED")
        .values(state=state, attempts=0, due_at=instant_text(now), last_error=None, **again)
    )
    if changed.rowcount != 1:
        return None
    return _webhook(connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).one())


def _webhook(row: Row[*tuple[object, ...]]) -> WebhookRecord:
    return WebhookRecord(
        id=row.id,
        unit=row.unit,
        url=row.url,
        secret=row.secret,
        state=row.state,
        told=row.told,
        attempts=row.attempts,
        due_at=parse_instant(row.due_at),
        last_error=row.last_error,
        created_at=parse_instant(row.created_at),
    )
