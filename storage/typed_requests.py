"""Requests that people of a unit answer by typing, and what they typed."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, null, select, tuple_, update

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.tables.cases import cases, parties
from storage.tables.orders import requests, typed_requests

_OPEN: Final = "OPEN"
_ANSWERED: Final = "ANSWERED"
_EXPIRED: Final = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """Who asks whom what, under which authority: what one open request is for each subject."""

    unit: str
    stem: str
    question: str
    case_number: CaseNumber
    organisation: str
    purpose: str

    def about(self, subject: IdNumber) -> str:
        parts = [self.unit, self.stem, self.question, self.case_number, self.organisation]
        return hashlib.sha256(json.dumps([*parts, self.purpose, subject]).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRequestRecord:
    """One request about one person.

    Attributes:
        fields: attributes that were asked for.
        rows: what was typed; None until then, and after its validity.
        valid_until: until when that may be shown.
    """

    id: str
    key: RequestKey
    officer: str
    id_number: IdNumber
    fields: frozenset[str]
    asked_at: datetime
    due_at: datetime
    state: str
    answered_at: datetime | None
    rows: Sequence[Mapping[str, Any]] | None
    valid_until: datetime | None

    def answers(self, fields: frozenset[str], now: datetime) -> bool:
        """Whether it may be shown at *now* as the answer to *fields*."""
        current = self.valid_until is not None and now < self.valid_until
        return self.rows is not None and current and fields <= self.fields

    def waits_for(self, fields: frozenset[str]) -> bool:
        return self.state == _OPEN and fields <= self.fields


def newest_requests(
    connection: Connection, key: RequestKey, subjects: Sequence[IdNumber]
) -> dict[IdNumber, TypedRequestRecord]:
    """Return the newest request about each of *subjects* that has one."""
    statement = (
        select(typed_requests)
        .where(typed_requests.c.key.in_([key.about(one) for one in subjects]))
        .order_by(typed_requests.c.asked_at, typed_requests.c.id)
    )
    found = map(_record, connection.execute(statement))
    return {one.id_number: one for one in found}


def ask_people(  # noqa: PLR0913 -- a request's parts
    connection: Connection,
    key: RequestKey,
    subjects: Sequence[IdNumber],
    *,
    fields: frozenset[str],
    officer: str,
    now: datetime,
    due_at: datetime,
) -> dict[IdNumber, TypedRequestRecord]:
    """Make a request about each of *subjects* that has no open one; an open one takes on *fields*.

    Whoever has an answer that may be shown is not asked about.
    """
    known = newest_requests(connection, key, subjects)
    for subject in subjects:
        newest = known.get(subject)
        if newest is not None and (newest.answers(fields, now) or newest.waits_for(fields)):
            continue
        if newest is None or newest.state != _OPEN:
            values = {
                "id": secrets.token_hex(16),
                "key": key.about(subject),
                "open_key": key.about(subject),
                "unit": key.unit,
                "stem": key.stem,
                "question": key.question,
                "case_number": key.case_number,
                "organisation": key.organisation,
                "purpose": key.purpose,
                "officer": officer,
                "id_number": subject,
                "fields": sorted(fields),
                "asked_at": instant_text(now),
                "due_at": instant_text(due_at),
                "state": _OPEN,
            }
            if insert_once(connection, typed_requests, values):
                continue
        _join(connection, key.about(subject), fields)
    return newest_requests(connection, key, subjects)


def _join(connection: Connection, open_key: str, fields: frozenset[str]) -> None:
    """Let the open request take on *fields*: another gateway may just have made it, or added to it."""
    which = typed_requests.c.open_key == open_key
    asked = connection.scalar(select(typed_requests.c.fields).where(which).with_for_update())
    if asked is not None:  # it may be answered by now
        joined = update(typed_requests).where(which).values(fields=sorted(fields.union(asked)))
        connection.execute(joined)


def lock_typed_request(connection: Connection, id_: str, *, unit: str) -> TypedRequestRecord | None:
    """Return the request with *id_*, if it is addressed to *unit*; it stays as it is until we end."""
    if not (id_.isascii() and id_.isprintable()):
        return None  # nobody's; and PostgreSQL knows no NUL
    statement = (
        select(typed_requests)
        .where(typed_requests.c.id == id_, typed_requests.c.unit == unit)
        .with_for_update()
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _record(row)


def typed_requests_page(
    connection: Connection,
    unit: str,
    *,
    is_open: bool,
    first: int,
    after: tuple[datetime, str] | None,
) -> list[TypedRequestRecord]:
    """Return requests to *unit*, oldest first; open ones about obligors of open cases alone."""
    statement = select(typed_requests).where(typed_requests.c.unit == unit)
    if is_open:
        obligor = select(parties.c.id_number).where(
            parties.c.case_number == typed_requests.c.case_number,
            parties.c.capacity == "OBLIGOR",
            parties.c.id_number == typed_requests.c.id_number,
        )
        statement = statement.join(cases, cases.c.number == typed_requests.c.case_number).where(
            typed_requests.c.state == _OPEN, cases.c.state == "OPEN", obligor.exists()
        )
    else:
        statement = statement.where(typed_requests.c.state != _OPEN)
    place = tuple_(typed_requests.c.asked_at, typed_requests.c.id)
    if after is not None:
        statement = statement.where(place > tuple_(instant_text(after[0]), after[1]))
    order = (typed_requests.c.asked_at, typed_requests.c.id)
    return list(map(_record, connection.execute(statement.order_by(*order).limit(first))))


def answer_typed_request(  # noqa: PLR0913 -- an answer's parts
    connection: Connection,
    id_: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    by: str,
    at: datetime,
    valid_until: datetime,
) -> bool:
    """Keep what was typed; False if it was answered before."""
    answered = connection.execute(
        update(typed_requests)
        .where(
            typed_requests.c.id == id_,
            typed_requests.c.state == _OPEN,
        )
        .values(
            state=_ANSWERED,
            open_key=None,
            answer=list(map(dict, rows)),
            answered_by=by,
            answered_at=instant_text(at),
            valid_until=instant_text(valid_until),
        )
    )
    return answered.rowcount == 1


def erase_typed(connection: Connection, now: datetime) -> int:
    """Erase what was typed and may not be shown any more; return of how many requests.

    So is the hash of it under the clerk's key: a telephone number is soon found by its hash.
    """
    over = (
        typed_requests.c.state == _ANSWERED,
        typed_requests.c.valid_until <= instant_text(now),
    )
    typed = (typed_requests.c.id, typed_requests.c.unit, typed_requests.c.answered_by)
    for id_, unit, by in connection.execute(select(*typed).where(*over)).all():
        actors = (by, f"{unit}:{by}")
        forgotten = delete(requests).where(requests.c.actor.in_(actors), requests.c.order_id == id_)
        connection.execute(forgotten)
    erase = update(typed_requests).where(*over).values(state=_EXPIRED, answer=null())
    return connection.execute(erase).rowcount


def _record(row: Row[Any]) -> TypedRequestRecord:
    return TypedRequestRecord(
        id=row.id,
        key=RequestKey(
            unit=row.unit,
            stem=row.stem,
            question=row.question,
            case_number=CaseNumber(row.case_number),
            organisation=row.organisation,
            purpose=row.purpose,
        ),
        officer=row.officer,
        id_number=IdNumber(row.id_number),
        fields=frozenset(row.fields),
        asked_at=parse_instant(row.asked_at),
        due_at=parse_instant(row.due_at),
        state=row.state,
        answered_at=None if row.answered_at is None else parse_instant(row.answered_at),
        rows=row.answer,
        valid_until=None if row.valid_until is None else parse_instant(row.valid_until),
    )
