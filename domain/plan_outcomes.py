"""The line of an asset that is taken, asked about or left, and what the law adds to taking it."""

from dataclasses import replace
from typing import Final

from domain.asset_gates import TAX_REFUNDS
from domain.catalogue import Exemption
from domain.exemption import exemption_of
from domain.facts import RefundRoute
from domain.found_asset import permitted_controls
from domain.money import Fen
from domain.plan_line import Candidate, Decision, PlanLine, PlanNote, PlanReason

_NONE: Final = Fen(0)
_R, _N = PlanReason, PlanNote


def why_nothing(candidate: Candidate) -> PlanReason:
    if candidate.under_order:
        return _R.ORDERED_ALREADY
    return _R.HELD_BEFORE if candidate.asset.standing else _R.NOTHING_FREE


def notes_of(candidate: Candidate) -> list[PlanNote]:
    """Return what the law adds to taking such an asset (domain.md 5.3)."""
    asset, notes = candidate.asset, []
    if exemption_of(asset.kind, asset.exempt) is Exemption.DISPOSAL_ONLY:
        notes.append(_N.NEVER_SOLD)
    if asset.kind == "housingFund":
        notes.append(_N.DEDUCTION_GATES)
    if asset.kind == "equity":
        notes += [_N.BY_PUBLICITY, _N.BY_CAPITAL]
    if asset.kind in TAX_REFUNDS:
        notes.append(_N.REFUND_ROUTE)
        if asset.pledged is None:
            notes.append(_N.PLEDGE_UNKNOWN)
    if asset.pledged:
        notes.append(_N.PLEDGE_MARKED if asset.kind == "securities" else _N.PLEDGEE_FIRST)
    return notes


def takes(candidate: Candidate, **found: object) -> PlanLine:
    kind = candidate.asset.kind
    route = RefundRoute.VIA_REFUND_ACCOUNT if kind in TAX_REFUNDS else None
    line = PlanLine(
        candidate=candidate,
        decision=Decision.TAKE,
        reason=_R.IN_ORDER,
        action=permitted_controls(kind)[0],
        route=route,
    )
    return replace(line, **found)  # type: ignore[arg-type]  # fields of a line


def asks(candidate: Candidate, reason: PlanReason, controllable: Fen | None = None) -> PlanLine:
    return PlanLine(
        candidate=candidate, decision=Decision.ASK, reason=reason, controllable=controllable
    )


def leaves(
    candidate: Candidate,
    reason: PlanReason,
    controllable: Fen | None = None,
    *,
    kept: Fen = _NONE,
) -> PlanLine:
    return PlanLine(
        candidate=candidate,
        decision=Decision.LEAVE,
        reason=reason,
        controllable=controllable,
        kept=kept,
    )
