"""A register in a department's own words, for systems that are nothing but registers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sandbox.hold_words import hold_words
from sandbox.holds import Hold, Log, Standing, balance_after, standings
from sandbox.ledger import Ledger
from sandbox.money import yuan
from sandbox.orders import Asset

HOLD_NAMES: Final = ("authority", "case", "rank", "amount", "startsOn", "endsOn", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record.

    Attributes:
        words: all that does not change with holds, by the department's word.
        capacity: fen or shares that can be held; None for an asset that is held whole.
        earlier: other courts' holds.
        refusal: why nobody may hold it; see `sandbox.orders.Asset`.
    """

    owner: str
    record: str
    words: Mapping[str, Any]
    capacity: int | None = None
    earlier: tuple[Hold, ...] = ()
    refusal: str = ""

    @property
    def asset(self) -> Asset:
        return Asset(
            capacity=self.capacity,
            balance=self.capacity,
            earlier=self.earlier,
            refusal=self.refusal,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRegister:
    """All records of one kind.

    Attributes:
        name: of the question, such as ``vessels:batch``.
        fields: every word it knows.
        rows: by owner.
        holds: the word for holds; empty for a register of what nobody holds.
        available: the word for what holds leave; empty if there is none.
        balance: the word for what is there after deductions; empty if there is none.
        shown: the word for the number under which the first hold is shown to the public; empty
            where none is.
        hold_names: the words within a hold: authority, case, rank, amount, starts, ends, state.
        amount: how an amount is written.
    """

    name: str
    fields: frozenset[str]
    rows: Mapping[str, Sequence[Row]]
    holds: str = ""
    available: str = ""
    balance: str = ""
    shown: str = ""
    hold_names: tuple[str, ...] = HOLD_NAMES
    amount: Callable[[int], Any] = yuan
    by_record: Mapping[str, Row] = field(init=False)

    def __post_init__(self) -> None:
        every = {one.record: one for rows in self.rows.values() for one in rows}
        object.__setattr__(self, "by_record", every)

    def said_of(
        self, subject: str, fields: Sequence[str], ledger: Ledger | None, today: date
    ) -> list[dict[str, Any]]:
        """Return the records of *subject* with *fields* alone, as they stand *today*."""
        return [self._said(row, fields, ledger, today) for row in self.rows.get(subject, ())]

    def _said(
        self, row: Row, fields: Sequence[str], ledger: Ledger | None, today: date
    ) -> dict[str, Any]:
        log = row.earlier if ledger is None else ledger.log_of(row.record, row.earlier)
        standing = standings(row.capacity, log, today)
        said: dict[str, Any] = {}
        for name in fields:
            if name == self.holds:
                said[name] = hold_words(standing, self.hold_names, self.amount)
            elif name == self.shown:
                said[name] = _shown(row.record, log, standing)
            elif name == self.balance:
                said[name] = self.amount(balance_after(row.capacity or 0, log))
            elif name == self.available:
                left = balance_after(row.capacity or 0, log) - sum(one.takes for one in standing)
                said[name] = self.amount(max(0, left))
            else:
                said[name] = row.words.get(name)
        return said


def _shown(record: str, log: Log, standing: Sequence[Standing]) -> str | None:
    """Return the number of the first live hold: holds are shown, and numbered, as they come."""
    if not standing or standing[0].rank is None:
        return None
    placed = [one for one in log if isinstance(one, Hold)]
    place = next(at for at, one in enumerate(placed, 1) if one is standing[0].hold)
    return f"GS-{record}-{place:03d}"


def by_owner(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return *rows* by owner, in order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.owner, []).append(row)
    return found
