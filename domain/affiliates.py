"""
Whom a debtor leads to: people behind an organisation, family. They are no obligors.

Their identity, travel documents and vehicles may be looked at, with a reason in words and a notice to
the supervisor; nothing of theirs is ever controlled. From them nobody is led further, so that a circle
of relations ends where it began. Of family not even the names are asked for, unless a reason code
says what the family has to do with the case.

Source:
    domain.md 5.15, "Related persons"; seed 二(七)1; 网络查询冻结规定 art. 7.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

AFFILIATED: Final = "AffiliatedPerson"
"""Their type in the graph: it has no field that a control could point at, and none that leads on."""

RELATIONS: Final = "Debtor.relatedPersons"


class FamilyReason(Enum):
    """Why a debtor's spouse and family are asked about (C: the codes are ours)."""

    COMMUNITY_PROPERTY = "COMMUNITY_PROPERTY"
    HELD_FOR_DEBTOR = "HELD_FOR_DEBTOR"
    TRANSFERRED_TO_FAMILY = "TRANSFERRED_TO_FAMILY"
    DEPENDANTS = "DEPENDANTS"
    FAMILY_DWELLING = "FAMILY_DWELLING"


def reaches_relations(coordinates: Iterable[str]) -> bool:
    """Return whether one of *coordinates* names whom a debtor leads to."""
    return RELATIONS in coordinates


def reaches_affiliates(coordinates: Iterable[str]) -> bool:
    """Return whether one of *coordinates*, as ``Type.field``, tells of somebody behind a debtor."""
    return any(one.partition(".")[0] == AFFILIATED for one in coordinates)
