"""What anybody may know of the list: found by who knows whom they mean, never listed from A to Z."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.entry import DisclosureMode, EntryState, is_public
from domain.identity import birth_date, is_organization, sex_code
from domain.masks import mask_id_number_public, mask_name
from domain.measure import SubjectType
from domain.subject_name import same_spelling
from storage.cases import find_case
from storage.entries import (
    EntryRecord,
    entries_latest,
    entries_named,
    entries_of,
    entries_page,
)
from storage.list_changes import removals_since

_PUBLIC: Final = tuple(
    state.value for state in EntryState if is_public(state, DisclosureMode.PUBLIC)
)
_MOST: Final = 20
_NOTICE: Final = timedelta(days=30)
_MOST_NOTICES: Final = 5_000  # in 30 days; a statement takes that many
LATEST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An entry as the public sees it (法释〔2017〕7号 art. 6).

    Attributes:
        number: masked; of an organization whole.
        sex: ``1`` or ``2``; None of an organization.
        age: in the year of publication by the year of birth: both are public anyhow, a birthday is not (I-42).
        representatives: who represents an organization by law, or heads it.
    """

    entry_id: str
    name: str
    number: str
    sex: str | None
    age: int | None
    representatives: tuple[str, ...]
    case_number: CaseNumber
    court: str
    filed_on: str
    basis: str
    basis_unit: str
    obligation: str
    conduct: tuple[str, ...]
    performance: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """That an entry was removed: no number, and of a person's name the first character."""

    entry_id: str
    name: str
    at: datetime


def by_name(connection: Connection, name: str, ending: str) -> list[Published]:
    """Return up to 20 entries of exactly that name whose number ends so."""
    found = entries_named(
        connection, name.strip(), _PUBLIC, mode=DisclosureMode.PUBLIC.value, most=200
    )
    spelled = same_spelling(name)
    if spelled != name.strip():
        found += entries_named(
            connection, spelled, _PUBLIC, mode=DisclosureMode.PUBLIC.value, most=200
        )
    fitting = [one for one in found if one.id_number.endswith(ending.upper())]
    return [_published(connection, one) for one in fitting[:_MOST]]


def by_case(connection: Connection, number: CaseNumber) -> list[Published]:
    """Return up to 20 entries of that case."""
    found = entries_page(connection, first=_MOST, states=_PUBLIC, case_numbers=[number])
    return [_published(connection, one) for one in found if one.mode == DisclosureMode.PUBLIC.value]


def latest(connection: Connection) -> list[Published]:
    """Return the 50 entries that were published last, the newest first."""
    found = entries_latest(connection, _PUBLIC, mode=DisclosureMode.PUBLIC.value, most=LATEST)
    return [_published(connection, one) for one in found]


def removals(connection: Connection, now: datetime) -> list[Removal]:
    """Return the removals of the last 30 days, the newest first."""
    changes = removals_since(connection, now - _NOTICE, most=_MOST_NOTICES)
    entries = entries_of(connection, {one.entry_id for one in changes})
    return [
        Removal(
            entry_id=one.entry_id,
            name=mask_name(
                entries[one.entry_id].name,
                organization=is_organization(entries[one.entry_id].id_number),
            ),
            at=one.at,
        )
        for one in changes
        if entries[one.entry_id].mode == DisclosureMode.PUBLIC.value
    ]


def _published(connection: Connection, entry: EntryRecord) -> Published:
    case = find_case(connection, entry.case_number)
    if case is None or entry.published_at is None:
        raise LookupError("a published entry has its case and its day")
    organization = is_organization(entry.id_number)
    return Published(
        entry_id=entry.id,
        name=entry.name,
        number=entry.id_number if organization else mask_id_number_public(entry.id_number),
        sex=None if organization else sex_code(entry.id_number),
        age=None
        if organization
        else civil_date(entry.published_at).year - birth_date(entry.id_number).year,
        representatives=_representatives(entry) if organization else (),
        case_number=entry.case_number,
        court=case.court_name,
        filed_on=case.filed_on.isoformat(),
        basis=case.basis_document_number,
        basis_unit=case.basis_unit,
        obligation=case.obligation,
        conduct=tuple(entry.misconduct),
        performance=entry.performance,
        published_at=entry.published_at,
    )


def _representatives(entry: EntryRecord) -> tuple[str, ...]:
    """Return the legal representative; where none is named, the principal."""
    for role in (SubjectType.LEGAL_REPRESENTATIVE, SubjectType.PRINCIPAL):
        if found := tuple(one.name for one in entry.associates if one.role == role.value):
            return found
    return ()
