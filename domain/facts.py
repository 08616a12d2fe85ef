"""What the guards need to know of a case and of an order; whoever keeps them brings it along."""

from collections.abc import Collection
from dataclasses import dataclass, field

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from domain.purpose import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case at the moment of the step; money in fen.

    Attributes:
        state: ``OPEN``, or anything else for a case that is suspended, closed or terminated.
        recovered: what has been paid.
        committed: what the case's other orders take of the claim, reserved or held; waiting holds
            count nothing (I-04).
    """

    number: CaseNumber
    state: str
    obligors: Collection[IdNumber] = field(repr=False)
    claim: Fen
    recovered: Fen
    committed: Fen

    @property
    def left(self) -> int:
        """What may still be controlled, in fen; negative if more is controlled than claimed."""
        return self.claim - self.recovered - self.committed


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order as drafted.

    Attributes:
        record: the department's own number of the asset.
        amount: the limit in fen; None for securities.
        quantity: the limit in shares, for securities alone.
        registered: the credential numbers among *officers* that the court has on file.
        exemptions: what was found exempt on the asset, in the words of its kind's `exemptions`.
    """

    id_number: IdNumber = field(repr=False)
    asset_kind: str
    action: OrderAction
    department: str
    record: str | None
    amount: Fen | None
    quantity: int | None
    months: int
    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]
    registered: Collection[str]
    reason: str
    purpose: Purpose = Purpose.CONTROL
    exemptions: Collection[str] = ()
