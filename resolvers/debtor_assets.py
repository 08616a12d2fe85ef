"""`Debtor.assets`: all that departments tell of one obligor's assets, in one form for every kind."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from inspect import isawaitable
from typing import Any

import strawberry

from connectors.question import Answer
from domain import catalogue
from domain.found_asset import ExemptionHint
from domain.order import OrderAction
from resolvers.asked import Wanted, status_of
from resolvers.asset_sources import AssetSource, asset_sources
from resolvers.asset_words import AssetKind, AssetSourceStatus
from resolvers.assets import Encumbrance, Hold
from resolvers.context import Context, Info
from resolvers.debtor import DebtorPart
from resolvers.declare import guarded
from resolvers.money import Money
from resolvers.refusals import NotAnObligor, NotInTicket, PurposeNotAllowed
from resolvers.scalars import AmountBand, DateTime
from resolvers.shaping import missing_scopes
from resolvers.shown_assets import ShownAsset, ShownSource
from resolvers.subject import Subject


@strawberry.type(
    name="Asset",
    description="An asset of whatever kind, in one form. What a masked reader may not see of its "
    "own record is masked here too. 财产",
)
class UniformAsset:
    kind: AssetKind = strawberry.field(description="Which kind. 财产种类")
    id: strawberry.ID | None = strawberry.field(
        description="The department's own number of it, `sourceRecordId`: names it in an order. "
        "来源记录编号"
    )
    holder: str = strawberry.field(description="The department that keeps its register. 登记单位")
    label: str = strawberry.field(description="What it is, in few words. 财产名称")
    value: Money | None = strawberry.field(
        description="Balance or reference value, if the department knows one. 价值"
    )
    value_band: AmountBand | None = strawberry.field(
        description="`value` as a band, for every reader. 价值（区间）"
    )
    controllable_amount: Money | None = strawberry.field(
        description="What a first hold would cover at once: less what others hold, less their "
        "prior rights, less the haircut (domain.md 5.4). Null if the value is not known. 可控制金额"
    )
    permitted_controls: list[OrderAction] = strawberry.field(
        description="What may be ordered first; nothing on what is exempt, expected, "
        "paid out or rejected. 可采取措施"
    )
    exemption: ExemptionHint | None = strawberry.field(
        description="What to look at before it is controlled. 豁免提示"
    )
    pledged: bool | None = strawberry.field(description="Whether it is pledged. 是否质押")
    prior_holds: list[Hold] | None = strawberry.field(
        description="Holds that stand on it, the waiting ones too. 在先查控"
    )
    encumbrances: list[Encumbrance] | None = strawberry.field(description="Burdens on it. 权利负担")
    as_of: DateTime | None = strawberry.field(
        description="When the department's data were taken. 数据截止时间"
    )


@strawberry.type(
    name="AssetSource",
    description="What one department said of one kind of assets. A department that was silent, or "
    "was not asked, has an entry all the same. 财产来源",
)
class UniformSource:
    kind: AssetKind = strawberry.field(description="Which kind. 财产种类")
    department: str | None = strawberry.field(
        description="Who keeps the register; null for a kind that nobody is connected for. 登记单位"
    )
    status: AssetSourceStatus = strawberry.field(description="What came of asking. 查询状态")
    code: str | None = strawberry.field(
        description="Of the error, such as `DEPARTMENT_TIMEOUT`. 错误代码"
    )
    as_of: DateTime | None = strawberry.field(description="When its data were taken. 数据截止时间")
    assets: list[UniformAsset] | None = strawberry.field(
        description="The assets; null if nothing is known, which is not the same as none. 财产"
    )


class AssetsPart(DebtorPart):
    @guarded("cases:read", graphql_type=list[UniformSource] | None, gathers=True)
    def assets(root: strawberry.Parent[Subject], info: Info) -> Any:
        """All assets of the debtor that departments tell of, whatever their kind, an entry for each kind
        and department in order of preference; one that is silent or was not asked says so; with a ticket
        the ticket's alone. 全部财产"""
        found = gathered(root, info.context)
        if isawaitable(found):
            return _remarked_late(found, info)
        return _remarked(found, info)


def _remarked(entries: list[ShownSource], info: Info) -> list[ShownSource]:
    for place, entry in enumerate(entries):
        if entry.remarked:
            entry.remark([*info.path.as_list(), place], info.context)
    return entries


async def _remarked_late(entries: Awaitable[list[ShownSource]], info: Info) -> list[ShownSource]:
    return _remarked(await entries, info)


