"""What must stay with the debtor: property nobody may control, and an amount to live on."""

from collections.abc import Collection

from domain import catalogue
from domain.catalogue import Exemption
from domain.money import Fen


class InvalidFloor(ValueError):
    """A floor is an amount a month for somebody; the message repeats no number."""

    code = "INVALID_FLOOR"


def floor_fen(monthly_standard: Fen, *, persons: int, months: int) -> Fen:
    """Return what stays free: the local monthly standard × persons × months, all configuration.

    Args:
        persons: the debtor and the dependants.
        months: for how long; 0 keeps nothing free, which a human must have decided.

    Raises:
        InvalidFloor: a part is negative, or nobody lives on it.

    Source:
        查扣冻规定 art. 3; CPL (2023) art. 254; domain.md 5.5.
    """
    if monthly_standard < 0 or persons < 1 or months < 0:
        raise InvalidFloor(
            "A floor takes a standard, at least the debtor, and months. 生活保障标准、人数或月数有误"
        )
    return Fen(monthly_standard * persons * months)


def available_after_floor(
    balance: Fen, floor: Fen, *, held: int = 0, kept_elsewhere: int = 0
) -> Fen:
    """Return how much of *balance* may still be held or taken, never negative; all in fen.

    Args:
        held: what stands on the balance already.
        kept_elsewhere: what stays free of the same floor in the household's other accounts.
    """
    still_needed = max(0, floor - max(0, kept_elsewhere))
    return Fen(max(0, balance - held - still_needed))


def exemption_of(asset_kind: str, found: Collection[str]) -> Exemption | None:
    """Return the strictest effect of what was *found* exempt; None if nothing was.

    Words that the kind does not know are `ABSOLUTE`: somebody saw a reason that nobody wrote down.

    Source:
        查扣冻规定 arts. 3–5; domain.md 5.5.
    """
    known = catalogue.asset_kind(asset_kind).exemptions
    effects = {known.get(words, Exemption.ABSOLUTE) for words in found}
    strictest_first = (Exemption.ABSOLUTE, Exemption.FLOOR, Exemption.DISPOSAL_ONLY)
    return next((effect for effect in strictest_first if effect in effects), None)


def has_floor(asset_kind: str) -> bool:
    """Whether the kind is something a person lives on, so that an amount of it stays free."""
    return Exemption.FLOOR in catalogue.asset_kind(asset_kind).exemptions.values()


def largest_hold(  # noqa: PLR0913 -- a limit has these parts
    asset_kind: str,
    found: Collection[str],
    *,
    balance: Fen,
    floor: Fen,
    held: int = 0,
    kept_elsewhere: int = 0,
) -> Fen:
    """Return the most that one more hold may take of a *balance*, in fen (I-12)."""
    if exemption_of(asset_kind, found) is Exemption.ABSOLUTE:
        return Fen(0)
    return available_after_floor(balance, floor, held=held, kept_elsewhere=kept_elsewhere)
