"""
A delegation (授权委托): a person lets another one see what the court shows of him.

It is to a person, not to an account; for named parts, from one day to another; it can be taken back at
any time, and is never passed on. Who holds it sees those parts and nothing else.

Source:
    民法典 165 (what the paper says), 169 (no passing on without consent), 173 (how it ends); CPL 62;
    PIPL 45.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from domain.guard_refused import GuardRefused
from domain.identity import IdNumber, is_organization
from domain.state_table import Row, StateTable

LONGEST: Final = timedelta(days=366)
"""A year; the law has no number, this one is ours."""


class DelegatedPart(Enum):
    """What of the person's view is delegated."""

    DISCLOSURES = "DISCLOSURES"
    ORDERS = "ORDERS"
    LISTING = "LISTING"
    OBJECTIONS = "OBJECTIONS"
    CREDIT_FILE = "CREDIT_FILE"


class DelegationState(Enum):
    GIVEN = "GIVEN"
    REVOKED = "REVOKED"


class DelegationEvent(Enum):
    GIVE = "GIVE"
    REGISTER = "REGISTER"
    REVOKE = "REVOKE"
    RENOUNCE = "RENOUNCE"


class DelegationActor(Enum):
    PERSON = "PERSON"
    DELEGATE = "DELEGATE"
    COURT = "COURT"


_S, _E, _A = DelegationState, DelegationEvent, DelegationActor

DELEGATION: Final = StateTable(
    "delegation",
    (
        Row(None, _E.GIVE, _A.PERSON, _S.GIVEN),
        Row(None, _E.REGISTER, _A.COURT, _S.GIVEN),
        Row(_S.GIVEN, _E.REVOKE, _A.PERSON, _S.REVOKED),  # or a court that is shown so
        Row(_S.GIVEN, _E.RENOUNCE, _A.DELEGATE, _S.REVOKED),
    ),
)


class Standing(Enum):
    """Whether a delegation counts on a day."""

    IN_FORCE = "IN_FORCE"
    NOT_BEGUN = "NOT_BEGUN"
    OVER = "OVER"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From which day to which, both of them included."""

    starts_on: date
    ends_on: date


def standing(state: DelegationState, term: Term, on: date) -> Standing:
    """Return whether a delegation counts on that day; its end needs nobody's deed."""
    if state is DelegationState.REVOKED:
        return Standing.REVOKED
    if on < term.starts_on:
        return Standing.NOT_BEGUN
    return Standing.OVER if on > term.ends_on else Standing.IN_FORCE


def may_be_given(
    giver: IdNumber, to: IdNumber, parts: Collection[DelegatedPart], term: Term, today: date
) -> None:
    """Refuse a delegation that could not be one.

    Args:
        giver: whose view it is; a delegate has none to give (民法典 169).

    Raises:
        GuardRefused: D1 to D3.
    """
    if to == giver or is_organization(to):
        raise GuardRefused("D1", "民法典 161", "Name another person. 受托人须为他人且为自然人")
    if not parts:
        raise GuardRefused("D2", "民法典 165", "Name what is delegated. 请写明委托权限")
    if not today <= term.ends_on or not term.starts_on <= term.ends_on:
        raise GuardRefused(
            "D3", "民法典 165", "Its days must be in order, the last not over. 期限有误"
        )
    if term.ends_on - term.starts_on >= LONGEST:
        raise GuardRefused("D3", "民法典 165", "A year at most; give it again then. 最长一年")
