"""`Case.controlPlan`: which assets of a case's obligors to control for its claim, line by line."""

from collections.abc import Mapping, Sequence
from datetime import date
from inspect import isawaitable
from typing import Any, Final

from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.control_plan import ControlPlan, control_plan
from domain.money import Fen
from domain.plan_line import (
    Candidate,
    PlanCase,
    PlanLine,
    Wish,
)
from domain.plan_words import WORDS
from resolvers.binding import BoundCase
from resolvers.context import Context
from resolvers.control_plan_form import AssetWishInput, FloorInput, ShownGap, ShownNote
from resolvers.cover import cover_of
from resolvers.debtor_assets import gathered
from resolvers.order_steps import checked
from resolvers.ordering import MoneyInput
from resolvers.refusals import BadInput
from resolvers.shown_assets import ShownAsset, ShownSource
from resolvers.subject import Subject
from storage.cases import CaseRecord
from storage.committed import first_holds_under_way
from storage.holds import holds_of_case
from storage.orders import OrderRecord, find_orders

_LONGEST_REASON: Final = 2000
_MOST_WISHES: Final = 200
_ANSWERED: Final = frozenset({"EXECUTED", "PARTIALLY_EXECUTED", "WAITING"})


class PlannedLine:
    """A line as `ControlPlanLine` reads it."""

    def __init__(self, line: PlanLine, asset: ShownAsset) -> None:
        self._line = line
        self.asset = asset
        self.debtor = asset.subject
        self.record_id, self.refund_id = line.record, line.refund
        words = WORDS[line.reason]
        self.rule, self.why = words.rule, words.both
        self.notes = [
            ShownNote(code=one, rule=WORDS[one].rule, text=WORDS[one].both) for one in line.notes
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


class Planned:
    """A plan as `ControlPlan` reads it."""

    def __init__(
        self,
        plan: ControlPlan,
        sources: Sequence[tuple[Subject, ShownSource]],
        shown: Mapping[int, ShownAsset],
    ) -> None:
        self._plan = plan
        self._sources = sources
        gaps = _gaps(sources)
        self.incomplete = gaps
        self.complete = not gaps
        self.lines = [PlannedLine(line, shown[id(line.candidate)]) for line in plan.lines]

    def remark(self, path: Sequence[str | int], context: Context) -> None:
        """Note what has to be said of the sources of the plan, which stands at *path*."""
        for _, source in self._sources:
            source.remark(path, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)


async def planned(
    case: BoundCase,
    context: Context,
    amount: MoneyInput | None,
    floors: Sequence[FloorInput],
    wishes: Sequence[AssetWishInput],
) -> Planned:
    """Return the plan for *case* as its claim, its orders and its obligors' assets are now.

    Raises:
        BadInput: an amount that cannot be, or a wish for an asset that is not there.
        NotAnObligor: a floor for somebody else.
        PurposeNotAllowed: the case was not opened for looking at assets.
    """
    kept = {case.debtor(one.id_number).id_number: _fen("floors", one.amount) for one in floors}
    sources: list[tuple[Subject, ShownSource]] = []
    for subject in case.debtors:
        found = gathered(subject, context)
        sources += [(subject, one) for one in (await found if isawaitable(found) else found)]
    today = civil_date(context.now())
    committed, orders = await context.database.read(lambda c: _committed(c, case.record, today))
    shown: dict[int, ShownAsset] = {}
    candidates: list[Candidate] = []
    for _, source in sources:
        for asset in source.assets or ():
            candidate = _candidate(asset, orders)
            candidates.append(candidate)
            shown[id(candidate)] = asset
    plan = control_plan(
        PlanCase(
            number=case.record.number,
            claim=case.record.claim_on(today).total,
            committed=committed,
            obligors=[party.id_number for party in case.record.obligors],
            bankrupt=[party.id_number for party in case.record.obligors if party.bankrupt],
            asked=None if amount is None else _fen("amount", amount),
            floors=kept,
        ),
        candidates,
        context.cover_policy,
        wishes=_wishes(wishes, candidates),
    )
    return Planned(plan, sources, shown)


def _candidate(asset: ShownAsset, orders: Sequence[OrderRecord]) -> Candidate:
    found = asset.found
    own = [
        one
        for one in orders
        if (one.asset_kind, one.refund_id or one.record) == (found.kind, found.record)
    ]
    # What a bank holds for a refund stands on the account: the bureau tells nothing of it.
    under_way = [one for one in own if one.state not in _ANSWERED or one.refund_id is not None]
    return Candidate(
        asset=found,
        id_number=asset.subject.id_number,
        department=asset.holder,
        natural_person=not asset.subject.organization,
        ordered=Fen(sum(one.amount or 0 for one in under_way)),
        ordered_quantity=sum(one.quantity or 0 for one in under_way),
        under_order=bool(own),
    )


def _committed(
    connection: Connection, case: CaseRecord, today: date
) -> tuple[Fen, list[OrderRecord]]:
    """Return what the case's orders take of its claim, drafts too, and the orders that do."""
    under_way = first_holds_under_way(connection, case.number)
    drafts = sum(one.amount or 0 for one in under_way if one.state == "DRAFT")
    placed = find_orders(
        connection, [one.order_id for one in holds_of_case(connection, case.number)]
    )
    known = {one.id: one for one in (*placed.values(), *under_way)}
    committed = cover_of(connection, case, today).committed
    return Fen(committed + drafts), list(known.values())


def _gaps(sources: Sequence[tuple[Subject, ShownSource]]) -> list[ShownGap]:
    """Return what nobody told: of each obligor, but once where nobody is connected at all."""
    gaps: dict[Any, ShownGap] = {}
    for subject, source in sources:
        if not source.complete:
            of_all = source.department is None
            key = (source.kind, source.department, None if of_all else subject.id_number)
            gaps[key] = ShownGap(
                kind=source.kind,
                department=source.department,
                status=source.status,
                debtor=None if of_all else subject,
            )
    return list(gaps.values())


def _wishes(
    given: Sequence[AssetWishInput], candidates: Sequence[Candidate]
) -> Mapping[tuple[str, str, str], Wish]:
    if len(given) > _MOST_WISHES:
        raise BadInput(f"At most {_MOST_WISHES} wishes at once.")
    made: dict[tuple[str, str, str], Wish] = {}
    for wish in given:
        named = (wish.kind.value, str(wish.asset_id))
        keys = {one.key for one in candidates if (one.asset.kind, one.asset.record) == named}
        if not keys:
            raise BadInput(
                "A wish names an asset that the plan does not know: see lines.asset.id. "
                "意见所指财产不在方案内"
            )
        decided = Wish(
            value=None if wish.value is None else _fen("value", wish.value),
            first=_reason("first", wish.first),
            leave=_reason("leave", wish.leave),
            not_exempt=_reason("notExempt", wish.not_exempt),
            whole=_reason("whole", wish.whole),
        )
        made.update(dict.fromkeys(keys, decided))
    return made


def _reason(name: str, text: str | None) -> str | None:
    return None if text is None else checked(name, text, most=_LONGEST_REASON, lines=True)


def _fen(name: str, amount: MoneyInput) -> Fen:
    if amount.fen < 0:
        raise BadInput(f"{name} must not be negative. 金额不得为负")
    return Fen(amount.fen)
