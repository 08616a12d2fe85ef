"""The consumption restriction order (限制消费令) that stands beside every listing: domain.md 5.11."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from domain.entry import EntryState
from domain.guard_refused import GuardRefused
from domain.hold_term import add_months
from domain.identity import IdNumber, is_organization
from domain.measure import SubjectType


class ConsumptionItem(Enum):
    """What is restricted (法释〔2010〕8号 art. 3, as amended by 法释〔2015〕17号)."""

    PLANE_SOFT_SLEEPER_SECOND_CLASS_SHIP = "PLANE_SOFT_SLEEPER_SECOND_CLASS_SHIP"
    STARRED_HOTELS_CLUBS_GOLF = "STARRED_HOTELS_CLUBS_GOLF"
    PROPERTY_PURCHASE_OR_FITTING = "PROPERTY_PURCHASE_OR_FITTING"
    HIGH_GRADE_OFFICES = "HIGH_GRADE_OFFICES"
    NON_ESSENTIAL_VEHICLES = "NON_ESSENTIAL_VEHICLES"
    TRAVEL_AND_HOLIDAYS = "TRAVEL_AND_HOLIDAYS"
    HIGH_FEE_SCHOOLS = "HIGH_FEE_SCHOOLS"
    HIGH_PREMIUM_INSURANCE = "HIGH_PREMIUM_INSURANCE"
    HIGH_SPEED_TRAINS = "HIGH_SPEED_TRAINS"


STEERING: Final = (
    SubjectType.LEGAL_REPRESENTATIVE,
    SubjectType.PRINCIPAL,
    SubjectType.ACTUAL_CONTROLLER,
    SubjectType.DIRECTLY_RESPONSIBLE,
)
"""Whom an organization's order also reaches."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """Somebody whom an order names, and why."""

    number: IdNumber
    name: str
    as_: SubjectType


def restricted(
    debtor: IdNumber, name: str, associates: Iterable[Restricted]
) -> Sequence[Restricted]:
    """Return whom an order against *debtor* names: an organization and who steers it, each once."""
    if not is_organization(debtor):
        return (Restricted(debtor, name, SubjectType.DEBTOR_PERSON),)
    named = {debtor: Restricted(debtor, name, SubjectType.DEBTOR_ORGANIZATION)}
    for one in associates:
        if one.as_ in STEERING:
            named.setdefault(one.number, one)
    return tuple(named.values())


def release_fits(
    first: date, last: date, reason: str, on: date, before: Iterable[tuple[date, date]] = ()
) -> None:
    """A single release for an urgent need lasts a month at most (DL-32).

    Args:
        before: earlier releases, first and last day. One that meets them would make a longer one of both.

    Raises:
        GuardRefused: C1, longer, over already, without a reason, or on end with another.
    """
    longest = add_months(first, 1) - timedelta(days=1)
    day = timedelta(days=1)
    alone = all(last + day < begins or first > ends + day for begins, ends in before)
    if not on <= first <= last <= longest or not reason.strip() or not alone:
        raise GuardRefused(
            "C1",
            "DL-32; 法发〔2019〕35号",
            "A release has a reason, lasts a month at most, and joins no other. "
            "暂时解除不超过一个月、不得连续，并须说明理由",
        )


STANDING: Final = frozenset(
    {EntryState.DECIDED, EntryState.GRACE, EntryState.PUBLISHED, EntryState.NOTIFIED}
)
"""A listing that stands; once a cause of exit is found the order may be lifted with it."""


def nobody_listed_goes_free(states: Collection[EntryState]) -> None:
    """Who is listed has a restriction order (5.11): it is lifted with the listing, not before.

    Raises:
        GuardRefused: C2, one of the debtor's entries in the case stands.
    """
    if STANDING.intersection(states):
        raise GuardRefused(
            "C2",
            "domain.md 5.11; 法释〔2015〕17号 art. 1",
            "The debtor is listed: find the cause of exit first. 被执行人仍在失信名单中，须先认定退出事由",
        )
