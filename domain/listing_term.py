"""How long a listing lasts (DL-08): two years, up to three more, or until there is a cause to end it."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from domain.hold_term import add_months
from domain.misconduct import WITHOUT_TERM, Misconduct

_YEAR: Final = 12  # months
_BASE: Final = 2  # years
_LONGEST_EXTENSION: Final = 3


class NoSuchTerm(ValueError):
    """The listing cannot last that long, or has no term that could be extended."""

    code = "NO_SUCH_TERM"


def term_ends_on(decided_on: date, misconduct: Collection[Misconduct]) -> date | None:
    """Return the last day of a listing decided on *decided_on*; None if it has no fixed term.

    Several kinds of conduct, one of them with a term: the term counts, for the person.

    Source:
        法释〔2017〕7号 art. 2; domain.md 5.10 (I-38).
    """
    if set(misconduct) == {WITHOUT_TERM}:
        return None
    return _years_later(decided_on, _BASE)


def extended_to(
    decided_on: date, ends_on: date | None, misconduct: Collection[Misconduct], years: int
) -> date:
    """Return the last day after an extension by *years* for serious or several kinds of conduct.

    Raises:
        NoSuchTerm: no fixed term, not one to three years, or more than five in all (I-38).
    """
    if ends_on is None:
        raise NoSuchTerm("A listing under condition (1) alone has no term to extend. 无固定期限")
    if not _is_serious(misconduct):
        raise NoSuchTerm(
            "Only serious force or threat, or several kinds of conduct, extend a term. 不符合延长条件"
        )
    if not 1 <= years <= _LONGEST_EXTENSION:
        raise NoSuchTerm("An extension is one to three years. 延长期限为一至三年")
    extended = add_months(ends_on, years * _YEAR)
    if extended > _years_later(decided_on, _BASE + _LONGEST_EXTENSION):
        raise NoSuchTerm("No listing lasts more than five years. 名单期限最长五年")
    return extended


def corrected_term(
    decided_on: date,
    ends_on: date | None,
    before: Collection[Misconduct],
    after: Collection[Misconduct],
) -> date | None:
    """Return the last day once the conduct *before* was put right to *after* (art. 9).

    An extension stays only where what is left would carry it.
    """
    first = term_ends_on(decided_on, before)
    extended = ends_on is not None and first is not None and ends_on > first
    right = term_ends_on(decided_on, after)
    return ends_on if right is not None and extended and _is_serious(after) else right


def _is_serious(misconduct: Collection[Misconduct]) -> bool:
    return Misconduct.OBSTRUCTS_BY_FORCE_OR_FORGERY in misconduct or len(set(misconduct)) > 1


def _years_later(day: date, years: int) -> date:
    return add_months(day, years * _YEAR) - timedelta(days=1)
