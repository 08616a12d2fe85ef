"""One control order on each department's own wire, and its receipt in one form."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from secrets import token_hex
from typing import Any, Final

from tests.sandbox.district import Asset, Served
from tests.sandbox.exchange import Exchange
from tests.sandbox.soap import V, body_of, element, envelope, fault_of, post
from tests.sandbox.wires import HEADERS, Refused, ready_ticket

OFFICERS: Final = ("示9903-0001", "示9903-0002")
COURT: Final = "示例区人民法院"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    asset: Asset
    asked: Decimal
    key: str = field(default_factory=lambda: token_hex(8))
    case: str = "（2026）示9903执1号"
    action: str = ""
    document_hash: str = "a" * 64
    months: int = 12
    hold_key: str | None = None
    ruling: str = "裁1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """*prior* are authority, amount or quantity, and last day."""

    number: str
    action: str
    result: str
    asked: Decimal
    controlled: Decimal
    reason: str
    rank: int | None
    starts_on: str | None
    ends_on: str | None
    prior: tuple[tuple[str, Decimal, str | None], ...]
    handler: str
    at: str


def order_police(served: Served, order: Order, *, timeout: float = 5) -> Receipt:
    asset = order.asset
    words = {
        "WJBH": order.key,
        **({} if order.hold_key is None else {"YWJBH": order.hold_key}),
        "AJBH": order.case,
        "CSLX": order.action or "SEAL",
        "ZJHM": asset.subject,
        "XM": asset.name,
        "JLBH": asset.record,
        "JE": f"{order.asked:.2f}",
        "YS": str(order.months),
        "CDSH": order.ruling,
        "TZSH": "协1",
        "WJZY": order.document_hash,
    }
    content = "".join(element(name, value) for name, value in words.items())
    content += "".join(element("ZFRY", officer) for officer in OFFICERS) + element("FY", COURT)
    answer = post(served, envelope(f"<v:Control>{content}</v:Control>"), timeout=timeout)
    if answer.status_code != 200:
        raise Refused(fault_of(answer))
    [receipt] = body_of(answer)
    return police_receipt(receipt)


def police_receipt(element_: Any) -> Receipt:
    get = element_.get
    return Receipt(
        number=get("HZBH"),
        action=get("CSLX"),
        result=get("JG"),
        asked=Decimal(get("YQ")),
        controlled=Decimal(get("KZ")),
        reason=get("YY") or "",
        rank=int(get("SX")) if get("SX") else None,
        starts_on=get("QSRQ"),
        ends_on=get("JZRQ"),
        prior=tuple(
            (one.get("JG"), Decimal(one.get("JE")), one.get("JZRQ"))
            for one in element_.findall(f"{V}ZQ")
        ),
        handler=get("JBR"),
        at=get("SJ"),
    )


def order_depository(
    served: Served, order: Order, *, timeout: float = 5, **more: object
) -> Receipt:
    accepted = served.http.post(
        f"{served.url}/v2/controls",
        json={**_words(order, "FREEZE"), "quantity": int(order.asked), **more},
        headers={**HEADERS, "Idempotency-Key": order.key},
        timeout=timeout,
    )
    if accepted.status_code != 202:
        raise Refused(accepted.json()["error"])
    return _receipt(ready_ticket(served, accepted.json()["ticket"])["receipt"], "quantity")


def order_fund(served: Served, order: Order, *, timeout: float = 2) -> Receipt:
    """A key that is there with the same document waits for its receipt, as the page has it."""
    with Exchange(served.url) as exchange:
        known = exchange.order_hash(order.key)
        if known is None:
            body = {**_words(order, "FREEZE"), "key": order.key, "amount": f"{order.asked:.2f}"}
            exchange.order(order.key, order.document_hash, json.dumps(body))
        elif known != order.document_hash:
            raise Refused("KEY_REUSED")
        found = exchange.receipt(order.key, timeout)
    if found is None:
        raise TimeoutError
    return _receipt(found, "amount")


ORDER: Final[Mapping[str, Callable[..., Receipt]]] = {
    "vehicles": order_police,
    "housing_fund": order_fund,
    "securities": order_depository,
}


def _words(order: Order, action: str) -> dict[str, object]:
    return {
        "case": order.case,
        "action": order.action or action,
        "subject": order.asset.subject,
        "subjectName": order.asset.name,
        "record": order.asset.record,
        "months": order.months,
        **({} if order.hold_key is None else {"holdKey": order.hold_key}),
        "ruling": order.ruling,
        "notice": "协1",
        "documentHash": order.document_hash,
        "officers": OFFICERS,
        "court": COURT,
    }


def _receipt(words: Mapping[str, Any], amount: str) -> Receipt:
    return Receipt(
        number=words["receiptNumber"],
        action=words["action"],
        result=words["result"],
        asked=Decimal(words["asked"]),
        controlled=Decimal(words["controlled"]),
        reason=words["reason"] or "",
        rank=words["rank"],
        starts_on=words["startsOn"],
        ends_on=words["endsOn"],
        prior=tuple(
            (one["authority"], Decimal(one[amount]), one["expiresOn"])
            for one in words["priorHolds"]
        ),
        handler=words["handler"],
        at=words["at"],
    )
