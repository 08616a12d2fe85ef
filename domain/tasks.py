"""What somebody has to do about a case's orders now, and by when: derived, never kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from domain.money import Fen

ENDING_DAYS: Final = 30
"""A hold that ends within so many days is a task (domain.md 5.2, DL-25)."""


class TaskKind(Enum):
    RELEASE_EXCESS = "RELEASE_EXCESS"
    """Lift what is held beyond the claim (DL-23; 查扣冻规定 art. 19)."""
    RENEW_OR_LIFT = "RENEW_OR_LIFT"
    """Renew a hold before it ends, or lift it (查扣冻规定 art. 27)."""
    PRESS_FOR_ANSWER = "PRESS_FOR_ANSWER"
    """Ask a department for an answer that is overdue (DL-33)."""
    ATTEND_TO_DELIVERY = "ATTEND_TO_DELIVERY"
    """Look at a delivery that stopped, and let it begin again."""
    FIND_OUT_OUTCOME = "FIND_OUT_OUTCOME"
    """Find out what became of an order whose department cannot be asked."""
    RESOLVE_DISCREPANCY = "RESOLVE_DISCREPANCY"
    """Look at a difference between the court's mirror and a department."""
    ATTEND_TO_WATCH = "ATTEND_TO_WATCH"
    """Look at a refund that can be held, and of which a guard lets no draft be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do.

    Attributes:
        rule: the rule that sets the day; None where none does, and it is to be done at once.
        due_on: last day, to 24:00 Asia/Shanghai; None with *rule*.
        order_id: of the order it is about; None where it is about none.
        fen: how much, of an excess.
        watch_id: of the watched refund it is about.
    """

    kind: TaskKind
    rule: str | None = None
    due_on: date | None = None
    order_id: str | None = None
    fen: Fen | None = None
    watch_id: str | None = None

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


def by_urgency(tasks: Iterable[Task]) -> list[Task]:
    """Return *tasks* in the order in which they want doing: the earliest day first, then at once."""
    return sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max))
