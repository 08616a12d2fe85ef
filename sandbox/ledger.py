"""
The ledger of a department that takes control orders: holds and receipts, in one transaction.

One key has one effect, also when the program is killed: a repeat is answered with the first
receipt, and a key with another document is refused.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.dates import now
from sandbox.holds import Hold, standings


class KeyReused(Exception):
    """The key stands for another document; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A control order as it arrived; *limit* is fen or shares."""

    key: str
    document_hash: str
    case: str
    court: str
    action: str
    subject: str
    name: str
    record: str
    limit: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What the register knows of the ordered record.

    Attributes:
        capacity: fen or shares that can be held; None for an asset that is held whole.
        balance: what the receipt shows.
    """

    capacity: int | None
    balance: int | None
    earlier: tuple[Hold, ...]


def stranger(order: Order, names: Mapping[str, str]) -> str | None:
    """Return why the order's subject is not the one in the register; None if it is."""
    registered = names.get(order.subject)
    if registered is None:
        return "NO_SUCH_SUBJECT"
    return None if registered == order.name else "NAME_ID_MISMATCH"


class Ledger:
    def __init__(self, path: Path, prefix: str, handler: str) -> None:
        """*prefix* starts receipt numbers; *handler* is who signs them."""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS holds (sequence INTEGER PRIMARY KEY, record TEXT NOT NULL, "
            "authority TEXT NOT NULL, case_number TEXT NOT NULL, amount INTEGER NOT NULL, "
            "months INTEGER NOT NULL, registered_on TEXT NOT NULL)"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS receipts (key TEXT PRIMARY KEY, document_hash TEXT NOT NULL, "
            "receipt TEXT NOT NULL)"
        )
        self._prefix = prefix
        self._handler = handler
        self._lock = threading.Lock()
        self._by_record: dict[str, list[Hold]] = {}
        for record, *rest in self._connection.execute(
            "SELECT record, authority, case_number, amount, months, registered_on FROM holds "
            "ORDER BY sequence"
        ):
            self._by_record.setdefault(record, []).append(_hold(*rest))

    def holds_on(self, record: str, earlier: tuple[Hold, ...]) -> tuple[Hold, ...]:
        """Return all holds on *record*, in order of registration."""
        return (*earlier, *self._by_record.get(record, ()))

    def receipt_of(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT receipt FROM receipts WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def place(self, order: Order, find: Callable[[Order], Asset | str]) -> dict[str, Any]:
        """Place the hold and return its receipt; amounts in it are fen or shares.

        Args:
            find: the asset, or why there is none (a `reason` of the contract).

        Raises:
            KeyReused: see there.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT document_hash, receipt FROM receipts WHERE key = ?", (order.key,)
            ).fetchone()
            if row is not None:
                if row[0] != order.document_hash:
                    raise KeyReused
                return dict(json.loads(row[1]))
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                receipt, hold = self._decide(order, find(order))
                if hold is not None:
                    self._connection.execute(
                        "INSERT INTO holds (record, authority, case_number, amount, months, "
                        "registered_on) VALUES (?, ?, ?, ?, ?, ?)",
                        (
                            order.record,
                            hold.authority,
                            hold.case,
                            hold.amount,
                            hold.months,
                            hold.registered_on.isoformat(),
                        ),
                    )
                self._connection.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?)",
                    (order.key, order.document_hash, json.dumps(receipt, ensure_ascii=False)),
                )
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            if hold is not None:
                self._by_record.setdefault(order.record, []).append(hold)
            return receipt

    def _decide(self, order: Order, asset: Asset | str) -> tuple[dict[str, Any], Hold | None]:
        moment = now()
        [(count,)] = self._connection.execute("SELECT COUNT(*) FROM receipts")
        receipt: dict[str, Any] = {
            "receiptNumber": f"{self._prefix}-R{count + 1:06d}",
            "result": "NOTHING",
            "asked": order.limit,
            "controlled": 0,
            "reason": "",
            "rank": None,
            "startsOn": None,
            "endsOn": None,
            "priorHolds": [],
            "balance": None,
            "handler": self._handler,
            "at": moment.isoformat(),
        }
        if isinstance(asset, str):
            return receipt | {"reason": asset}, None
        receipt["balance"] = asset.balance
        if asset.capacity == 0:
            return receipt | {"reason": "ZERO_BALANCE"}, None
        today = moment.date()
        before = self.holds_on(order.record, asset.earlier)
        hold = Hold(
            authority=order.court,
            case=order.case,
            amount=order.limit,
            months=order.months,
            registered_on=today,
        )
        *prior, own = standings(asset.capacity, (*before, hold), today)
        whole = asset.capacity is None
        controlled = own.takes * order.limit if whole else own.takes
        result = "FULL" if controlled == order.limit else "PART" if controlled else "WAITING"
        reason = "" if result == "FULL" else "PRIOR_HOLD_COVERS_ALL" if prior else "OTHER"
        return receipt | {
            "result": result,
            "controlled": controlled,
            "reason": reason,
            "rank": own.rank,
            "startsOn": _text(own.starts_on),
            "endsOn": _text(own.ends_on),
            "priorHolds": [
                {
                    "authority": one.hold.authority,
                    "amount": one.amount,
                    "expiresOn": _text(one.ends_on),
                }
                for one in prior
            ],
        }, hold


def converted(
    receipt: Mapping[str, Any], amount: Callable[[int], Any], name: str
) -> dict[str, Any]:
    """Return *receipt* with amounts as the wire has them; prior holds carry them as *name*."""
    return {
        **receipt,
        "asked": amount(receipt["asked"]),
        "controlled": amount(receipt["controlled"]),
        "balance": None if receipt["balance"] is None else amount(receipt["balance"]),
        "priorHolds": [
            {
                "authority": prior["authority"],
                name: amount(prior["amount"]),
                "expiresOn": prior["expiresOn"],
            }
            for prior in receipt["priorHolds"]
        ],
    }


def _hold(authority: str, case: str, amount: int, months: int, registered_on: str) -> Hold:
    return Hold(
        authority=authority,
        case=case,
        amount=amount,
        months=months,
        registered_on=date.fromisoformat(registered_on),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
