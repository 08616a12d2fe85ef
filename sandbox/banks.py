"""Banks: the registers of deposits and of wealth products (docs/departments/banks.md)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sandbox.account_numbers import account_number
from sandbox.batch_system import batch_system
from sandbox.chance import Chance
from sandbox.earlier_holds import Encumbrance, earlier_holds, encumbrance
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.row_words import adults_and_firms, burden_words, owner_words

DEPARTMENT: Final = "financial-institutions"
_BANKS: Final = (
    ("示例银行示例支行", "990203000011"),
    ("示例农村商业银行示例分理处", "990203000028"),
)
_PERSONAL: Final = ("CLASS_I", "CLASS_II", "CLASS_III")
_CORPORATE: Final = ("BASIC", "GENERAL", "SPECIAL_PURPOSE")
_EXEMPT: Final = frozenset({"WAGE_GUARANTEE", "RELIEF", "DEPOSIT_RESERVE"})
_PRODUCTS: Final = (
    ("990001", "示例稳健理财一号", "BANK_WEALTH"),
    ("990002", "示例货币基金", "PUBLIC_FUND"),
    ("990003", "示例结构性存款", "STRUCTURED_DEPOSIT"),
    ("990004", "示例信托计划", "TRUST"),
)


def _registers(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    deposits: list[Row] = []
    wealth: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if sure or rng.happens(88):
            for place in range(1, 1 + (2 if sure else rng.choices((1, 2, 3), (60, 30, 10))[0])):
                number, serial = account_number(owner, place), len(deposits) + 1
                deposits.append(_deposit(population, rng, owner, number, serial, free=sure))
        if sure or rng.happens(22):
            for _ in range(1 if sure else rng.choices((1, 2), (75, 25))[0]):
                wealth.append(_product(population, rng, owner, len(wealth) + 1, free=sure))
    return [
        PlainRegister(
            name="deposits",
            fields=frozenset({*deposits[0].words, "balance", "availableBalance", "Hold"}),
            rows=by_owner(deposits),
            holds="Hold",
            available="availableBalance",
            balance="balance",
        ),
        PlainRegister(
            name="wealth",
            fields=frozenset({*wealth[0].words, "currentValue", "Hold"}),
            rows=by_owner(wealth),
            holds="Hold",
            balance="currentValue",
        ),
    ]


def _deposit(
    population: Population, rng: Chance, owner: str, number: str, serial: int, *, free: bool
) -> Row:
    firm = owner in population.organisations
    balance = rng.randrange(3_000_000, 20_000_000) if free else rng.randrange(8_000_000)
    flag = None if free else _flag(rng, firm=firm)
    bank, code = rng.choice(_BANKS)
    kind = rng.choice(_CORPORATE if firm else _PERSONAL)
    held = not free and flag is None and rng.happens(8)
    claim = balance // 2 or 1
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "institutionName": bank,
        "institutionCode": code,
        "accountNumber": number,
        "cardNumber": None if firm else f"990300{serial:013d}",
        "accountKind": "SPECIAL_PURPOSE" if flag in _EXEMPT else kind,
        "currency": "CNY",
        "accountStatus": "NORMAL" if free else rng.choices(("NORMAL", "DORMANT"), (92, 8))[0],
        "specialPurpose": flag,
        "Encumbrance": burden_words(
            (encumbrance(rng, "PLEDGE", claim, DAY),) if not free and rng.happens(3) else ()
        ),
        "recordId": f"BD-{serial:08d}",
    }
    return Row(
        owner=owner,
        record=f"BD-{serial:08d}",
        words=words,
        capacity=balance,
        earlier=earlier_holds(rng, claim, 12, DAY, waiting=rng.happens(25)) if held else (),
        refusal="EXEMPT_FUNDS" if flag in _EXEMPT else "",
    )


def _flag(rng: Chance, *, firm: bool) -> str | None:
    if not rng.happens(12 if firm else 5):
        return None
    return rng.choice(
        ("WAGE_GUARANTEE", "DEPOSIT_RESERVE", "MARGIN") if firm else ("RELIEF", "PENSION")
    )


def _product(population: Population, rng: Chance, owner: str, serial: int, *, free: bool) -> Row:
    code, name, kind = rng.choice(_PRODUCTS)
    principal = rng.randrange(1_000_000, 30_000_000)
    value = principal + rng.randrange(-principal // 10, principal // 10)
    pledged = not free and rng.happens(15)
    burdens: tuple[Encumbrance, ...] = (
        (encumbrance(rng, "PLEDGE", value // 2, DAY),) if pledged else ()
    )
    held = not free and rng.happens(8)
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "issuerInstitution": "示例银行理财子公司",
        "salesInstitution": rng.choice(_BANKS)[0],
        "productCode": code,
        "productName": name,
        "productKind": kind,
        "units": f"{principal // 100}.{principal % 100:02d}",
        "principal": yuan(principal),
        "maturityOn": (DAY + timedelta(days=rng.randrange(20, 700))).isoformat(),
        "redeemable": free or rng.happens(60),
        "pledged": pledged,
        "Encumbrance": burden_words(burdens),
        "recordId": f"BW-{serial:08d}",
    }
    return Row(
        owner=owner,
        record=f"BW-{serial:08d}",
        words=words,
        capacity=value,
        earlier=earlier_holds(rng, value // 2, 36, DAY, waiting=rng.happens(20)) if held else (),
    )


SYSTEM: Final = batch_system(
    "banks",
    DEPARTMENT,
    _registers,
    prefix="BK",
    handler="示例银行协查经办",
    carried=frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"}),
)
