"""The register of securities: accounts, and the lots in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.chance import Chance
from sandbox.earlier_holds import Encumbrance, earlier_holds, encumbrance
from sandbox.holds import Hold

_TERM: Final = 36
_BROKERS: Final = ("示例证券股份有限公司", "示例信达证券", "示例国盛证券")
_ISSUERS: Final = (
    ("示例股份", "XSHG"), ("示例银行", "XSHG"), ("示例电力", "XSHG"), ("示例航运", "XSHG"),
    ("示例科技", "XSHE"), ("示例医药", "XSHE"), ("示例食品", "XSHE"), ("示例材料", "XSHE"),
    ("示例精工", "BSE"), ("示例软件", "BSE"), ("示例农业", "NEEQ"), ("示例环保", "NEEQ"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """*price* is fen for one share, at the close of *priced_on*."""

    code: str
    name: str
    market: str
    price: int
    priced_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One lot; *quantity* and *pledged* are shares."""

    record: str
    security: Security
    unified_account: str
    account: str
    nature: str
    quantity: int
    pledged: int
    broker: str
    encumbrances: tuple[Encumbrance, ...]
    earlier: tuple[Hold, ...]

    @property
    def value(self) -> int:
        return self.quantity * self.security.price


def list_securities(rng: Chance, day: date) -> Sequence[Security]:
    return [
        Security(
            code=f"{990001 + place}",
            name=name,
            market=market,
            price=rng.randrange(180, 9000),
            priced_on=day,
        )
        for place, (name, market) in enumerate(_ISSUERS)
    ]


def deposit(
    rng: Chance, owners: Sequence[str], sure: str, day: date
) -> Mapping[str, Sequence[Holding]]:
    """Return the lots of about 35 % of *owners*, highest value first; an account may be empty.

    Args:
        sure: an owner of two lots and more that are free of holds.
    """
    securities = list_securities(rng, day)
    register: dict[str, Sequence[Holding]] = {}
    serial = 0
    for owner in owners:
        if not rng.happens(35) and owner != sure:
            continue
        lots = rng.choices(range(6), (6, 30, 28, 18, 10, 8))[0]
        lots = max(lots, 2) if owner == sure else lots
        account = f"{len(register) + 1:08d}"
        holdings = []
        for security in rng.sample(securities, lots):
            serial += 1
            holdings.append(_holding(rng, serial, security, account, day, free=owner == sure))
        holdings.sort(key=lambda holding: (-holding.value, holding.record))
        register[owner] = holdings
    return register


def _holding(
    rng: Chance, serial: int, security: Security, account: str, day: date, *, free: bool
) -> Holding:
    quantity = rng.randrange(1, 400) * 100
    pledged = quantity // 400 * 100 if not free and rng.happens(8) else 0
    held = not free and rng.happens(8)
    claim = rng.choice((quantity // 200 * 100 or 100, quantity))
    return Holding(
        record=f"SD-{serial:08d}",
        security=security,
        unified_account=f"9903{account}",
        account=("A" if security.market == "XSHG" else "0") + f"9{account}",
        nature=rng.choices(("UNRESTRICTED", "LOCK_UP", "STATE_OWNED"), (92, 6, 2))[0],
        quantity=quantity,
        pledged=pledged,
        broker=rng.choice(_BROKERS),
        encumbrances=(
            (encumbrance(rng, "PLEDGE", pledged * security.price // 2, day),) if pledged else ()
        ),
        earlier=earlier_holds(rng, claim, _TERM, day, waiting=rng.happens(25)) if held else (),
    )
