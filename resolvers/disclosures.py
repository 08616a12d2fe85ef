"""Who looked at a person, for that person: `Mine.disclosures`, and the tracker over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.catalogue import Department, departments
from domain.identity import IdNumber
from domain.purpose import Purpose
from domain.tracker import action, is_hidden
from resolvers.record_reading import OpenedEntry, Sought, find
from storage.order_history import first_holds

_AT_ONCE = 200
_COURT = "court"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One look at a person.

    Attributes:
        n: its entry in the record.
        zh, en: what was done, in plain words.
        receiver: the unit's id; *receiver_name* as people know it.
    """

    n: int
    at: datetime
    zh: str
    en: str
    receiver: str
    receiver_name: str
    purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person is told: look-ups, the newest first.

    Nothing of those that the law still hides, not even how many: a number would warn.
    """

    usages: Sequence[Usage]
    behind: int | None


def usages_of(  # noqa: PLR0913 -- a question has these parts
    connection: Connection,
    keys: RecordKeys,
    number: IdNumber,
    now: datetime,
    *,
    first: int,
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    longest: timedelta,
) -> Told:
    """Return up to *first* look-ups about *number*; without those that the law still hides.

    His own look-ups are not among them.
    """
    sought = Sought(subject=number, since=since, until=until)
    usages: list[Usage] = []
    place = before
    while len(usages) < first:
        found = find(connection, keys, sought, first=_AT_ONCE, before=place)
        held = _held(connection, found, number)
        for entry in found:
            place = entry.row.n
            if not _was_shown(entry, number) or _is_own(entry):
                continue
            if _is_hidden(entry, held, now, longest):
                continue
            usages.append(_usage(entry))
            if len(usages) == first:
                break
        if len(found) < _AT_ONCE:
            break
    return Told(usages=usages, behind=place if len(usages) == first else None)


def _held(
    connection: Connection, entries: Sequence[OpenedEntry], number: IdNumber
) -> Mapping[str, datetime]:
    """Return when *number* was first held in each case: what stands on others warns him of nothing."""
    cases = {case for entry in entries for case in entry.personal.get("cases", ())}
    return first_holds(connection, cases, number)


def _was_shown(entry: OpenedEntry, number: IdNumber) -> bool:
    """Whether anything about *number* was shown: an attempt that was refused told nobody anything."""
    return entry.row.decision == "ANSWERED" and number in entry.personal.get("subjects", ())


def _is_own(entry: OpenedEntry) -> bool:
    return entry.leaf.get("role") == "data-subject" and not _by_delegate(entry)


def _by_delegate(entry: OpenedEntry) -> bool:
    return bool(entry.leaf.get("delegations"))


def _is_hidden(
    entry: OpenedEntry, held: Mapping[str, datetime], now: datetime, longest: timedelta
) -> bool:
    executed = [held[case] for case in entry.personal.get("cases", ()) if case in held]
    held_first = min(executed, default=None)
    return any(
        is_hidden(purpose, entry.at, now, held=held_first, longest=longest)
        for purpose in _purposes(entry)
    )


def _purpose(entry: OpenedEntry) -> Purpose | None:
    said = entry.leaf.get("purpose")
    return None if said is None else Purpose(said)


def _purposes(entry: OpenedEntry) -> list[Purpose]:
    """Return all that an entry was for; one look for property hides the request it was part of."""
    first = _purpose(entry)
    named = entry.leaf.get("purposes", () if first is None else (first.value,))
    return [Purpose(one) for one in named]


def _usage(entry: OpenedEntry) -> Usage:
    by_delegate = _by_delegate(entry)
    zh, en = action(_purpose(entry), entry.row.kind, by_delegate=by_delegate)
    unit = entry.row.unit
    known = departments().get(unit)
    return Usage(
        n=entry.row.n,
        at=entry.at,
        zh=zh,
        en=en,
        receiver=unit,
        receiver_name=_name(unit, known, by_delegate=by_delegate),
        purpose=_purpose(entry),
    )


def _name(unit: str, known: Department | None, *, by_delegate: bool) -> str:
    if by_delegate:
        return "您的受托人"
    return "人民法院" if unit == _COURT or known is None else known.zh
