"""控制回执: what the department did, as it answered; printed for the file and for its seal."""

from typing import Final

from domain.civil_time import civil_date
from gateway.forms.markup import Html, fill, joined
from gateway.forms.paper import Paper
from gateway.forms.seal import seal_mark
from gateway.forms.sheet import Origin, closing, heading, sheet, table
from gateway.forms.wording import (
    REASONS,
    RESULTS,
    VERBS,
    day_in_figures,
    day_in_words,
    limit,
    moment,
)
from storage.receipts import PriorHoldRecord, ReceiptRecord

NAME: Final = "协助执行控制回执"


def control_receipt(paper: Paper) -> Html | None:
    """Return the department's latest answer as a form; None while there is none."""
    receipt = paper.receipt
    if receipt is None:
        return None
    order = paper.order
    return sheet(
        f"{NAME} {order.id}",
        heading(paper.department, NAME),
        fill('<p class="number">{number}</p>', number=f"回执编号：{receipt.number}"),
        fill('<p class="flush">{court}：</p>', court=paper.court),
        fill(
            "<p>你院{notice}协助执行通知书收悉。现将办理结果回复如下：</p>",
            notice=order.notice_number or "",
        ),
        table(_rows(paper, receipt)),
        closing(
            paper.department,
            day_in_words(civil_date(receipt.at)),
            seal_mark(None, place="（单位印章）"),
            _origin(paper, receipt),
        ),
    )


def _origin(paper: Paper, receipt: ReceiptRecord) -> Origin:
    order = paper.order
    return Origin(
        words=(
            f"指令编号：{order.id}",
            f"指令摘要（SHA-256）：{order.document_hash or '—'}",
            "回执以系统记录为准，可凭二维码核对。",
        ),
        code=f"chakong:receipt:{order.id}:{receipt.number}:{order.document_hash or ''}",
    )


def _rows(paper: Paper, receipt: ReceiptRecord) -> list[tuple[str, object]]:
    order = paper.order
    rows: list[tuple[str, object]] = [
        ("执行案号", order.case_number),
        ("被执行人", paper.subject_line),
        ("协助事项", f"{VERBS[order.action]}{paper.asset_line}"),
        ("要求限额", limit(receipt.asked, of_shares=paper.of_shares)),
        ("办理结果", RESULTS.get(receipt.result, receipt.result)),
        ("实际控制", limit(receipt.controlled, of_shares=paper.of_shares)),
    ]
    if receipt.reason is not None:
        rows.append(("未能控制原因", REASONS.get(receipt.reason, receipt.reason)))
    if receipt.rank is not None:
        rows.append(("顺位", f"第{receipt.rank}位"))
    if receipt.starts_on is not None:
        span = f"{day_in_figures(receipt.starts_on)}至{day_in_figures(receipt.ends_on)}"
        rows.append(("期限", span))
    if receipt.prior_holds:
        lines = (_prior(one, of_shares=paper.of_shares) for one in receipt.prior_holds)
        rows.append(("在先查控", joined(fill("<div>{line}</div>", line=line) for line in lines)))
    return [*rows, ("经办人", receipt.handler or "—"), ("办理时间", moment(receipt.at))]


def _prior(hold: PriorHoldRecord, *, of_shares: bool) -> str:
    until = day_in_figures(hold.expires_on)
    return f"{hold.authority}，{limit(hold.amount, of_shares=of_shares)}，至{until}"
