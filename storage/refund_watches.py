"""Tax refunds that are watched, each step with its event; what is due about them is in `watches_due`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.instants import instant_text, parse_instant
from storage.tables.orders import refund_watch_events, refund_watches

CLOCK: Final = "clock"
HEEDED: Final = ("ORDERED", "WATCHING", "HELD_BACK", "DRAFTED")
"""States of watches whose bureau is listened to: what it says is kept, also after the draft."""
_GOING_ON: Final = ("ORDERED", "WATCHING", "HELD_BACK")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRecord:
    """One watch.

    Attributes:
        state: ``ORDERED`` until the bureau knows of it, ``WATCHING``, then ``DRAFTED`` or, while a guard
            lets no draft be made, ``HELD_BACK``; ``ENDING`` once it is over and until the bureau
            heard that, then ``ENDED``.
        record: the bureau's own number of the refund.
        draft: what the freeze is made out with, once the refund is approved.
        status: the last that the bureau told of the refund.
        guard: which guard held the draft back.
        order_id: the draft that it became.
        ending: why it is over: ``OFFICER``, ``CASE_NOT_OPEN``, ``NOT_AN_OBLIGOR``, ``PAID``,
            ``REJECTED``, or ``REFUSED`` by the bureau.
        reason: the officer's own words for it.
    """

    id: str
    case_number: CaseNumber
    state: str
    asset_kind: str
    record: str
    id_number: IdNumber
    officer: str
    draft: Mapping[str, Any]
    created_at: datetime
    changed_at: datetime
    status: str | None = None
    guard: str | None = None
    order_id: str | None = None
    ending: str | None = None
    reason: str | None = None


def add_watch(connection: Connection, watch: WatchRecord) -> None:
    """Insert *watch* with its first event, ``ORDER``."""
    connection.execute(
        insert(refund_watches).values(
            id=watch.id,
            case_number=watch.case_number,
            state=watch.state,
            asset_kind=watch.asset_kind,
            record=watch.record,
            id_number=watch.id_number,
            officer=watch.officer,
            draft=dict(watch.draft),
            created_at=instant_text(watch.created_at),
            changed_at=instant_text(watch.changed_at),
        )
    )
    _append(connection, watch, "ORDER", None, watch.state, actor=watch.officer, at=watch.created_at)


def change_watch(  # noqa: PLR0913 -- an event and what it changes
    connection: Connection,
    watch: WatchRecord,
    *,
    event: str,
    at: datetime,
    actor: str = CLOCK,
    remark: str | None = None,
    **changes: str | None,
) -> WatchRecord:
    """Write *changes* (of state, status, guard, order_id, ending, reason) and their *event*; return it so."""
    connection.execute(
        update(refund_watches)
        .where(refund_watches.c.id == watch.id)
        .values(changed_at=instant_text(at), **changes)
    )
    to_state = changes.get("state") or watch.state
    _append(connection, watch, event, watch.state, to_state, actor=actor, at=at, remark=remark)
    return replace(watch, changed_at=at, **changes)  # type: ignore[arg-type]  # texts, all of them


def end_watch(  # noqa: PLR0913 -- who ended it, when and why
    connection: Connection,
    watch: WatchRecord,
    *,
    ending: str,
    at: datetime,
    actor: str = CLOCK,
    reason: str | None = None,
    **changes: str | None,
) -> WatchRecord:
    """End *watch*: from now on nothing comes of it, and its bureau is to be told; return it so."""
    return change_watch(
        connection,
        watch,
        event="END",
        at=at,
        actor=actor,
        remark=reason or ending,
        state="ENDING",
        ending=ending,
        reason=reason,
        **changes,
    )


def settle_watch(connection: Connection, watch_id: str, *, state: str, at: datetime) -> None:
    """Write how it went to tell the bureau of a watch; one that moved on meanwhile stays as it is.

    That it was told is an event all the same: ``TELL``, or ``REFUSE`` if the bureau did.
    """
    refused = state != "WATCHING"
    changes = {"state": state, **({"ending": "REFUSED"} if refused else {})}
    settled = connection.execute(
        update(refund_watches)
        .where(refund_watches.c.id == watch_id, refund_watches.c.state == "ORDERED")
        .values(changed_at=instant_text(at), **changes)
    )
    _note_told(
        connection, watch_id, "ORDERED", settled.rowcount, "REFUSE" if refused else "TELL", at
    )


def settle_ending(connection: Connection, watch_id: str, *, at: datetime) -> None:
    """Write that the bureau heard that a watch is over; the event is ``TELL_END``."""
    settled = connection.execute(
        update(refund_watches)
        .where(refund_watches.c.id == watch_id, refund_watches.c.state == "ENDING")
        .values(changed_at=instant_text(at), state="ENDED")
    )
    _note_told(connection, watch_id, "ENDING", settled.rowcount, "TELL_END", at)


def _note_told(  # noqa: PLR0913, PLR0917 -- what was told, and whether that settled it
    connection: Connection, watch_id: str, told: str, settled: int, event: str, at: datetime
) -> None:
    watch = find_watch(connection, watch_id)
    if watch is not None:
        before = told if settled else watch.state
        _append(connection, watch, event, before, watch.state, actor=CLOCK, at=at)


def find_watch(connection: Connection, watch_id: str) -> WatchRecord | None:
    row = connection.execute(
        select(refund_watches).where(refund_watches.c.id == watch_id)
    ).one_or_none()
    return None if row is None else watch_of(row)


def live_watch_on(
    connection: Connection, case_number: CaseNumber, record: str
) -> WatchRecord | None:
    """Return the watch of that case on that refund, if one goes on."""
    row = connection.execute(
        select(refund_watches)
        .where(refund_watches.c.case_number == case_number)
        .where(refund_watches.c.record == record)
        .where(refund_watches.c.state.in_(_GOING_ON))
    ).first()
    return None if row is None else watch_of(row)


def watches_of_case(connection: Connection, case_number: CaseNumber) -> list[WatchRecord]:
    rows = connection.execute(
        select(refund_watches)
        .where(refund_watches.c.case_number == case_number)
        .order_by(refund_watches.c.created_at, refund_watches.c.id)
    )
    return [watch_of(row) for row in rows]


def _append(  # noqa: PLR0913 -- an event's columns
    connection: Connection,
    watch: WatchRecord,
    event: str,
    from_state: str | None,
    to_state: str,
    *,
    actor: str,
    at: datetime,
    remark: str | None = None,
) -> None:
    connection.execute(
        insert(refund_watch_events).values(
            watch_id=watch.id,
            case_number=watch.case_number,
            event=event,
            from_state=from_state,
            to_state=to_state,
            actor=actor,
            at=instant_text(at),
            remark=remark,
        )
    )


def watch_of(row: Row[*tuple[Any, ...]]) -> WatchRecord:
    return WatchRecord(
        id=row.id,
        case_number=CaseNumber(row.case_number),
        state=row.state,
        asset_kind=row.asset_kind,
        record=row.record,
        id_number=IdNumber(row.id_number),
        officer=row.officer,
        draft=row.draft,
        status=row.status,
        guard=row.guard,
        order_id=row.order_id,
        ending=row.ending,
        reason=row.reason,
        created_at=parse_instant(row.created_at),
        changed_at=parse_instant(row.changed_at),
    )
