"""A control order as it arrived, and what the register knows of the asset it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.holds import Hold

ABOUT_A_HOLD: Final = frozenset({"RENEW", "LIFT", "DEDUCT"})
FIRST_HOLDS: Final = frozenset({"SEAL", "SEIZE", "FREEZE", "PRE_SEAL", "RESTRICT_TRANSFER"})
_WITH_A_TERM: Final = FIRST_HOLDS | {"RENEW"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; *limit* is fen or shares.

    Attributes:
        hold_key: the key of the order that placed the hold which this one is about.
        marks_pledged: whether what is pledged is marked instead of frozen.

    Raises:
        ValueError: it cannot be read; see docs/departments/README.md.
    """

    key: str
    document_hash: str
    case: str
    court: str
    action: str
    hold_key: str | None = None
    subject: str
    name: str
    record: str
    limit: int
    months: int
    ruling: str
    marks_pledged: bool = False

    def __post_init__(self) -> None:
        if not self.key or self.limit < 0 or self.months < 0:
            raise ValueError("an order has a key and a limit")
        if (self.limit == 0) != (self.action == "QUERY"):
            raise ValueError("a query limits nothing, any other order does")
        if self.action in _WITH_A_TERM and not self.months:
            raise ValueError("a hold has a term")
        if bool(self.hold_key) != (self.action in ABOUT_A_HOLD):
            raise ValueError("a hold is named where one must stand, and nowhere else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What the register knew of the ordered record before any change in the log.

    Attributes:
        capacity: fen or shares that can be held; None for an asset that is held whole.
        balance: what the receipt shows.
        refusal: why the law lets nobody hold it (a `reason` of the contract); empty if it may be.
    """

    capacity: int | None
    balance: int | None
    earlier: tuple[Hold, ...]
    refusal: str = ""


def stranger(order: Order, names: Mapping[str, str]) -> str | None:
    """Return why the order's subject is not the one in the register; None if it is."""
    registered = names.get(order.subject)
    if registered is None:
        return "NO_SUCH_SUBJECT"
    return None if registered == order.name else "NAME_ID_MISMATCH"
