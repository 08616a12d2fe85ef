"""
Grants: in which role somebody may act, for what, on which paper, and until when.

A grant is never eternal and never inherited: it is given anew, at the latest after a year, by who has
looked at the agreement and the impact assessment again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain import catalogue
from domain.purpose import Purpose

LONGEST: Final = timedelta(days=366)
"""A grant has to be confirmed every year; the day on which it is stays a little free."""
_COURTS: Final = {"higher-court-judge": "higher-court", "data-subject": "public"}
_COURT: Final = "court"
_DEPARTMENT: Final = "dept:"
# Roles that many units have: which one it is, the organisation says.
_SHARED: Final = frozenset({"dept:screening-only", "dept:subdistrict"})
_OF_ORGANISATIONS: Final = frozenset({"credit-platform"})


class GrantRefused(ValueError):
    """The grant would give what may not be given; the message says which rule it breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one holder, a client or a person, may do from one day to another.

    Attributes:
        role: None for a client that people sign in with: they bring their own.
        scopes: what of the role's is granted; nobody ever has more than the role holds.
        purposes: for which cases may be opened.
        owner: the person at the organisation who answers for it.
        agreement: reference of the agreement (网络数据安全管理条例 art. 12).
        assessment: reference of the impact assessment (PIPL 55–56).
    """

    role: str | None
    organisation: str
    owner: str
    scopes: frozenset[str]
    purposes: frozenset[Purpose]
    agreement: str
    assessment: str
    granted_at: datetime
    expires_at: datetime


def require_grantable(grant: Grant) -> None:
    """Refuse *grant* if it gives what nobody may be given.

    Raises:
        GrantRefused: it does not end within a year, names no paper, or reaches beyond its role; a
            department can be its own role alone.
    """
    if not grant.granted_at < grant.expires_at <= grant.granted_at + LONGEST:
        raise GrantRefused("A grant ends after it begins, and within a year.")
    if not all(text.strip() for text in (grant.owner, grant.agreement, grant.assessment)):
        raise GrantRefused("A grant names its owner, its agreement and its impact assessment.")
    if grant.role is None:
        if grant.scopes:
            raise GrantRefused("A client without a role has no scopes of its own.")
        return
    try:
        role = catalogue.role(grant.role)
    except KeyError:
        raise GrantRefused(f"There is no role {grant.role}.") from None
    if not grant.scopes:
        raise GrantRefused("A grant without scopes allows nothing.")
    if not grant.purposes:
        raise GrantRefused("A grant says for which purposes.")
    if beyond := grant.scopes - role.scopes:
        raise GrantRefused(f"The role {role.id} does not hold {', '.join(sorted(beyond))}.")
    if not _may_be(grant.organisation, role.id):
        raise GrantRefused(f"{grant.organisation} cannot be {role.id}.")


def _may_be(organisation: str, role: str) -> bool:
    """Return whether people or systems of *organisation* can have *role*."""
    if role in _SHARED:
        own = f"{_DEPARTMENT}{organisation}"
        return own == role or (
            organisation in catalogue.departments()
            and own not in _roles()
            and organisation != _COURT
        )
    if role.startswith(_DEPARTMENT):
        return organisation == role.removeprefix(_DEPARTMENT)
    if role in _OF_ORGANISATIONS:
        return organisation == role
    if role in {"coordination-reader", "lawyer"}:
        return organisation != _COURT and bool(organisation)
    return organisation == _COURTS.get(role, _COURT)


def _roles() -> frozenset[str]:
    return frozenset(role.id for role in catalogue.roles())


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a holder could do on a later day and not on an earlier one, and the reverse."""

    holder: str
    gained: frozenset[str]
    lost: frozenset[str]


def changes(
    before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]
) -> list[Change]:
    """Return who gained or lost what, by holder; who has the same as before is left out."""
    found = []
    for holder in sorted({*before, *after}):
        had, has = frozenset(before.get(holder, ())), frozenset(after.get(holder, ()))
        if had != has:
            found.append(Change(holder=holder, gained=has - had, lost=had - has))
    return found
