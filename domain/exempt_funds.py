"""What a department's mark on money means for the law: whose money it is, and what it is kept for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# The words are those of `exemptions` in assets.json. PENSION and MARGIN are no reason alone: some of it
# may be held, and the department and the approver look.
_MEANS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "bankDeposit": MappingProxyType(
            {
                "WAGE_GUARANTEE": "special-purpose funds protected by law",
                "RELIEF": "special-purpose funds protected by law",
                "DEPOSIT_RESERVE": "deposit reserve of financial institutions at the central bank",
            }
        ),
        "securitiesSettlementFunds": MappingProxyType(
            {
                "POOLED_CUSTOMER_ACCOUNT": "pooled customer settlement account at the custody bank",
                "SETTLEMENT_RESERVE": "settlement reserve and minimum proprietary reserve",
            }
        ),
    }
)


def exempt_by(asset_kind: str, mark: str | None) -> tuple[str, ...]:
    """Return what the law exempts where a department marks money of *asset_kind* with *mark* (G7).

    Source:
        查扣冻规定 arts. 3–5; 法〔2004〕239号; 执行工作规定 art. 27; domain.md 5.3, 5.5.
    """
    found = _MEANS.get(asset_kind, {}).get(mark or "")
    return () if found is None else (found,)
