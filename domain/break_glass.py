"""
Break-glass (应急访问): a case opened by an officer who does not handle it, because nobody who does is there.

For a quarter of an hour, for reading alone, with a written reason; the command centre hears of it at once
and somebody else reviews it within a day.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from domain.purpose import Purpose

OPEN_FOR: Final = timedelta(minutes=15)
REVIEW_WITHIN: Final = timedelta(hours=24)
MOST_A_DAY: Final = 3
"""How often one officer may in a day: more is no emergency."""
SHORTEST_REASON: Final = 20
LONGEST_REASON: Final = 2000
# For reading: never for what leads to an order.
PURPOSES: Final = frozenset({Purpose.PROPERTY_INQUIRY, Purpose.LOCATE})


class Verdict(Enum):
    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"


class BreakGlassRefused(Exception):
    """The case is not opened; `rule` is a stable word, the message what would satisfy it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def require_reason(reason: str) -> str:
    """Return *reason* without its margins.

    Raises:
        BreakGlassRefused: too short to be read as one, or too long to be read.
    """
    text = " ".join(reason.split())
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        raise BreakGlassRefused(
            "REASON",
            f"Write why, in {SHORTEST_REASON} to {LONGEST_REASON} characters. 请写明应急访问的理由",
        )
    return text


def may_open(*, purpose: Purpose, handles: bool, opened_today: int) -> None:
    """Refuse an opening that is none.

    Args:
        handles: whether the case is assigned to the officer, who then needs no opening.
        opened_today: how many openings the officer had in the last 24 hours.

    Raises:
        BreakGlassRefused: see there.
    """
    if handles:
        raise BreakGlassRefused("HANDLED", "You handle this case: open it as usual. 您是本案承办人")
    if purpose not in PURPOSES:
        raise BreakGlassRefused(
            "PURPOSE",
            f"Only for {' or '.join(sorted(one.value for one in PURPOSES))}: never for orders. "
            "应急访问仅限查询，不得用于查控",
        )
    if opened_today >= MOST_A_DAY:
        raise BreakGlassRefused(
            "TOO_OFTEN", f"At most {MOST_A_DAY} times a day. 24小时内应急访问次数已达上限"
        )


def may_review(*, officer: str, reviewer: str, reviewed_at: datetime | None) -> None:
    """Refuse a review by who opened the case, or a second one.

    Raises:
        BreakGlassRefused: see there.
    """
    if officer == reviewer:
        raise BreakGlassRefused("FOUR_EYES", "Somebody else reviews it. 不得自行复核")
    if reviewed_at is not None:
        raise BreakGlassRefused("REVIEWED", "It was reviewed already. 已复核")
