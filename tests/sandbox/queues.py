"""Orders about one asset, and assets with holds on them."""

from datetime import date
from typing import Final

from sandbox.decisions import decide
from sandbox.holds import Change, Hold
from sandbox.orders import Asset, Order

START: Final = date(2026, 1, 30)
A_RULING: Final = "裁1"


def order(key: str, action: str, limit: int, months: int, about: str | None = None) -> Order:
    return Order(
        key=key,
        document_hash=key,
        case="案一",
        court="示例区人民法院",
        action=action,
        hold_key=about,
        subject="某",
        name="甲",
        record="R",
        limit=limit,
        months=months,
        ruling=A_RULING if about is None else f"{A_RULING}之一",
    )


def held(capacity: int | None, *limits: int) -> tuple[Asset, list[Hold | Change]]:
    """Return an asset with holds k0, k1 … of *limits*, twelve months each, all from START."""
    asset = Asset(capacity=capacity, balance=capacity, earlier=())
    log: list[Hold | Change] = []
    for place, limit in enumerate(limits):
        entry = decide(order(f"k{place}", "FREEZE", limit, 12), asset, log, START).entry
        assert entry is not None
        log.append(entry)
    return asset, log
