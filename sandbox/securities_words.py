"""A lot in the depository's words (docs/departments/securities.md)."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.money import yuan
from sandbox.securities_register import Holding

PLAIN: Final[dict[str, Callable[[Holding], Any]]] = {
    "unifiedAccountNumber": lambda h: h.unified_account,
    "securitiesAccountNumber": lambda h: h.account,
    "market": lambda h: h.security.market,
    "securityCode": lambda h: h.security.code,
    "securityName": lambda h: h.security.name,
    "shareNature": lambda h: h.nature,
    "quantity": lambda h: h.quantity,
    "pledgedQuantity": lambda h: h.pledged,
    "custodianBroker": lambda h: h.broker,
    "marketValueYuan": lambda h: yuan(h.value),
    "priceAsOf": lambda h: h.security.priced_on.isoformat(),
    "recordId": lambda h: h.record,
    "encumbrances": lambda h: [
        {
            "kind": e.kind,
            "amountYuan": yuan(e.amount),
            "beneficiary": e.beneficiary,
            "registeredOn": e.registered_on.isoformat(),
        }
        for e in h.encumbrances
    ],
}
FIELDS: Final = frozenset(
    {
        *PLAIN,
        "ownerName",
        "ownerIdType",
        "ownerIdNumber",
        "availableQuantity",
        "frozenQuantity",
        "holds",
    }
)
