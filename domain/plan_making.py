"""A control plan in the making: what each asset in its turn is taken for, or why it is not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain import catalogue
from domain.asset_gates import TAX_REFUNDS
from domain.catalogue import Exemption
from domain.cover import CASH, CoverPolicy
from domain.exemption import available_after_floor, exemption_of, has_floor
from domain.facts import RefundRoute
from domain.found_asset import BY_CAPITAL, controllable_fen, permitted_controls
from domain.identity import IdNumber  # noqa: TC001 -- the annotation of an attribute
from domain.money import Fen
from domain.plan_capital import capital_free, capital_worth
from domain.plan_line import (
    Candidate,
    Decision,
    PlanCase,
    PlanLine,
    PlanNote,
    PlanReason,
    Wish,
    valued,
)
from domain.plan_outcomes import asks, leaves, notes_of, takes, why_nothing
from domain.plan_shares import fewest, shares_free, shares_worth
from domain.refund_accounts import Reached

_NONE: Final = Fen(0)
_R, _N = PlanReason, PlanNote
_OF_ITS_OWNER: Final = (_R.NOT_AN_OBLIGOR, _R.BANKRUPT)  # a co-owner's is another matter


class PlanInMaking:
    """A plan in the making: assets are added in their turn."""

    def __init__(
        self,
        case: PlanCase,
        policy: CoverPolicy,
        target: Fen,
        tolerance: Fen,
        accounts: Mapping[Reached, Candidate],
    ) -> None:
        self.case = case
        self.policy = policy
        self.target = target
        self.tolerance = tolerance
        self.accounts = accounts
        self.covered = 0
        self.lines: list[PlanLine] = []
        self._seen: set[tuple[str, ...]] = set()
        self._kept: dict[IdNumber, int] = {}

    @property
    def left(self) -> int:
        return max(0, self.target - self.covered)

    def add(self, candidate: Candidate, wish: Wish) -> None:
        appraised = wish.value is not None and candidate.asset.kind not in CASH
        line = self._line(valued(candidate, wish), wish)
        notes = [*line.notes]
        stated = [wish.leave] if line.reason is _R.LEFT_BY_OFFICER else []
        reached, is_refund = self._reached(candidate), candidate.asset.kind in TAX_REFUNDS
        named = line.decision in {Decision.TAKE, Decision.WATCH} and not (
            is_refund and reached is candidate
        )
        if line.decision is Decision.TAKE:
            notes += notes_of(line.candidate)
            said = ((_N.PREFERRED, wish.first), (_N.NOT_EXEMPT, self._answer(line.candidate, wish)))
            notes += [note for note, why in said if why]
            stated += [why for _, why in said]
            stated += [wish.whole] if _N.TAKEN_WHOLE in notes else []
        if appraised and line.controllable is not None:
            notes.append(_N.APPRAISED)
        self.covered += line.covers
        self.lines.append(
            replace(
                line,
                candidate=candidate,
                record=reached.asset.record if named else None,
                refund=candidate.asset.record if is_refund else None,
                notes=tuple(notes),
                stated=tuple(why for why in stated if why),
            )
        )

    def _answer(self, candidate: Candidate, wish: Wish) -> str | None:
        doubtful = candidate.asset.doubtful or self._reached(candidate).asset.doubtful
        return wish.not_exempt if doubtful else None

    def _line(self, candidate: Candidate, wish: Wish) -> PlanLine:
        barred = self._barred(candidate, wish)
        if barred is None or barred.reason not in _OF_ITS_OWNER:
            self._seen.update(_known_by(candidate))
        if barred is not None:
            if barred.reason is _R.LEFT_BY_OFFICER:
                self._keep(candidate, barred.controllable or 0)
            return barred
        asset = candidate.asset
        in_shares = asset.in_shares or asset.quantity is not None
        if asset.kind in BY_CAPITAL or (in_shares and asset.kind not in CASH):
            return self._shares(candidate)
        whole = not catalogue.asset_kind(asset.kind).divisible
        if whole and candidate.under_order:
            return leaves(candidate, _R.ORDERED_ALREADY, _NONE)
        free = controllable_fen(asset, self.policy)
        refund = asset.kind in TAX_REFUNDS
        stopped = self._unreachable(candidate, free, wish) if refund else None
        if stopped is not None or free is None:
            return stopped or asks(candidate, _unknown(asset.kind))
        if whole:
            return self._whole(candidate, free, wish)
        return self._part(candidate, Fen(max(0, free - candidate.ordered)))

    def _barred(self, candidate: Candidate, wish: Wish) -> PlanLine | None:
        """Return the line of what is not to be taken whatever it is worth; None if it may be."""
        asset, case = candidate.asset, self.case
        exempt = exemption_of(asset.kind, asset.exempt) is Exemption.ABSOLUTE
        why = (
            (_R.NOT_AN_OBLIGOR, candidate.id_number not in case.obligors),
            (_R.BANKRUPT, candidate.id_number in case.bankrupt),
            (_R.EXEMPT, exempt),
            (_R.UNNAMED, not asset.record),
            (_R.COUNTED_ONCE, not self._seen.isdisjoint(_known_by(candidate))),
            (_R.LEFT_BY_OFFICER, bool(wish.leave)),
            (_R.OVER, asset.over),
            (_R.AN_EXPECTATION, asset.expected),
            (_R.NO_CONTROL, not permitted_controls(asset.kind)),
            (_R.MAY_BE_EXEMPT, bool(asset.doubtful) and not wish.not_exempt),
        )
        reason = next((reason for reason, holds in why if holds), None)
        match reason:
            case None:
                return None
            case _R.UNNAMED | _R.MAY_BE_EXEMPT:
                return asks(candidate, reason)
            case _R.AN_EXPECTATION:
                return PlanLine(
                    candidate=candidate,
                    decision=Decision.WATCH,
                    reason=reason,
                    controllable=_NONE,
                    route=RefundRoute.VIA_REFUND_ACCOUNT,
                )
            case _R.LEFT_BY_OFFICER:
                return leaves(candidate, reason, controllable_fen(asset, self.policy))
            case _:
                nothing = exempt or reason is _R.OVER
                return leaves(candidate, reason, _NONE if nothing else None)

    def _reached(self, candidate: Candidate) -> Candidate:
        """Return what the order names for *candidate*: of a refund its account at the bank."""
        return self.accounts.get((candidate.key, candidate.id_number), candidate)

    def _unreachable(self, refund: Candidate, free: Fen | None, wish: Wish) -> PlanLine | None:
        """Return the line of a refund whose account is not known or may not be frozen; else None."""
        account = self._reached(refund).asset
        if account is refund.asset:
            spent = free is not None and free <= refund.ordered
            return None if spent else asks(refund, _R.NO_ACCOUNT, free)
        if exemption_of(account.kind, account.exempt) is Exemption.ABSOLUTE:
            return leaves(refund, _R.EXEMPT, _NONE)
        if account.doubtful and not wish.not_exempt:
            return asks(refund, _R.MAY_BE_EXEMPT, free)
        return None

    def _part(self, candidate: Candidate, free: Fen) -> PlanLine:
        """Take of what can be parted exactly what is needed, less what stays free for living."""
        if not free:
            return leaves(candidate, why_nothing(candidate), free)
        floor, notes = self._floor(candidate)
        kept_before = self._kept.get(candidate.id_number, 0)
        most = available_after_floor(free, floor, kept_elsewhere=kept_before)
        amount = Fen(min(most, self.left))
        self._keep(candidate, free - amount)
        if not most:
            return leaves(candidate, _R.KEPT_FOR_LIVING, _NONE, kept=free)
        if not amount:
            return leaves(candidate, _R.CLAIM_COVERED, most)
        return takes(
            candidate,
            amount=amount,
            covers=amount,
            controllable=most,
            kept=Fen(free - most),
            notes=notes,
        )

    def _shares(self, candidate: Candidate) -> PlanLine:
        """Take shares to the share, or capital of a company to the fen."""
        by_capital = candidate.asset.kind in BY_CAPITAL
        free = capital_free(candidate) if by_capital else shares_free(candidate)
        if free is None:
            return asks(candidate, _R.AMOUNT_UNKNOWN)

        def worth_of(parts: int) -> Fen | None:
            worth = capital_worth if by_capital else shares_worth
            return worth(candidate, parts, self.policy)

        most = worth_of(free)
        if most is None:
            line = asks(candidate, _R.VALUE_UNKNOWN)
            return replace(line, notes=(_N.BY_RATIO,)) if by_capital else line
        if not (most and self.left):
            why = _R.CLAIM_COVERED if most else why_nothing(candidate)
            return leaves(candidate, why, most)
        parts = fewest(free, self.left, self.left + self.tolerance, worth_of)
        covers = worth_of(parts) or _NONE
        if not covers:
            return asks(candidate, _R.WORTH_TOO_MUCH, most)
        limit = {"amount": Fen(parts)} if by_capital else {"quantity": parts}
        return takes(candidate, covers=covers, controllable=most, **limit)

    def _whole(self, candidate: Candidate, worth: Fen, wish: Wish) -> PlanLine:
        """Take a thing that cannot be parted, if it is not clearly too much."""
        if not worth:
            return leaves(candidate, why_nothing(candidate), worth)
        if not self.left:
            return leaves(candidate, _R.CLAIM_COVERED, worth)
        too_much = worth > self.left + self.tolerance
        if too_much and not wish.whole:
            return asks(candidate, _R.WORTH_TOO_MUCH, worth)
        return takes(
            candidate,
            amount=Fen(min(worth, self.left)),
            covers=worth,
            controllable=worth,
            notes=(_N.TAKEN_WHOLE,) if too_much else (),
        )

    def _floor(self, candidate: Candidate) -> tuple[Fen, tuple[PlanNote, ...]]:
        """Return what must stay free for the owner's living over all that he lives on."""
        kind = candidate.asset.kind
        found = exemption_of(kind, candidate.asset.exempt) is Exemption.FLOOR
        if not found and not (has_floor(kind) and candidate.natural_person):
            return _NONE, ()
        floor = self.case.floors.get(candidate.id_number)
        if floor is None:
            return _NONE, (_N.FLOOR_NOT_STATED,)
        return floor, (_N.FLOOR_KEPT,) if floor else ()

    def _keep(self, candidate: Candidate, fen: int) -> None:
        """Note that so much stays with its owner to live on, for the floor of his other accounts."""
        if has_floor(candidate.asset.kind):
            owner = candidate.id_number
            self._kept[owner] = self._kept.get(owner, 0) + fen


def _unknown(kind: str) -> PlanReason:
    """Return what is asked of a person where nobody knows what there is to control."""
    if kind == "employmentIncome":
        return _R.BY_THE_MONTH
    return _R.AMOUNT_UNKNOWN if kind in CASH else _R.VALUE_UNKNOWN


def _known_by(candidate: Candidate) -> set[tuple[str, ...]]:
    """Return what tells that two candidates are one asset: its record, or its own number."""
    same = candidate.asset.same
    return {candidate.key} if same is None else {candidate.key, ("same", *same)}
