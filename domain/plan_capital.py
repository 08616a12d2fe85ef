"""Shares in companies in a control plan: ordered by subscribed capital, counted by what they are worth.

The register counts a freeze in capital, whatever the share would sell for: a limit in money of the claim
would freeze more or less than it is said to cover.
"""

from domain.cover import CoverPolicy
from domain.found_asset import capital_fen, capital_taken
from domain.money import Fen
from domain.plan_line import Candidate


def capital_free(candidate: Candidate) -> Fen | None:
    """Return the capital that no hold binds and no order of this case asks for; None if unknown."""
    asset, taken = candidate.asset, capital_taken(candidate.asset)
    if asset.capital is None or taken is None:
        return None
    return Fen(max(0, asset.capital - taken - candidate.ordered))


def capital_worth(candidate: Candidate, capital: int, policy: CoverPolicy) -> Fen | None:
    """Return what *capital* of the share is worth, in fen of a claim; None if unknown."""
    return capital_fen(candidate.asset, capital, policy) if capital else Fen(0)
