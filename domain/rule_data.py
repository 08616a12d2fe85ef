"""The shapes of the packaged rule data; `domain.catalogue` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a group (domain.md 8.4, 8.5).

    Attributes:
        group: id of an asset kind or of another field group.
        type: as the graph spells it, such as ``[Hold!]!``.
        sensitivity: ``public``, ``internal``, ``personal`` or ``sensitive`` (8.2).
        mask: rule id of `domain.masks`; None is never masked.
        identifying: whether the value alone can name a person.
        standard: the standard that the value follows.
        unit: ``fen``, ``shares``, ``m2`` or ``percent``.
    """

    group: str
    name: str
    zh: str
    type: str
    sensitivity: str
    mask: str | None
    identifying: bool
    standard: str | None
    note: str | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that are no asset's: identity, relations, list, orders, …

    Attributes:
        owners: ids of the departments that keep the records.
        default: ``on``, or ``off`` where reading must be switched on deliberately.
    """

    id: str
    zh: str
    en: str
    owners: tuple[str, ...]
    default: str
    note: str | None
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One thing that may be ordered on a kind of asset; terms in months, None where none applies.

    Attributes:
        action: ``query``, ``seal``, ``freeze``, ``renew``, …
        max_months: the longest first term.
        renew_max_months: the longest term of each renewal.
        confidence: ``A`` rule text read, ``B`` confirmed by excerpt, ``C`` check before go-live.
    """

    action: str
    zh: str
    max_months: int | None
    default_months: int | None
    renew_max_months: int | None
    required_documents: tuple[str, ...]
    conditions: tuple[str, ...]
    effect: str
    basis: str
    confidence: str


class Exemption(Enum):
    """How an exempt part of an asset holds an order back (domain.md 5.5)."""

    ABSOLUTE = "ABSOLUTE"
    """May not be controlled; nobody can override it."""
    FLOOR = "FLOOR"
    """An amount stays free."""
    DISPOSAL_ONLY = "DISPOSAL_ONLY"
    """May be held, not sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    """A kind of asset: who holds it, what may be ordered on it, what is exempt.

    Attributes:
        holders: ids of the departments that keep the register, the leading one first.
        controls: by action.
        rank: lower is suggested first (domain.md 5.6); configuration, not law.
        scope_prefix: of its OAuth scopes: ``vehicles`` in ``vehicles:read``.
        exemptions: what is exempt, in words, and how.
    """

    id: str
    zh: str
    en: str
    holders: tuple[str, ...]
    fungible: bool
    divisible: bool
    rank: int
    scope_prefix: str
    controls: Mapping[str, Control]
    exemptions: Mapping[str, Exemption]
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """An OAuth scope (domain.md 10); *groups* may name one view, such as ``listEntry.public``."""

    id: str
    zh: str
    en: str
    groups: tuple[str, ...]
    action: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    id: str
    zh: str
    en: str
    grant: str
    scopes: frozenset[str]
    constraints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department or body.

    Attributes:
        successor_zh: its name after a later reform; None if it still stands.
        owns: field groups and asset kinds whose records it keeps.
        executes: actions it carries out, by asset kind (``person`` for locating and exit).
    """

    id: str
    zh: str
    en: str
    category: str
    aliases: tuple[str, ...]
    successor_zh: str | None
    owns: tuple[str, ...]
    executes: Mapping[str, frozenset[str]]
