"""Cases that should have a listing and have neither an entry nor a reason: CAP-110, 四(二)1."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.case_number import CaseNumber
from domain.entry_guards import is_minor
from domain.identity import IdNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligor:
    """A debtor of an open case, as the register and the list have him.

    Attributes:
        conduct: what the register recorded that is a statutory condition.
        has_entry: in any state but NOT_LISTED.
        excluded: an exclusion is recorded, or an entry was dropped with its reason.
    """

    case_number: CaseNumber
    id_number: IdNumber
    unpaid: bool
    conduct: bool
    has_entry: bool
    excluded: bool


def missing(obligors: Iterable[Obligor], on: date) -> Iterator[Obligor]:
    """Yield who qualifies and is neither listed nor excluded (all who qualify are listed)."""
    for one in obligors:
        qualifies = one.unpaid and one.conduct and not is_minor(one.id_number, on)
        if qualifies and not one.has_entry and not one.excluded:
            yield one
