"""What a credit file needs of entries: read from the list itself, kept nowhere else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from domain.entry import EntryEvent
from domain.objection import OPEN
from storage.cases import court_of
from storage.corrections import entries_in_dispute
from storage.entries import EntryRecord, entries_of, entries_with_event

_OPEN = frozenset(state.value for state in OPEN)


@dataclass(frozen=True, slots=True)
class CreditSource:
    """An entry with what its history says.

    Attributes:
        withdrawn: it was found wrong from the start, whatever its state is now.
        disputed: a request to correct it is open.
    """

    entry: EntryRecord
    court: str
    withdrawn: bool
    disputed: bool


def credit_sources(connection: Connection, ids: Collection[str]) -> Mapping[str, CreditSource]:
    """Return the entries with those ids, by id."""
    withdrawn = entries_with_event(connection, ids, EntryEvent.UPHOLD_OBJECTION.value)
    disputed = entries_in_dispute(connection, ids, _OPEN)
    return {
        one.id: CreditSource(
            entry=one,
            court=court_of(connection, one.case_number),
            withdrawn=one.id in withdrawn,
            disputed=one.id in disputed,
        )
        for one in entries_of(connection, ids).values()
    }
