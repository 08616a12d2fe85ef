"""Departments as the worker meets them, without a wire: what is sent is written down."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from connectors.control import ControlOrder, Receipt, Standing
from domain.hold_term import ends_on
from tests.resolvers.order_world import START, TODAY

_HOLDING: Final = frozenset({"SEAL", "FREEZE", "RENEW"})


class Port:
    """A department that does as it is told, or fails as it is told; one key has one effect.

    Attributes:
        turns: what happens to each order in turn: an error is raised, None is done and answered,
            as is everything after the last.
        sent, asked: the keys of what came, in order.
        answers_wrongly: whether its receipts are such as no order can have.
    """

    def __init__(self, *turns: Exception | None, answers_for_keys: bool = True) -> None:
        self.answers_for_keys = answers_for_keys
        self.turns = list(turns)
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.effects: dict[str, Receipt] = {}
        self.holds: list[Standing] = []
        self.answers_wrongly = False

    async def control(self, order: ControlOrder) -> Receipt:
        self.sent.append(order.key)
        turn = self.turns.pop(0) if self.turns else None
        if turn is not None:
            raise turn
        return self.effects.setdefault(order.key, _receipt(order, wrongly=self.answers_wrongly))

    async def outcome_of(self, key: str) -> Receipt | None:
        self.asked.append(key)
        return self.effects.get(key)

    async def standing_of(self, key: str) -> Standing | None:
        return next((one for one in self.holds if one.key == key), None)

    async def holds_since(self, day: date) -> Sequence[Standing]:
        del day
        return self.holds


def _receipt(order: ControlOrder, *, wrongly: bool) -> Receipt:
    """Return that all of *order* was done; *wrongly* for another limit than was ordered (I-02)."""
    asked = int((order.amount_fen if order.quantity is None else order.quantity) or 0) + wrongly
    holds = order.action in _HOLDING
    return Receipt(
        receipt_number=f"R-{order.key[-6:]}",
        action=order.action,
        result="FULL",
        asked=asked,
        controlled=asked,
        rank=1 if holds else None,
        starts_on=TODAY if holds else None,
        ends_on=ends_on(TODAY, order.months) if holds else None,
        at=START,
    )
