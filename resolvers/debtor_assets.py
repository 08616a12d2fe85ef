"""`Debtor.assets`: all that departments tell of one obligor's assets, in one form for every kind."""

import asyncio
from collections.abc import Coroutine, Sequence
from enum import Enum
from typing import Any, Final, cast

import strawberry

from connectors.question import Answer
from domain import catalogue
from domain.cover import CoverPolicy
from domain.found_asset import (
    ExemptionHint,
    FoundAsset,
    controllable_fen,
    exemption_hint,
    permitted_controls,
)
from domain.money import Fen
from domain.order import OrderAction
from resolvers.arguments import explained
from resolvers.asking import Wanted, status_of
from resolvers.asset_sources import AssetSource, asset_sources, sound
from resolvers.assets import Encumbrance, Hold
from resolvers.context import Context, Info
from resolvers.debtor import DebtorPart
from resolvers.declare import guarded
from resolvers.money import Money
from resolvers.refusals import PurposeNotAllowed
from resolvers.scalars import AmountBand, DateTime
from resolvers.shaping import missing_scopes
from resolvers.subject import Subject


def constant(kind: str) -> str:
    """Return the id of a kind as the graph spells it: ``BANK_DEPOSIT``."""
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in kind).upper()


_NAMES: Final = {constant(one): one for one in catalogue.asset_kinds()}
AssetKind: Any = Enum("AssetKind", _NAMES)  # type: ignore[misc]  # its members are data
explained(
    AssetKind,
    "AssetKind",
    "The kinds of assets of assets.json, connected or not. 财产种类",
    {AssetKind(one.id): f"{one.en}. {one.zh}" for one in catalogue.asset_kinds().values()},
)

explained(
    ExemptionHint,
    "AssetExemption",
    "What to look at before an asset is controlled (domain.md 5.5). 豁免提示",
    {
        ExemptionHint.ABSOLUTE: "Exempt: it may not be controlled, and nobody can override that. "
        "豁免财产，不得查控",
        ExemptionHint.FLOOR: "An amount of it stays free for living. 须保留必需生活费用",
        ExemptionHint.DISPOSAL_ONLY: "It may be held, never sold or taken. 可控制，不得处分",
        ExemptionHint.REVIEW: "It may be exempt: a person looks and says why not. 是否豁免存疑",
    },
)


class AssetSourceStatus(Enum):
    ANSWERED = "ANSWERED"
    CACHED = "CACHED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    CONTRACT_BROKEN = "CONTRACT_BROKEN"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    REFUSED = "REFUSED"
    DENIED = "DENIED"
    NOT_UNDER_APPROVAL = "NOT_UNDER_APPROVAL"
    NOT_CONNECTED = "NOT_CONNECTED"
    SWITCHED_OFF = "SWITCHED_OFF"


_Status = AssetSourceStatus
explained(
    AssetSourceStatus,
    "AssetSourceStatus",
    "What came of asking for one kind of assets. 查询状态",
    {
        _Status.ANSWERED: "It answered. 已反馈",
        _Status.CACHED: "It answered a while ago. 缓存",
        _Status.NOT_APPLICABLE: "Such a subject has no assets of the kind. 不适用",
        _Status.CONTRACT_BROKEN: "Its answer could not be read, or not all of it. 反馈异常",
        _Status.TIMEOUT: "It did not answer in time. 超时",
        _Status.UNAVAILABLE: "It is down or busy. 不可用",
        _Status.REFUSED: "It refused to answer. 拒绝",
        _Status.DENIED: "Your token may not read the kind: nobody was asked. 无权查询，未询问",
        _Status.NOT_UNDER_APPROVAL: "You approve, and no order on it is before you: nobody was asked. "
        "非审批范围",
        _Status.NOT_CONNECTED: "No department is connected for the kind yet: inquire on paper. "
        "未联网，线下查询",
        _Status.SWITCHED_OFF: "The court does not ask for the kind: it is switched off. 未启用",
    },
)

COMPLETE: Final = frozenset(
    {_Status.ANSWERED, _Status.CACHED, _Status.NOT_APPLICABLE, _Status.SWITCHED_OFF}
)


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
        description="What may be ordered first; nothing on what is exempt or expected. 可采取措施"
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


