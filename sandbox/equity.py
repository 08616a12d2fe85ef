"""Market regulation: shares, and the register of enterprises (docs/departments/equity.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.dates import add_years
from sandbox.earlier_holds import earlier_holds, encumbrance
from sandbox.graphql_system import graphql_system
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.relations_register import Relation
from sandbox.row_words import burden_words, owner_words

DEPARTMENT: Final = "market-regulation"
_TERM: Final = 36
_WHOLE: Final = 1_000_000  # per cent, in ten-thousandths
_INDUSTRIES: Final = ("C3130", "E4700", "F5199", "G5430", "I6510", "L7290")


def _registers(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    capital = {uscc: rng.randrange(5, 500) * 1_000_000 for uscc in population.organisations}
    shares: list[Row] = []
    for owner, relations in population.relations.items():
        for one in relations:
            if one.role == "SHAREHOLDER" and owner in population.people:
                shares.append(_share(population, rng, owner, one, capital, len(shares) + 1))
    enterprises = [
        _enterprise(population, rng, uscc, capital[uscc]) for uscc in population.organisations
    ]
    return [
        PlainRegister(
            name="shareholdings",
            fields=frozenset({*shares[0].words, "holds", "publicityReference"}),
            rows=by_owner(shares),
            holds="holds",
            shown="publicityReference",
        ),
        PlainRegister(
            name="enterprises",
            fields=frozenset(enterprises[0].words),
            rows=by_owner(enterprises),
        ),
    ]


def _share(
    population: Population,
    rng: Chance,
    owner: str,
    held: Relation,
    capital: dict[str, int],
    serial: int,
) -> Row:
    record = f"EQ-{serial:08d}"
    subscribed = _part(capital[held.related], held.share or "0")
    free = owner == population.principal
    pledged = not free and rng.happens(20)
    burdens = (encumbrance(rng, "PLEDGE", subscribed // 2, DAY),) if pledged else ()
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "companyName": held.related_name,
        "companyUscc": held.related,
        "subscribedCapital": yuan(subscribed),
        "paidInCapital": yuan(subscribed * rng.choice((10, 50, 100)) // 100),
        "shareRatio": held.share,
        "contributionDueOn": add_years(DAY, rng.randrange(1, 20)).isoformat(),
        "pledged": pledged,
        "encumbrances": burden_words(burdens),
        "recordId": record,
    }
    held_before = not free and rng.happens(15)
    waiting = rng.happens(30)
    earlier = earlier_holds(rng, subscribed, _TERM, DAY, waiting=waiting) if held_before else ()
    return Row(owner=owner, record=record, words=words, capacity=subscribed, earlier=earlier)


def _part(capital: int, share: str) -> int:
    """Return *share* per cent of *capital* fen, at least a yuan."""
    whole, _, decimals = share.partition(".")
    parts = int(whole) * 10_000 + int(decimals.ljust(4, "0"))
    return max(100, capital * parts // _WHOLE // 100 * 100)


def _enterprise(population: Population, rng: Chance, uscc: str, capital: int) -> Row:
    firm = population.organisations[uscc]
    chief = next(
        one.related_name for one in population.relations[uscc] if one.role == "LEGAL_REPRESENTATIVE"
    )
    words: dict[str, Any] = {
        "name": firm.name,
        "uscc": uscc,
        "organizationType": "有限责任公司",
        "legalRepresentativeName": chief,
        "registeredCapital": yuan(capital),
        "registrationStatus": rng.choices(("存续", "吊销", "注销"), (90, 6, 4))[0],
        "establishedOn": firm.founded_on.isoformat(),
        "registeredAddress": f"示例市示例区示例路{rng.randrange(1, 300)}号",
        "regionCode": "990203",
        "industryCode": rng.choice(_INDUSTRIES),
    }
    return Row(owner=uscc, record=f"EN-{uscc}", words=words)


SYSTEM: Final = graphql_system(
    "equity",
    DEPARTMENT,
    _registers,
    prefix="EQ",
    handler="示例股权登记经办",
    carried=frozenset({"QUERY", "FREEZE", "RESTRICT_TRANSFER", "RENEW", "LIFT"}),
)
