"""What an order rests on besides its papers, stated anew when its draft is revised."""

from dataclasses import dataclass, replace
from typing import Any, Final

from resolvers.order_steps import checked
from storage.orders import OrderRecord

LONGEST_REASON: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a human found; None leaves what was stated before.

    Attributes:
        gates: conditions that were found met (G10); all of them, not those that are new.
        not_exempt: why what may be exempt is not (G7).
        kept_because: why a thing worth more than the claim leaves is held all the same (G6).
    """

    gates: tuple[str, ...] | None = None
    not_exempt: str | None = None
    kept_because: str | None = None

    def fit(self) -> "Grounds":
        """Return them as documents can carry them.

        Raises:
            BadInput: a text of them cannot stand in a document.
        """
        return replace(
            self,
            not_exempt=stated("notExempt", self.not_exempt),
            kept_because=stated("whole", self.kept_because),
        )

    @property
    def said(self) -> dict[str, Any]:
        """Return what is said anew, by the order's own names."""
        own = {
            "gates": self.gates,
            "not_exempt": self.not_exempt,
            "kept_because": self.kept_because,
        }
        return {name: value for name, value in own.items() if value is not None}

    def of(self, order: OrderRecord) -> OrderRecord:
        """Return *order* as it rests on them."""
        return replace(order, **self.said)


AS_BEFORE: Final = Grounds()


def stated(name: str, reason: str | None) -> str | None:
    """Return *reason* as documents can carry it. BadInput names the field."""
    return None if reason is None else checked(name, reason, most=LONGEST_REASON, lines=True)
