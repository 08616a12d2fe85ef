"""
Whom a debtor leads to: people behind an organisation, family. They are no obligors.

Their identity, travel documents and vehicles may be looked at, with a reason in words and a notice to
the supervisor; nothing of theirs is ever controlled. From them nobody is led further, so that a circle
of relations ends where it began.

Source:
    domain.md 5.15, "Related persons"; seed 二(七)1; 网络查询冻结规定 art. 7.
"""

from collections.abc import Iterable
from typing import Final

AFFILIATED: Final = "AffiliatedPerson"
"""Their type in the graph: it has no field that a control could point at, and none that leads on."""


def reaches_affiliates(coordinates: Iterable[str]) -> bool:
    """Return whether one of *coordinates*, as ``Type.field``, tells of somebody behind a debtor."""
    return any(one.partition(".")[0] == AFFILIATED for one in coordinates)
