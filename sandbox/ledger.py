"""
The ledger of a department that takes control orders: what happened and the receipts, together.

One key has one effect, also when the program is killed: a repeat is answered with the first
receipt, and a key with another document is refused.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from sandbox.clock import Clock
from sandbox.decisions import day_text, decide
from sandbox.holds import Change, Hold, Log, Standing, every_standing
from sandbox.orders import Asset, Order

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, record TEXT NOT NULL, "
    "kind TEXT NOT NULL, key TEXT NOT NULL, authority TEXT NOT NULL, case_number TEXT NOT NULL, "
    "ruling TEXT NOT NULL, amount INTEGER NOT NULL, months INTEGER NOT NULL, day TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS receipts (key TEXT PRIMARY KEY, document_hash TEXT NOT NULL, "
    "receipt TEXT NOT NULL)",
)
_COLUMNS: Final = "record, kind, key, authority, case_number, ruling, amount, months, day"
_PLACED: Final = "PLACE"
_UNSHOWN: Final = "PLACE_UNSHOWN"


class KeyReused(Exception):
    """The key stands for another document; nothing was changed."""


class Ledger:
    def __init__(
        self,
        path: Path,
        prefix: str,
        handler: str,
        clock: Clock,
        shows: Callable[[], bool] = lambda: True,
    ) -> None:
        """Open the ledger; what was not shown to the public before is shown now.

        Args:
            prefix: starts receipt numbers; *handler* is who signs them.
            shows: whether what is registered is shown, and so takes effect, in the same act.
        """
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        for table in _TABLES:
            self._connection.execute(table)
        self._prefix = prefix
        self._handler = handler
        self._clock = clock
        self._shows = shows
        self._lock = threading.Lock()
        self._logs: dict[str, tuple[Hold | Change, ...]] = {}
        self._record_of: dict[str, str] = {}  # by the key of the order that placed the hold
        self._unshown: dict[str, str] = {}  # by that key, in order of registration
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM log ORDER BY sequence")  # noqa: S608 -- our words
        for record, *row in rows:
            self._remember(record, _entry(*row))
        self.show()

    def show(self) -> None:
        """Show to the public what is registered and not shown yet, in order of registration."""
        with self._lock:
            on = self._clock().date()
            for key, record in list(self._unshown.items()):
                entry = Change(kind="SHOW", key=key, amount=0, months=0, on=on)
                with self._transaction():
                    self._write(record, entry)
                self._remember(record, entry)

    def log_of(self, record: str, earlier: tuple[Hold, ...]) -> Log:
        """Return all holds and changes on *record*, in order of registration."""
        return (*earlier, *self._logs.get(record, ()))

    def receipt_of(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT receipt FROM receipts WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def carry_out(self, order: Order, find: Callable[[Order], Asset | str]) -> dict[str, Any]:
        """Carry out *order* and return its receipt; amounts in it are fen or shares.

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
            moment, asset = self._clock(), find(order)
            earlier = () if isinstance(asset, str) else asset.earlier
            log, shown = self.log_of(order.record, earlier), self._shows()
            decision = decide(order, asset, log, moment.date(), shown=shown)
            with self._transaction():
                [(count,)] = self._connection.execute("SELECT COUNT(*) FROM receipts")
                receipt = {
                    "receiptNumber": f"{self._prefix}-R{count + 1:06d}",
                    **decision.receipt,
                    "handler": self._handler,
                    "at": moment.isoformat(),
                }
                if decision.entry is not None:
                    self._write(order.record, decision.entry)
                self._connection.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?)",
                    (order.key, order.document_hash, json.dumps(receipt, ensure_ascii=False)),
                )
            if decision.entry is not None:
                self._remember(order.record, decision.entry)
            return receipt

    def let_in(self, record: str, amount: int) -> None:
        """Let *amount* come into the asset."""
        with self._lock:
            on = self._clock().date()
            entry = Change(kind="INFLOW", key="", amount=amount, months=0, on=on)
            with self._transaction():
                self._write(record, entry)
            self._remember(record, entry)

    def standing_of(self, key: str, asset_of: Callable[[str], Asset]) -> dict[str, Any] | None:
        """Return what the hold that *key* placed is worth now; None if it placed none."""
        record = self._record_of.get(key)
        if record is None:
            return None
        [own] = [one for one in self._standings(record, asset_of(record)) if one.hold.key == key]
        return _words(record, own)

    def statement(self, since: date, asset_of: Callable[[str], Asset]) -> list[dict[str, Any]]:
        """Return all holds placed here that live, or ended on *since* or later, as they came."""
        records = dict.fromkeys(self._record_of.values())
        known = {
            one.hold.key: _words(record, one)
            for record in records
            for one in self._standings(record, asset_of(record))
            if one.ended_on is None or one.ended_on >= since
        }
        return [known[key] for key in list(self._record_of) if key in known]

    def _standings(self, record: str, asset: Asset) -> list[Standing]:
        log = self.log_of(record, asset.earlier)
        return every_standing(asset.capacity, log, self._clock().date())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _write(self, record: str, entry: Hold | Change) -> None:
        self._connection.execute(
            f"INSERT INTO log ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- our words
            (record, *_row(entry)),
        )

    def _remember(self, record: str, entry: Hold | Change) -> None:
        self._logs[record] = (*self._logs.get(record, ()), entry)
        if isinstance(entry, Hold) and entry.key is not None:
            self._record_of[entry.key] = record
            if not entry.shown:
                self._unshown[entry.key] = record
        elif isinstance(entry, Change) and entry.kind == "SHOW":
            del self._unshown[entry.key]


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


def _words(record: str, standing: Standing) -> dict[str, Any]:
    return {
        "key": standing.hold.key,
        "record": record,
        "limit": standing.limit,
        "controlled": standing.held,
        "rank": standing.rank,
        "state": standing.state,
        "startsOn": day_text(standing.starts_on),
        "endsOn": day_text(standing.ends_on),
    }


def _row(entry: Hold | Change) -> tuple[Any, ...]:
    if isinstance(entry, Hold):
        return (
            _PLACED if entry.shown else _UNSHOWN,
            entry.key,
            entry.authority,
            entry.case,
            entry.ruling,
            entry.amount,
            entry.months,
            entry.registered_on.isoformat(),
        )
    return (entry.kind, entry.key, "", "", "", entry.amount, entry.months, entry.on.isoformat())


def _entry(
    kind: Any,
    key: str,
    authority: str,
    case: str,
    ruling: str,
    amount: int,
    months: int,
    day: str,
) -> Hold | Change:
    on = date.fromisoformat(day)
    if kind not in {_PLACED, _UNSHOWN}:
        return Change(kind=kind, key=key, amount=amount, months=months, on=on)
    return Hold(
        key=key,
        authority=authority,
        case=case,
        amount=amount,
        months=months,
        registered_on=on,
        ruling=ruling,
        shown=kind == _PLACED,
    )
