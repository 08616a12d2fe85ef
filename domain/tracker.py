"""What a person is told of look-ups about him, and what is hidden for a while (PIPL arts. 18, 35)."""

from datetime import datetime, timedelta
from typing import Final

from domain.purpose import Purpose

# A debtor who reads that his accounts were looked at moves the money before it is frozen.
_HIDDEN: Final = frozenset(
    {Purpose.PROPERTY_INQUIRY, Purpose.CONTROL, Purpose.DEDUCTION, Purpose.LOCATE}
)


def is_hidden(
    purpose: Purpose | None,
    at: datetime,
    now: datetime,
    *,
    held: datetime | None,
    longest: timedelta,
) -> bool:
    """Return whether a look-up at *at* is still kept from the person it was about.

    It is told once a hold on that person was executed in its case, and after *longest* in any case; nobody has to
    remember to un-hide it.

    Args:
        held: when a hold on the person was first executed in the case; None if none was: one on another
            obligor says nothing to this one, whose property may still be moved.
    """
    if purpose not in _HIDDEN or now >= at + longest:
        return False
    return held is None or now < held


def action(purpose: Purpose | None, kind: str, *, by_delegate: bool = False) -> tuple[str, str]:
    """Return in plain words, Chinese and English, what was done."""
    if by_delegate:
        return "您的受托人查看了您的信息", "Whom you delegated looked at your data"
    if kind == "SCREENING":
        return _WORDS[kind]
    if purpose is not None:
        return f"因{purpose.zh}查询您的信息", f"Your data were looked at: {purpose.en.lower()}"
    return _WORDS.get(kind, ("处理您的信息", "Your data were processed"))


_WORDS: Final = {
    "SCREENING": ("将您的信息与失信被执行人名单比对", "You were compared with the list"),
    "STEP": ("就您的事项办理执行或名单手续", "A step was taken in a matter of yours"),
    "DISCLOSURE": ("查看与您有关的案件材料", "Court papers about you were looked at"),
}
