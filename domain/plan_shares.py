"""Shares in a control plan: ordered by quantity, counted by what they are worth."""

from collections.abc import Callable, Iterable

from domain.cover import CoveringHold, CoverPolicy, worth
from domain.money import Fen
from domain.plan_line import Candidate


def shares_free(candidate: Candidate) -> int | None:
    """Return how many shares nothing binds and no order of this case asks for; None if unknown."""
    asset = candidate.asset
    if asset.quantity is None:
        return None
    free = asset.free_quantity
    if free is None:
        taken = [hold.quantity for hold in asset.standing]
        if None in taken or asset.pledged is not False:
            return None
        free = asset.quantity - sum(quantity or 0 for quantity in taken)
    return max(0, min(free, asset.quantity) - candidate.ordered_quantity)


def shares_worth(candidate: Candidate, quantity: int, policy: CoverPolicy) -> Fen | None:
    """Return what *quantity* of the shares are worth, less the haircut; None if unknown."""
    asset = candidate.asset
    if not quantity or not asset.quantity:
        return Fen(0)
    if asset.value is None:
        return None
    held = CoveringHold(
        id="",
        asset_kind=asset.kind,
        record=asset.record,
        waiting=False,
        value=Fen(asset.value * quantity // asset.quantity),
    )
    return worth(held, policy)


def fewest(free: int, need: int, most: int, worth_of: Callable[[int], Fen | None]) -> int:
    """Return the fewest parts of *free* that are worth *need*, or as many as are not worth *most*.

    Args:
        need, most: in fen, *need* not more than *most*.
        worth_of: what so many parts are worth in fen; it grows with them.
    """
    low, high = 0, free
    while low < high:
        middle = (low + high) // 2
        if (worth_of(middle) or 0) >= need:
            high = middle
        else:
            low = middle + 1
    over = (worth_of(low) or 0) > most
    return low - 1 if over else low


def own_shares_fen(case_number: str, found: Iterable[Candidate], policy: CoverPolicy) -> int:
    """Return what shares are worth that the case's own orders hold or ask for: cover counts none."""
    total = 0
    seen: set[tuple[str, str, str]] = set()
    for candidate in found:
        asset = candidate.asset
        if asset.quantity is None or candidate.key in seen:
            continue
        seen.add(candidate.key)
        held = sum(h.quantity or 0 for h in asset.standing if h.case_number == case_number)
        counted = min(asset.quantity, held + candidate.ordered_quantity)
        total += shares_worth(candidate, counted, policy) or 0
    return total
