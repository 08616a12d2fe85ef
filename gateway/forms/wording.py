"""The Chinese words of the forms: actions, results, reasons, limits, dates."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from domain.capital_amount import capital_amount
from domain.chinese_numeral import capital_numeral, numeral
from domain.civil_time import SHANGHAI
from domain.money import Fen, yuan_text

VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "QUERY": "查询",
        "SEAL": "查封",
        "SEIZE": "扣押",
        "FREEZE": "冻结",
        "PRE_SEAL": "预查封",
        "RESTRICT_TRANSFER": "限制转让",
        "RENEW": "续行",
        "LIFT": "解除",
        "DEDUCT": "扣划",
        "WITHHOLD": "扣留",
        "EXTRACT": "提取",
    }
)
RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FULL": "已全部办理",
        "PART": "已部分办理",
        "WAITING": "轮候登记",
        "NOTHING": "无财产可供控制",
        "REFUSED": "不予协助",
    }
)
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NO_SUCH_SUBJECT": "查无此人",
        "NAME_ID_MISMATCH": "姓名与证件不符",
        "NO_ASSET": "无财产",
        "ZERO_BALANCE": "余额为零",
        "PRIOR_HOLD_COVERS_ALL": "在先查控已全部覆盖",
        "EXEMPT_FUNDS": "豁免财产",
        "ALREADY_TRANSFERRED": "已转移登记",
        "PLEDGE_PRIORITY": "质权优先",
        "DOCUMENT_DEFECT": "文书瑕疵",
        "OUT_OF_COMPETENCE": "不属职权范围",
        "NOT_YET_DUE": "尚未到期",
        "SYSTEM_ERROR": "系统故障",
        "OTHER": "其他",
    }
)
_DIGITS: Final = str.maketrans("0123456789", "〇一二三四五六七八九")
_NO_DAY: Final = "　　　　年　　月　　日"


def money(fen: int) -> str:
    """Return ``人民币壹仟元整（¥1,000.00）``."""
    whole, _, decimals = yuan_text(Fen(fen)).partition(".")
    return f"{capital_amount(Fen(fen))}（¥{int(whole):,}.{decimals}）"


def shares(count: int) -> str:
    """Return ``壹佰股（100股）``."""
    return f"{capital_numeral(count)}股（{count:,}股）"


def limit(count: int | None, *, of_shares: bool) -> str:
    """Return an amount in words and figures; a dash for none."""
    if count is None:
        return "—"
    return shares(count) if of_shares else money(count)


def day_in_words(day: date | None) -> str:
    """Return ``二〇二六年十一月二十三日``; a blank to be filled in for None."""
    if day is None:
        return _NO_DAY
    year = f"{day.year:04d}".translate(_DIGITS)
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def day_in_figures(day: date | None) -> str:
    return "—" if day is None else f"{day.year}年{day.month}月{day.day}日"


def moment(at: datetime) -> str:
    """Return *at* as civil time of Shanghai: ``2026年11月23日 09时00分``."""
    there = at.astimezone(SHANGHAI)
    return f"{day_in_figures(there.date())} {there:%H}时{there:%M}分"