def gathered(
    subject: Subject, context: Context
) -> list[ShownSource] | Coroutine[Any, Any, list[ShownSource]]:
    """Return what all sources say of *subject*: at once if the plan asked ahead, else after asking.

    A source that the caller may not have is not asked. Where a ticket's answer is told, nobody is:
    there is the ticket's source alone.

    Raises:
        NotAnObligor: they are none any more.
        NotInTicket: the ticket is for no assets.
        PurposeNotAllowed: the purpose does not permit one of the sources.
    """
    if subject.former:
        raise NotAnObligor
    shown: dict[AssetSource, ShownSource] = {}
    unknown: list[AssetSource] = []
    if context.asking.only_tells is not None:
        return _in_ticket(subject, context, context.asking.only_tells)
    for source in asset_sources():
        unasked = _unasked(source, subject, context)
        if unasked is not None:
            shown[source] = unasked
            continue
        _require_purpose(source, subject)
        known = context.asking.known(source.question, subject)
        if known is None:
            unknown.append(source)
        else:
            shown[source] = _told(source, subject, context, known)
    if unknown:
        return _late(shown, unknown, subject, context)
    return _entries(shown, context)


def _in_ticket(subject: Subject, context: Context, department: str) -> list[ShownSource]:
    """Return the entry that came with a ticket of *department*; of other kinds nothing is said."""
    found = []
    for source in asset_sources():
        known = context.asking.known(source.question, subject)
        if known is not None:
            _require_purpose(source, subject)
            found.append(_told(source, subject, context, known))
    if not found:
        raise NotInTicket(department)
    return found


async def _late(
    shown: dict[AssetSource, ShownSource],
    unknown: Sequence[AssetSource],
    subject: Subject,
    context: Context,
) -> list[ShownSource]:
    waiting = [
        context.asking.ask_late(
            Wanted(
                question=source.question,
                numbers=[subject.id_number],
                authority=subject.authority,
                level=subject.level,
                fields=context.fields_wanted(source.question),
                natural_persons_only=source.declared.natural_persons_only,
            )
        )
        for source in unknown
    ]
    for source, answer in zip(unknown, await asyncio.gather(*waiting), strict=True):
        shown[source] = _told(source, subject, context, answer)
    return _entries(shown, context)


def _unasked(source: AssetSource, subject: Subject, context: Context) -> ShownSource | None:
    """Return the entry of a source that is not asked about *subject*; None if it is."""
    status = None
    if source.kind in context.groups_off:
        status = "SWITCHED_OFF"
    elif missing_scopes(source.declared, context.caller.scopes):
        status = "DENIED"
    elif not context.asking.reaches(source.question):
        status = "NOT_CONNECTED"
    elif not subject.may_be_asked_of(source.department):
        status = "NOT_UNDER_APPROVAL"
    elif source.declared.natural_persons_only and subject.organization:
        return ShownSource(source.kind, source.department, "NOT_APPLICABLE", assets=[])
    return None if status is None else ShownSource(source.kind, source.department, status)


def _told(
    source: AssetSource, subject: Subject, context: Context, answer: Answer[Any]
) -> ShownSource:
    status = status_of(answer)
    if answer.error is not None:
        return ShownSource(source.kind, source.department, status, answer)
    value = answer.value
    records = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
    assets = [ShownAsset(record, source, subject, context) for record in records]
    return ShownSource(source.kind, source.department, status, answer, assets, source)


def _entries(shown: dict[AssetSource, ShownSource], context: Context) -> list[ShownSource]:
    """Return an entry for every kind there is: what nobody is connected for may be there too."""
    connected = {source.kind for source in shown}
    entries = [
        *shown.values(),
        *(
            ShownSource(
                kind, None, "SWITCHED_OFF" if kind in context.groups_off else "NOT_CONNECTED"
            )
            for kind in catalogue.asset_kinds()
            if kind not in connected
        ),
    ]
    entries.sort(key=lambda one: _turn(one.kind.value, one.department))
    return entries


def _turn(kind: str, department: str | None) -> tuple[int, str, str]:
    return catalogue.asset_kind(kind).rank, kind, department or ""


def _require_purpose(source: AssetSource, subject: Subject) -> None:
    permitted = {purpose.value for purpose in source.declared.purposes or ()}
    if subject.authority.purpose not in permitted:
        raise PurposeNotAllowed(
            f"The purpose {subject.authority.purpose} does not permit {source.coordinate}. "
            "查询目的与所查字段不符",
            coordinates=[source.coordinate],
        )
