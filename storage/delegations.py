"""Delegations of what the court shows a person, and their events: each step is one event in its transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from domain.case_number import CaseNumber
from domain.delegation import DelegatedPart, DelegationState, Standing, Term, standing
from domain.identity import IdNumber
from storage.instants import instant_text, parse_instant
from storage.tables.access import delegation_events, delegations

_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationRecord:
    """A delegation as it stands.

    Attributes:
        giver: whose view it is; *delegate* may see it.
        given_by: the account that gave it, or the officer who registered it.
        document, case_number: of one that a court registered.
    """

    id: str
    giver: IdNumber
    delegate: IdNumber
    parts: frozenset[DelegatedPart]
    term: Term
    state: DelegationState
    given_by: str
    created_at: datetime
    changed_at: datetime
    document: str | None = None
    case_number: CaseNumber | None = None

    def standing(self, on: date) -> Standing:
        return standing(self.state, self.term, on)


def add_delegation(connection: Connection, delegation: DelegationRecord, *, event: str) -> None:
    """Insert *delegation* with its first event."""
    connection.execute(
        insert(delegations).values(
            id=delegation.id,
            giver=delegation.giver,
            delegate=delegation.delegate,
            parts=sorted(part.value for part in delegation.parts),
            starts_on=delegation.term.starts_on.isoformat(),
            ends_on=delegation.term.ends_on.isoformat(),
            state=delegation.state.value,
            given_by=delegation.given_by,
            document=delegation.document,
            case_number=delegation.case_number,
            created_at=instant_text(delegation.created_at),
            changed_at=instant_text(delegation.changed_at),
        )
    )
    _append(connection, delegation, event, None, delegation.given_by, delegation.document)


def end_delegation(  # noqa: PLR0913 -- an event's columns
    connection: Connection,
    delegation: DelegationRecord,
    *,
    event: str,
    state: DelegationState,
    actor: str,
    at: datetime,
) -> DelegationRecord | None:
    """End *delegation* by *event*; None if somebody else did first."""
    ended = replace(delegation, state=state, changed_at=at)
    moved = connection.execute(
        update(delegations)
        .where(delegations.c.id == delegation.id, delegations.c.state == delegation.state.value)
        .values(state=state.value, changed_at=instant_text(at))
    )
    if moved.rowcount != 1:
        return None
    _append(connection, ended, event, delegation.state, actor, None)
    return ended


def find_delegation(connection: Connection, delegation_id: str) -> DelegationRecord | None:
    if not (delegation_id.isascii() and delegation_id.isprintable()):
        return None  # nobody's; and PostgreSQL knows no NUL
    statement = select(delegations).where(delegations.c.id == delegation_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _delegation(row)


def delegations_by(connection: Connection, giver: IdNumber) -> list[DelegationRecord]:
    """Return what a person delegated, the newest first; 200 at most."""
    return _newest(connection, delegations.c.giver == giver)


def delegations_to(connection: Connection, delegate: IdNumber) -> list[DelegationRecord]:
    """Return what was delegated to a person, the newest first; 200 at most."""
    return _newest(connection, delegations.c.delegate == delegate)


def delegations_in(connection: Connection, case_number: CaseNumber) -> list[DelegationRecord]:
    """Return what was registered in a case, the newest first; 200 at most."""
    return _newest(connection, delegations.c.case_number == case_number)


def _newest(connection: Connection, whose: Any) -> list[DelegationRecord]:
    statement = select(delegations).where(whose).order_by(delegations.c.place.desc()).limit(_MOST)
    return [_delegation(row) for row in connection.execute(statement)]


def _append(  # noqa: PLR0913, PLR0917 -- an event's columns
    connection: Connection,
    delegation: DelegationRecord,
    event: str,
    before: DelegationState | None,
    actor: str,
    remark: str | None,
) -> None:
    connection.execute(
        insert(delegation_events).values(
            delegation_id=delegation.id,
            case_number=delegation.case_number,
            event=event,
            from_state=None if before is None else before.value,
            to_state=delegation.state.value,
            actor=actor,
            at=instant_text(delegation.changed_at),
            remark=remark,
        )
    )


def _delegation(row: Row[*tuple[object, ...]]) -> DelegationRecord:
    return DelegationRecord(
        id=row.id,
        giver=IdNumber(row.giver),
        delegate=IdNumber(row.delegate),
        parts=frozenset(DelegatedPart(part) for part in row.parts),
        term=Term(
            starts_on=date.fromisoformat(row.starts_on), ends_on=date.fromisoformat(row.ends_on)
        ),
        state=DelegationState(row.state),
        given_by=row.given_by,
        document=row.document,
        case_number=None if row.case_number is None else CaseNumber(row.case_number),
        created_at=parse_instant(row.created_at),
        changed_at=parse_instant(row.changed_at),
    )
