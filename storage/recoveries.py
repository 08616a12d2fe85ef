"""What our own deductions brought in, receipt by receipt, beside what the register says came in."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from domain.case_number import CaseNumber
from domain.money import Fen
from storage.instants import instant_text
from storage.tables.orders import recoveries


def add_recovery(  # noqa: PLR0913 -- a row has these parts
    connection: Connection,
    order_id: str,
    *,
    receipt_number: str,
    case_number: CaseNumber,
    fen: Fen,
    received_at: datetime,
) -> None:
    """Keep what one receipt says was deducted, beyond what earlier ones of the order said."""
    connection.execute(
        insert(recoveries).values(
            order_id=order_id,
            receipt_number=receipt_number,
            case_number=case_number,
            fen=fen,
            received_at=instant_text(received_at),
        )
    )


def recovered_by(connection: Connection, order_id: str) -> Fen:
    """Return what the order brought in so far."""
    found = connection.scalar(
        select(func.sum(recoveries.c.fen)).where(recoveries.c.order_id == order_id)
    )
    return Fen(int(found or 0))
