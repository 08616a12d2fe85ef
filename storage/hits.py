"""Hits of joint punishment and their events, and the calls that found them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, tuple_, update

from domain.civil_time import end_of_day
from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.tables.listing import hit_events, hits, screenings

_DATES: Final = ("effect_ends_on", "feedback_by", "release_by", "retained_until")
_INSTANTS: Final = ("decide_by", "created_at", "changed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRecord:
    """A hit as it stands; whom it hit is the entry's subject of *subject_type*.

    Attributes:
        id: of unit, reference, trigger, entry and subject type: the same call finds the same hit.
        measures: ids, in the version *catalogue_version*.
        action: what the unit's system does by itself.
        decide_by: when it counts as overdue that nobody decided.
    """

    id: str
    unit: str
    business_reference: str
    trigger: str
    entry_id: str
    subject_type: str
    measures: tuple[str, ...]
    catalogue_version: str
    confidence: str
    action: str
    state: str
    decide_by: datetime
    created_at: datetime
    changed_at: datetime
    confirmed_by: str | None = None
    decided_by: str | None = None
    decision: str | None = None
    effect: str | None = None
    effect_ends_on: date | None = None
    feedback_by: date | None = None
    release_by: date | None = None
    retained_until: date | None = None
    retention_basis: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HitEventRecord:
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRecord:
    """One call; *receipt* proves what was asked and answered, without saying who."""

    unit: str
    business_reference: str
    trigger: str
    body_hash: str
    list_sequence: int
    subjects: int
    hits: int
    receipt: str
    at: datetime


class HitMoved(Exception):
    """The hit is no longer in the state the caller saw; read it again."""


def add_hit(
    connection: Connection, hit: HitRecord, steps: Iterable[tuple[str, str]], *, actor: str
) -> bool:
    """Insert *hit* once, with its first steps (event, state after); False if it is there."""
    values = _values({one.name: getattr(hit, one.name) for one in fields(hit)})
    if not insert_once(connection, hits, values):
        return False
    before: str | None = None
    for event, after in steps:
        _append(connection, hit.id, event, before, after, actor, hit.created_at, None)
        before = after
    return True


def move_hit(  # noqa: PLR0913 -- a step has these parts
    connection: Connection,
    hit: HitRecord,
    *,
    event: str,
    to_state: str,
    actor: str,
    at: datetime,
    remark: str | None = None,
    **changes: object,
) -> None:
    """Move *hit* on and write the event.

    Raises:
        HitMoved: somebody else moved it first; nothing was written.
    """
    moved = connection.execute(
        update(hits)
        .where(hits.c.id == hit.id, hits.c.state == hit.state)
        # Whom a second person agrees with, and about what, is what that person saw.
        .where(hits.c.confirmed_by.is_not_distinct_from(hit.confirmed_by))
        .where(hits.c.effect.is_not_distinct_from(hit.effect))
        .values(_values({"overdue": False, **changes, "state": to_state, "changed_at": at}))
    )
    if moved.rowcount != 1:
        raise HitMoved(hit.id)
    _append(connection, hit.id, event, hit.state, to_state, actor, at, remark)


def confirm_first(  # noqa: PLR0913 -- a confirmation has these parts
    connection: Connection,
    hit: HitRecord,
    *,
    by: str,
    at: datetime,
    remark: str,
    effect: str,
    effect_ends_on: date | None,
) -> None:
    """Note the first of two people who confirm *hit*, and what they mean to do; it stays where it is.

    Raises:
        HitMoved: somebody else was there first.
    """
    noted = connection.execute(
        update(hits)
        .where(hits.c.id == hit.id, hits.c.state == hit.state)
        .where(hits.c.confirmed_by.is_not_distinct_from(hit.confirmed_by))
        .values(
            _values(
                {
                    "confirmed_by": by,
                    "effect": effect,
                    "effect_ends_on": effect_ends_on,
                    "changed_at": at,
                }
            )
        )
    )
    if noted.rowcount != 1:
        raise HitMoved(hit.id)
    _append(connection, hit.id, "CONFIRM_FIRST", hit.state, hit.state, by, at, remark)


def find_hit(connection: Connection, hit_id: str) -> HitRecord | None:
    if not (hit_id.isascii() and hit_id.isprintable()):
        return None
    row = connection.execute(select(hits).where(hits.c.id == hit_id)).one_or_none()
    return None if row is None else _hit(row)


def hits_of_units(
    connection: Connection,
    units: Collection[str],
    *,
    states: Collection[str],
    first: int,
    after: tuple[datetime, str] | None = None,
) -> list[HitRecord]:
    """Return up to *first* hits of *units* in *states* behind (created at, id), oldest first."""
    statement = select(hits).where(hits.c.unit.in_(units), hits.c.state.in_(states))
    if after is not None:
        statement = statement.where(
            tuple_(hits.c.created_at, hits.c.id) > (instant_text(after[0]), after[1])
        )
    rows = connection.execute(statement.order_by(hits.c.created_at, hits.c.id).limit(first))
    return [_hit(row) for row in rows]


def hits_of_entry(
    connection: Connection, entry_id: str, states: Collection[str] | None = None
) -> list[HitRecord]:
    statement = select(hits).where(hits.c.entry_id == entry_id)
    if states is not None:
        statement = statement.where(hits.c.state.in_(states))
    return [
        _hit(row) for row in connection.execute(statement.order_by(hits.c.created_at, hits.c.id))
    ]


def count_hits(connection: Connection, entry_id: str, states: Collection[str]) -> int:
    statement = select(func.count()).where(hits.c.entry_id == entry_id, hits.c.state.in_(states))
    return int(connection.scalar(statement) or 0)


def events_of_hit(connection: Connection, hit_id: str) -> list[HitEventRecord]:
    statement = (
        select(hit_events).where(hit_events.c.hit_id == hit_id).order_by(hit_events.c.sequence)
    )
    return [
        HitEventRecord(
            event=row.event,
            from_state=row.from_state,
            to_state=row.to_state,
            actor=row.actor,
            at=parse_instant(row.at),
            remark=row.remark,
        )
        for row in connection.execute(statement)
    ]


def hits_overdue(connection: Connection, *, now: datetime, on: date, most: int) -> list[HitRecord]:
    """Return up to *most* hits with a decision, feedback or release that is late, not flagged yet."""
    undecided = hits.c.state.in_(("TO_VERIFY", "INTERCEPTED", "NOTED")) & (
        hits.c.decide_by < instant_text(now)
    )
    untold = hits.c.state.in_(("APPLIED", "NOT_APPLIED")) & (hits.c.feedback_by < on.isoformat())
    unreleased = (hits.c.state == "RELEASE_DUE") & (hits.c.release_by < on.isoformat())
    statement = (
        select(hits)
        .where(hits.c.overdue.is_(False), undecided | untold | unreleased)
        .order_by(hits.c.created_at, hits.c.id)
        .limit(most)
    )
    return [_hit(row) for row in connection.execute(statement)]


def hits_due(connection: Connection, *, by: date) -> list[HitRecord]:
    """Return the hits that wait for a decision, feedback or release due by the end of *by*."""
    morning = instant_text(end_of_day(by))
    undecided = hits.c.state.in_(("TO_VERIFY", "INTERCEPTED", "NOTED")) & (
        hits.c.decide_by <= morning
    )
    untold = hits.c.state.in_(("APPLIED", "NOT_APPLIED")) & (hits.c.feedback_by <= by.isoformat())
    unreleased = (hits.c.state == "RELEASE_DUE") & (hits.c.release_by <= by.isoformat())
    statement = select(hits).where(undecided | untold | unreleased)
    return [_hit(row) for row in connection.execute(statement)]


def mark_hit_overdue(connection: Connection, hit_id: str) -> None:
    connection.execute(update(hits).where(hits.c.id == hit_id).values(overdue=True))


def retentions_over(connection: Connection, *, on: date, most: int) -> list[HitRecord]:
    """Return up to *most* retained hits whose last day is before *on*."""
    statement = (
        select(hits)
        .where(hits.c.state == "RETAINED", hits.c.retained_until < on.isoformat())
        .limit(most)
    )
    return [_hit(row) for row in connection.execute(statement)]


def supervised(connection: Connection) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Return, by unit and state, how many hits there are and how many of them are overdue."""
    statement = select(hits.c.unit, hits.c.state, hits.c.overdue, func.count()).group_by(
        hits.c.unit, hits.c.state, hits.c.overdue
    )
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for unit, state, overdue, count in connection.execute(statement):
        before, late_before = counted.get((unit, state), (0, 0))
        counted[unit, state] = before + count, late_before + (count if overdue else 0)
    return counted


