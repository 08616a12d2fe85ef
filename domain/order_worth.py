"""What an order takes of the claim: money what it is, shares and things what they are worth (domain.md 5.4)."""

from domain.cover import CoveringHold, CoverPolicy, worth
from domain.money import Fen


def counted_fen(
    *,
    part: int,
    amount: Fen | None,
    quantity: int | None,
    value: Fen | None,
    kept: bool,
) -> Fen:
    """Return what *part* of an order's limit counts for the claim, in fen, rounded down.

    Without a value the limit counts, and shares nothing. A thing that is held for a recorded reason although
    it is worth more than is owed counts by its limit: more than that is not needed of it.

    Args:
        part: of the limit, in its unit: all of it, or what is held.
        amount, quantity: the limit, one of them.
        value: what the whole limit counts for.
        kept: whether such a reason is recorded.
    """
    limit = quantity if amount is None else amount
    if amount is not None and (value is None or kept):
        return Fen(part)
    return Fen((value or 0) * part // limit) if limit else Fen(0)


def value_of_shares(
    asked: int, *, of: int | None, market_value: Fen | None, policy: CoverPolicy
) -> Fen | None:
    """Return what *asked* shares of a lot count for, after the haircut; None if nobody knows.

    Args:
        of: shares in the lot.
        market_value: of the lot, in fen.
    """
    if not of or market_value is None:
        return None
    held = CoveringHold(
        id="",
        asset_kind="securities",
        record="",
        waiting=False,
        value=Fen(market_value * min(asked, of) // of),
    )
    return worth(held, policy)
