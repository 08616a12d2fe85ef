"""
Which assets to control for a claim (domain.md 5.4–5.6): proposed by rule, explained line by line.

Assets are gone through in order of preference, the same order whatever order they came in: what an
officer puts first, then by rank of the kind, what is in no doubt before what is, the largest first,
so that few assets are touched. Money is taken exactly, shares to the share; a thing that cannot be
parted is taken if it stays within the tolerance. Once the claim is covered nothing more is.

A larger claim never gets less: up to the first asset where two plans differ they are the same, and
there the smaller claim is covered already, or the asset is too much for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain import catalogue
from domain.cover import CoverPolicy
from domain.found_asset import ExemptionHint, controllable_fen, exemption_hint
from domain.guard_refused import GuardRefused
from domain.money import Fen
from domain.plan_line import NO_WISH, Candidate, PlanCase, PlanLine, Wish, valued
from domain.plan_making import PlanInMaking
from domain.plan_shares import own_shares_fen
from domain.refund_accounts import reached_at

_HUNDRED: Final = 100
_DOUBT: Final = (None, ExemptionHint.FLOOR, ExemptionHint.DISPOSAL_ONLY, ExemptionHint.REVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPlan:
    """A plan; amounts in fen.

    Attributes:
        target: what was to be covered.
        tolerance: by which things that cannot be parted may exceed it.
        covered: by the lines that are taken.
    """

    claim: Fen
    committed: Fen
    target: Fen
    tolerance: Fen
    covered: Fen
    lines: tuple[PlanLine, ...]

    @property
    def shortfall(self) -> Fen:
        return Fen(max(0, self.target - self.covered))


def control_plan(
    case: PlanCase,
    candidates: Iterable[Candidate],
    policy: CoverPolicy,
    *,
    wishes: Mapping[tuple[str, str, str], Wish] = MappingProxyType({}),
) -> ControlPlan:
    """Return what to control for the claim of *case*: deterministic, whatever order *candidates* have.

    Args:
        wishes: the officer's, by `Candidate.key`.

    Source:
        CPL 253; 查扣冻规定 arts. 3–5, 19; 财产保全规定 art. 13; domain.md 5.3–5.9; I-01 to I-04,
        I-07, I-12, I-14.
    """
    found = list(candidates)
    committed = Fen(case.committed + own_shares_fen(case.number, found, policy))
    target = Fen(max(0, case.claim - committed))
    tolerance = Fen(case.claim * policy.tolerance_percent // _HUNDRED)
    if case.asked is not None:
        target = Fen(min(target, max(0, case.asked)))
        tolerance = Fen(min(tolerance, target * policy.tolerance_percent // _HUNDRED))
    making = PlanInMaking(case, policy, target, tolerance, reached_at(found))
    for candidate in sorted(found, key=lambda one: _turn(one, wishes, policy)):
        making.add(candidate, wishes.get(candidate.key, NO_WISH))
    return ControlPlan(
        claim=case.claim,
        committed=committed,
        target=target,
        tolerance=tolerance,
        covered=Fen(making.covered),
        lines=tuple(making.lines),
    )


def lines_are_within(left: int, amounts: Iterable[int]) -> None:
    """Check that lines to be drafted together take no more than the claim leaves, in fen.

    Raises:
        GuardRefused: G6.
    """
    if sum(amounts) > left:
        raise GuardRefused(
            "G6",
            "I-01; CPL 253; 查扣冻规定 art. 19",
            f"Together the lines take more than the {max(0, left)} fen that the claim leaves after "
            "the case's orders and drafts: lower them, or cancel a draft. 各行合计超出标的额",
        )


def _turn(
    candidate: Candidate, wishes: Mapping[tuple[str, str, str], Wish], policy: CoverPolicy
) -> tuple[object, ...]:
    """Return when *candidate* has its turn; the largest of a kind first."""
    asset = candidate.asset
    wish = wishes.get(candidate.key, NO_WISH)
    hint = exemption_hint(asset, natural_person=candidate.natural_person)
    return (
        not wish.first,
        catalogue.asset_kind(asset.kind).rank,
        asset.kind,
        _DOUBT.index(hint) if hint in _DOUBT else len(_DOUBT),
        asset.pledged is True,
        -(controllable_fen(valued(candidate, wish).asset, policy) or 0),
        candidate.department,
        asset.record,
        candidate.id_number,
        repr(candidate),
    )
