"""What departments answered to orders."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.tables.orders import receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorHoldRecord:
    authority: str
    amount: int | None  # fen or shares, as the order's kind has it
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """Amounts are fen, or shares for securities."""

    order_id: str
    number: str
    result: str
    asked: int
    controlled: int
    reason: str | None
    rank: int | None
    starts_on: date | None
    ends_on: date | None
    prior_holds: tuple[PriorHoldRecord, ...]
    handler: str | None
    at: datetime
    received_at: datetime


def keep_receipt(connection: Connection, receipt: ReceiptRecord) -> bool:
    """Write *receipt* once; False when this order already has a receipt of that number."""
    return insert_once(
        connection,
        receipts,
        {
            "order_id": receipt.order_id,
            "number": receipt.number,
            "result": receipt.result,
            "asked": receipt.asked,
            "controlled": receipt.controlled,
            "reason": receipt.reason,
            "rank": receipt.rank,
            "starts_on": _text(receipt.starts_on),
            "ends_on": _text(receipt.ends_on),
            "prior_holds": [
                {"authority": p.authority, "amount": p.amount, "expiresOn": _text(p.expires_on)}
                for p in receipt.prior_holds
            ],
            "handler": receipt.handler,
            "at": instant_text(receipt.at),
            "received_at": instant_text(receipt.received_at),
        },
    )


def receipts_of(connection: Connection, order_id: str) -> list[ReceiptRecord]:
    """Return the receipts of an order, oldest first."""
    statement = (
        select(receipts)
        .where(receipts.c.order_id == order_id)
        .order_by(receipts.c.received_at, receipts.c.number)
    )
    return [
        ReceiptRecord(
            order_id=row.order_id,
            number=row.number,
            result=row.result,
            asked=row.asked,
            controlled=row.controlled,
            reason=row.reason,
            rank=row.rank,
            starts_on=_date(row.starts_on),
            ends_on=_date(row.ends_on),
            prior_holds=tuple(
                PriorHoldRecord(
                    authority=p["authority"], amount=p["amount"], expires_on=_date(p["expiresOn"])
                )
                for p in row.prior_holds
            ),
            handler=row.handler,
            at=parse_instant(row.at),
            received_at=parse_instant(row.received_at),
        )
        for row in connection.execute(statement)
    ]


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
