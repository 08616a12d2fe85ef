"""协助执行通知书: what the court asks a department to do, in words that are served with the ruling."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from domain.chinese_numeral import numeral
from domain.facts import Gate
from domain.legal_basis import DUTY_TO_ASSIST, legal_basis
from domain.order import OrderAction
from gateway.forms.markup import Html, fill, joined
from gateway.forms.paper import Paper
from gateway.forms.seal import Seal, seal_mark
from gateway.forms.sheet import Origin, closing, heading, sheet
from gateway.forms.wording import VERBS, day_in_words, money

NAME: Final = "协助执行通知书"
_BODY: Final = """<p class="number">{number}</p>
<p class="flush">{department}：</p>
<p>本院在执行{case}一案中，依法作出{ruling}裁定。依照{basis}的规定，请你单位协助执行以下事项：</p>
{items}
<p>请在签收后立即办理，并将办理结果回复本院。依法负有协助义务的单位拒不协助的，依照{duty}的规定处理。</p>
<p>附：{ruling}裁定书一份</p>
<p>执行人员：{officers}</p>"""


def assistance_notice(paper: Paper, seal: Seal | None) -> Html:
    """Return the notice; before the approval it says that it may not be served."""
    order = paper.order
    body = fill(
        _BODY,
        number=order.notice_number or "（文号待填）",
        department=paper.department,
        case=order.case_number,
        ruling=order.ruling_number or "（裁定书文号待填）",
        basis="、".join(article.zh for article in legal_basis(OrderAction(order.action))),
        items=_numbered(_ITEMS[order.action](paper)),
        duty=DUTY_TO_ASSIST.zh,
        officers=paper.officers_line,
    )
    return sheet(
        f"{NAME} {order.id}",
        *unapproved(paper),
        heading(paper.court, NAME),
        body,
        closing(paper.court, day_in_words(paper.approved_on), seal_mark(seal), order_origin(paper)),
    )


def unapproved(paper: Paper) -> list[Html]:
    """Return the warning on a form of an order that nobody approved."""
    if paper.is_approved:
        return []
    return [Html('<div class="unapproved">未经审批　不得送达</div>')]


def order_origin(paper: Paper) -> Origin:
    """Return the order and the hash of what was submitted."""
    order = paper.order
    digest = order.document_hash or "提交审批后生成"
    return Origin(
        words=(f"指令编号：{order.id}", f"指令摘要（SHA-256）：{digest}"),
        code=f"chakong:order:{order.id}:{order.document_hash or ''}",
    )


def _numbered(items: list[str]) -> Html:
    return joined(
        fill("<p>{place}、{item}</p>", place=numeral(place), item=item)
        for place, item in enumerate(items, start=1)
    )


def _hold(paper: Paper) -> list[str]:
    verb = VERBS[paper.order.action]
    marked = "前项证券中已质押的部分不作冻结，依照法发〔2021〕9号的规定办理质押标记。"
    return [
        f"{verb}被执行人{paper.subject_line}的{paper.asset_line}，限额为{paper.limit}。",
        *([marked] if Gate.PLEDGE_MARKED.value in paper.order.gates else []),
        f"{verb}期限为{numeral(paper.order.months)}个月，自你单位办理{verb}登记之日起计算；"
        f"期限届满前未办理续行手续的，{verb}的效力消灭。",
        f"{verb}期间，未经本院许可，不得为该财产办理转移、设定权利负担或者其他有碍执行的手续；"
        "已有在先查控的，请按顺序轮候登记。",
    ]


def _renew(paper: Paper) -> list[str]:
    return [
        f"续行{_placed(paper)}。",
        f"续行期限为{numeral(paper.order.months)}个月，自原期限届满之次日起计算，原顺位不变。",
    ]


def _lift(paper: Paper) -> list[str]:
    return [f"解除{_placed(paper)}，解除的限额为{paper.limit}。"]


def _deduct(paper: Paper) -> list[str]:
    kept = paper.order.floor or 0
    items = [f"自{_placed(paper)}的款项中，扣划{paper.limit}至本院执行款专户。"]
    if kept:
        items.append(f"为被执行人保留必需的生活费用{money(kept)}，不予扣划。")
    return items


def _query(paper: Paper) -> list[str]:
    return [f"查询被执行人{paper.subject_line}的{paper.asset}，并书面告知查询结果。"]


def _placed(paper: Paper) -> str:
    """Return the hold that the order is about, by the notice that asked for it."""
    placed = paper.placed
    verb = "查控" if placed is None else VERBS[placed.action]
    notice = "" if placed is None else f"依{placed.notice_number}协助执行通知书"
    return f"{notice}对被执行人{paper.subject_line}的{paper.asset_line}采取的{verb}"


_ITEMS: Final[Mapping[str, Callable[[Paper], list[str]]]] = MappingProxyType(
    {
        "QUERY": _query,
        "SEAL": _hold,
        "SEIZE": _hold,
        "FREEZE": _hold,
        "PRE_SEAL": _hold,
        "RESTRICT_TRANSFER": _hold,
        "RENEW": _renew,
        "LIFT": _lift,
        "DEDUCT": _deduct,
        "WITHHOLD": _hold,
        "EXTRACT": _deduct,
    }
)
