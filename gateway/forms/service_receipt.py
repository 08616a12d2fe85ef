"""送达回证: that ruling and notice were served, to be signed by whoever received them."""

from typing import Final

from domain.legal_basis import SERVICE
from gateway.forms.assistance_notice import NAME as NOTICE
from gateway.forms.assistance_notice import order_origin, unapproved
from gateway.forms.markup import Html, fill, joined
from gateway.forms.paper import Paper
from gateway.forms.seal import Seal, seal_mark
from gateway.forms.sheet import closing, heading, sheet, table
from gateway.forms.wording import day_in_words, moment

NAME: Final = "送达回证"
_WAYS: Final = "□直接　□电子　□邮寄　□留置"
_DATED: Final = "　　　　年　　月　　日　　时　　分"


def service_receipt(paper: Paper, seal: Seal | None) -> Html:
    """Return the receipt to be signed; a department that acknowledged the order needs not."""
    order = paper.order
    served = [f"{order.ruling_number}裁定书　一份"] if order.ruling_number else []
    served.append(f"{order.notice_number or '（文号待填）'}{NOTICE}　一份")
    received = "" if paper.served_at is None else f"已于{moment(paper.served_at)}在系统签收"
    rows: list[tuple[str, object]] = [
        ("案号", order.case_number),
        ("送达文书名称和件数", _lines(served)),
        ("受送达人", paper.department),
        ("送达地址", ""),
        ("送达方式", _WAYS),
        ("受送达人签名盖章", _lines([received, "", _DATED])),
        ("代收人及代收理由", _lines(["", _DATED])),
        ("拒收事由及见证人", _lines(["", _DATED])),
        ("送达人", paper.officers_line),
        ("备注", ""),
    ]
    return sheet(
        f"{NAME} {order.id}",
        *unapproved(paper),
        heading(paper.court, NAME),
        table(rows),
        fill(
            '<p class="note">注：本回证依照{article}制作，由受送达人记明收到日期并签名或者盖章。</p>',
            article=SERVICE.zh,
        ),
        closing(paper.court, day_in_words(paper.approved_on), seal_mark(seal), order_origin(paper)),
    )


def _lines(lines: list[str]) -> Html:
    return joined(fill("<div>{line}</div>", line=one or "　") for one in lines)
