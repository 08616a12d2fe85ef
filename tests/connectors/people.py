"""Numbers of people who do not exist (region 990203), and orders about them."""

from connectors.control import Action, ControlOrder
from domain.identity import IdNumber
from domain.money import Fen


def person(n: int) -> IdNumber:
    return IdNumber(f"99020319900101{n:04d}")


ANNA, BEN = person(1), person(2)
NOW = "2026-11-23T09:00:00+08:00"


def an_order(  # noqa: PLR0913 -- an order has these parts
    *,
    action: Action = "FREEZE",
    amount_fen: Fen | None = None,
    quantity: int | None = None,
    key: str = "key-1",
    document_hash: str = "a" * 64,
    hold_key: str | None = None,
    months: int = 12,
) -> ControlOrder:
    return ControlOrder(
        key=key,
        case_number="（2026）示9903执1号",
        action=action,
        hold_key=hold_key,
        subject=ANNA,
        subject_name="甲<&>㐀𠮷",
        record="XX-00000001",
        amount_fen=amount_fen,
        quantity=quantity,
        months=months,
        ruling="裁1",
        notice="协1",
        document_hash=document_hash,
        officers=("示9903001", "示9903002"),
        court="示9903",
    )