class ShownAsset:
    """A department's record as `Debtor.assets` shows it to the caller."""

    def __init__(
        self, record: Any, source: AssetSource, subject: Subject, context: Context
    ) -> None:
        self.record = record
        self.source = source
        self.subject = subject
        self._context = context
        self.kind = AssetKind(source.kind)
        self.holder = source.department

    @property
    def found(self) -> FoundAsset:
        """What the caller may know of it; an amount that is masked is not known."""
        scopes = self._context.caller.scopes
        return self.source.reading.found(
            self.record, sees=lambda attribute: self.source.lifted(attribute, scopes)
        )

    @property
    def id(self) -> str | None:
        return cast("str | None", sound(self.record.source_record_id))

    @property
    def label(self) -> str:
        shown = (self._shown(one) for one in self.source.reading.label)
        words = " ".join(str(one) for one in shown if one is not None)
        return words or catalogue.asset_kind(self.source.kind).zh

    @property
    def value(self) -> Any:
        attribute = self.source.reading.value
        return None if attribute is None else self._shown(attribute)

    @property
    def value_band(self) -> str | None:
        attribute = self.source.reading.value
        return None if attribute is None else self.source.band(attribute, self.record)

    @property
    def controllable_amount(self) -> Fen | None:
        """Null to a masked reader: a band of what is left would narrow the bands it is made of."""
        if any(self._hidden(one) for one in self.source.reading.amounts):
            return None
        return controllable_fen(self.found, CoverPolicy())

    @property
    def permitted_controls(self) -> Sequence[OrderAction]:
        found = self.found
        return () if found.expected else permitted_controls(found.kind, exempt=found.exempt)

    @property
    def exemption(self) -> ExemptionHint | None:
        return exemption_hint(self.found, natural_person=not self.subject.organization)

    @property
    def pledged(self) -> bool | None:
        return self.found.pledged

    @property
    def prior_holds(self) -> Any:
        return sound(getattr(self.record, "holds", None))

    @property
    def encumbrances(self) -> Any:
        return sound(getattr(self.record, "encumbrances", None))

    @property
    def as_of(self) -> Any:
        return sound(getattr(self.record, "as_of", None))

    def _shown(self, attribute: str) -> Any:
        return self.source.shown(attribute, self.record, self.subject, self._context)

    def _hidden(self, attribute: str) -> bool:
        value = getattr(self.record, attribute)
        if value is None or self.source.lifted(attribute, self._context.caller.scopes):
            return False
        self._context.masked.add(self.source.fields[attribute][0])
        return True


class ShownSource:
    """One entry of `Debtor.assets`."""

    def __init__(
        self,
        kind: str,
        department: str | None,
        status: str,
        answer: Answer[Any] | None = None,
        assets: list[ShownAsset] | None = None,
    ) -> None:
        self.kind = AssetKind(kind)
        self.department = department
        self.status = AssetSourceStatus(status)
        self.code = None if answer is None or answer.error is None else answer.error.code
        self.as_of = None if answer is None else answer.as_of
        self.assets = assets

    @property
    def complete(self) -> bool:
        return self.status in COMPLETE


class AssetsPart(DebtorPart):
    @guarded("cases:read", graphql_type=list[UniformSource] | None, gathers=True)
    def assets(root: strawberry.Parent[Subject], info: Info) -> Any:
        """All assets of the debtor that departments tell of, whatever their kind, an entry for each kind
        and department in order of preference; one that is silent or was not asked says so. 全部财产"""
        return gathered(root, info.context)


def gathered(
    subject: Subject, context: Context
) -> list[ShownSource] | Coroutine[Any, Any, list[ShownSource]]:
    """Return what all sources say of *subject*: at once if the plan asked ahead, else after asking.

    A source that the caller may not have is not asked.

    Raises:
        PurposeNotAllowed: the purpose does not permit one of the sources.
    """
    shown: dict[AssetSource, ShownSource] = {}
    unknown: list[AssetSource] = []
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
    return ShownSource(source.kind, source.department, status, answer, assets)


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
