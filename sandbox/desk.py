"""Where a system of plain registers answers questions and carries out orders, whatever its wire."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sandbox.ledger import Ledger, converted
from sandbox.orders import Asset, Order, stranger
from sandbox.plain_register import PlainRegister
from sandbox.population import Population
from sandbox.system import Surroundings


def public_ledger(around: Surroundings, name: str, prefix: str, handler: str) -> Ledger:
    """Return the ledger of a register that shows its holds to the public, on request later than it registers.

    Args:
        name: of its file; *prefix* and *handler* as in `Ledger`.
    """
    faults = around.faults
    path = around.data / f"{name}.db"
    ledger = Ledger(path, prefix, handler, around.clock, shows=lambda: faults.shows)
    faults.showing = ledger.show
    return ledger


class Desk:
    """The registers of one department and the ledger of what was ordered there.

    Args:
        carried: the actions it takes; none for a department that only answers.
        ledger: None where it takes none.
        amount: how an amount is written in receipts.
    """

    def __init__(
        self,
        population: Population,
        registers: Sequence[PlainRegister],
        ledger: Ledger | None,
        carried: frozenset[str],
        amount: Callable[[int], Any],
    ) -> None:
        self.registers = {one.name: one for one in registers}
        self._population = population
        self._ledger = ledger
        self._carried = carried
        self._amount = amount
        self._rows = {key: row for one in registers for key, row in one.by_record.items()}

    def said_of(
        self, register: PlainRegister, subject: str, fields: Sequence[str], today: date
    ) -> list[dict[str, Any]] | None:
        """Return the subject's records; None for a subject that nobody here knows."""
        if subject not in self._population.names:
            return None
        return register.said_of(subject, fields, self._ledger, today)

    def knows(self, record: str) -> bool:
        return record in self._rows

    def carry_out(self, order: Order) -> dict[str, Any]:
        """Return the receipt of *order*, in words. KeyReused: see `sandbox.ledger`."""
        return converted(self.ledger.carry_out(order, self._find), self._amount, self.limit_word)

    def receipt_of(self, key: str) -> dict[str, Any] | None:
        receipt = self.ledger.receipt_of(key)
        return None if receipt is None else converted(receipt, self._amount, self.limit_word)

    def standing_of(self, key: str) -> dict[str, Any] | None:
        standing = self.ledger.standing_of(key, self._asset)
        return None if standing is None else self._standing(standing)

    def statement(self, since: date) -> list[dict[str, Any]]:
        return [self._standing(one) for one in self.ledger.statement(since, self._asset)]

    @property
    def ledger(self) -> Ledger:
        if self._ledger is None:
            raise LookupError("this department takes no orders")
        return self._ledger

    @property
    def limit_word(self) -> str:
        return "quantity" if self._amount(1) == 1 else "amount"

    def _standing(self, one: dict[str, Any]) -> dict[str, Any]:
        return one | {name: self._amount(one[name]) for name in ("limit", "controlled")}

    def _find(self, order: Order) -> Asset | str:
        if order.action not in self._carried:
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        row = self._rows.get(order.record)
        return "NO_ASSET" if row is None or row.owner != order.subject else row.asset

    def _asset(self, record: str) -> Asset:
        return self._rows[record].asset
