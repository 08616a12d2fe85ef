"""An order whose department did it, and whose answer never came through: its delivery stopped."""

import sqlite3
from pathlib import Path


def park(place: Path, order_id: str, error: str = "KEY_REUSED") -> None:
    """Forget in the demo at *place* what the department answered to the order, and park it."""
    with sqlite3.connect(place / "state" / "chakong.db", timeout=10) as connection:
        for forgotten in ("receipts", "holds"):
            connection.execute(f"DELETE FROM {forgotten} WHERE order_id = ?", (order_id,))
        connection.execute("UPDATE orders SET state = 'SENT' WHERE id = ?", (order_id,))
        connection.execute(
            "UPDATE deliveries SET state = 'PARKED', last_error = ? WHERE order_id = ?",
            (error, order_id),
        )
