"""
The officer's duty of reason: on which document a look-up rests, and when one needs words of its own.

Whoever works on an open case looks into it under the document that is being enforced. Everybody else
names the paper that sent them, and whoever looks at the same person again says why.

Source:
    domain.md 5.15 (PIPL 6, 13(3), 34), 10; 网络查询冻结规定 art. 7; docs/decisions/0036-duty-of-reason.md.
"""

from typing import Final

from domain.purpose import Purpose

LONGEST_DOCUMENT: Final = 128  # characters
LONGEST_REASON: Final = 500
SHORTEST_REASON: Final = 6
"""A reason that can be read: 上级法院督办 has six characters."""

# Their reason lies outside the file of the case: a letter of supervision, an objection, an audit's order.
_FROM_OUTSIDE: Final = frozenset({Purpose.SUPERVISION, Purpose.OBJECTION_REVIEW, Purpose.AUDIT})


def needs_document(purpose: Purpose, *, outside: bool) -> bool:
    """Return whether a look-up must name its source document (依据文书号).

    Args:
        outside: whether who asks does not work on the case, or there is none.
    """
    return outside or purpose in _FROM_OUTSIDE


def needs_reason(*, outside: bool, looked_before: bool) -> bool:
    """Return whether a look-up at somebody must be explained in words.

    Args:
        looked_before: whether the same person looked at the same one outside an active case before.
    """
    return outside and looked_before


def is_reason(text: str) -> bool:
    """Return whether *text*, without blanks around it, can be one."""
    return SHORTEST_REASON <= len(text) <= LONGEST_REASON
