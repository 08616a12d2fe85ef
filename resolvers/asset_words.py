"""Kinds of assets, what came of asking for them, and what may be exempt: the enums of the graph."""

from enum import Enum
from typing import Any, Final

from domain import catalogue
from domain.found_asset import ExemptionHint
from resolvers.arguments import explained


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