def keep_screening(connection: Connection, screening: ScreeningRecord) -> bool:
    """Write *screening* once; False if the unit used the reference for this trigger before."""
    values = {one.name: getattr(screening, one.name) for one in fields(screening)}
    return insert_once(connection, screenings, {**values, "at": instant_text(screening.at)})


def find_screening(
    connection: Connection, unit: str, reference: str, trigger: str
) -> ScreeningRecord | None:
    row = connection.execute(
        select(screenings).where(
            screenings.c.unit == unit,
            screenings.c.business_reference == reference,
            screenings.c.trigger == trigger,
        )
    ).one_or_none()
    if row is None:
        return None
    return ScreeningRecord(**{**row._asdict(), "at": parse_instant(row.at)})


def _append(  # noqa: PLR0913, PLR0917 -- the columns of an event
    connection: Connection,
    hit_id: str,
    event: str,
    from_state: str | None,
    to_state: str,
    actor: str,
    at: datetime,
    remark: str | None,
) -> None:
    connection.execute(
        insert(hit_events).values(
            hit_id=hit_id,
            event=event,
            from_state=from_state,
            to_state=to_state,
            actor=actor,
            at=instant_text(at),
            remark=remark,
        )
    )


def _values(changes: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, datetime):
            values[name] = instant_text(value)
        elif isinstance(value, date):
            values[name] = value.isoformat()
        else:
            values[name] = list(value) if isinstance(value, tuple) else value
    return values


def _hit(row: Row[*tuple[object, ...]]) -> HitRecord:
    values: dict[str, Any] = row._asdict()
    for name in _DATES:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    for name in _INSTANTS:
        values[name] = parse_instant(values[name])
    values["measures"] = tuple(values["measures"])
    return HitRecord(**values)
