"""The court's own case register for the same people, as its case system would export it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from sandbox.chance import Chance, chance
from sandbox.dates import age
from sandbox.people import ADULT
from sandbox.population import DAY, Population

_COURT: Final = {"name": "示例区人民法院", "code": "示9903"}
_OFFICERS: Final = (
    ("executor-1", "执行员甲", "court-executor"),
    ("executor-2", "执行员乙", "court-executor"),
    ("executor-3", "执行员丙", "court-executor"),
    ("approver-1", "庭长甲", "court-approver"),
    ("president-1", "院长甲", "court-president"),
    ("supervisor-1", "指挥中心甲", "court-supervisor"),
    ("list-officer-1", "名单管理员甲", "list-officer"),
    ("objection-judge-1", "异议法官甲", "objection-judge"),
    ("higher-court-judge-1", "复议法官甲", "higher-court-judge"),
)
_OPEN_CASES: Final = 32
_LARGE_SERIAL: Final = 100
_LARGE_OBLIGORS: Final = 100
_FIRM_SERIAL: Final = 401


def case_register(population: Population, seed: int) -> dict[str, Any]:
    """Return the register: open cases, one with 100 obligors, one of a company, others', one suspended, one closed."""
    rng = chance(seed, "cases")
    rich = _by_assets(population)
    mine = [("executor-1", "HANDLER"), ("executor-2", "HANDLER"), ("approver-1", "APPROVER")]
    others = [("executor-2", "HANDLER"), ("executor-3", "HANDLER"), ("approver-1", "APPROVER")]
    draw = _Draw(rng, [number for number in rich if number != population.principal])
    cases = [_case(rng, population, 1, [population.principal], mine)]
    cases += [
        _case(rng, population, serial, draw.some(rng.randrange(1, 6)), mine)
        for serial in range(2, _OPEN_CASES)
    ]
    large = draw.some(_LARGE_OBLIGORS)
    cases.append(_case(rng, population, _LARGE_SERIAL, large, mine))
    cases += [_case(rng, population, serial, draw.some(2), others) for serial in (201, 202, 203)]
    cases.append(_case(rng, population, 301, draw.some(1), mine, state="SUSPENDED"))
    cases.append(_case(rng, population, 302, draw.some(1), mine, state="CLOSED"))
    firm = next(iter(population.organisations))
    # Drawn last, so that the others stay who they were; the large case is still the last of the open ones.
    cases.insert(_OPEN_CASES - 1, _case(rng, population, _FIRM_SERIAL, [firm], mine))
    return {
        "court": _COURT,
        "officers": [
            {"id": id_, "name": name, "role": role, "credential": f"示9903-{place:04d}"}
            for place, (id_, name, role) in enumerate(_OFFICERS, start=1)
        ],
        "cases": cases,
    }


class _Draw:
    """Draws debtors, the well-known ones first; starts over when everyone was drawn."""

    def __init__(self, rng: Chance, numbers: Sequence[str]) -> None:
        self._rng = rng
        self._numbers = list(numbers)
        self._next = 0

    def some(self, count: int) -> list[str]:
        if self._next + count > len(self._numbers):
            self._rng.shuffle(self._numbers)
            self._next = 0
        drawn = self._numbers[self._next : self._next + count]
        self._next += count
        return drawn


def _by_assets(population: Population) -> list[str]:
    """Return adults and organisations, those that several departments know first."""
    registers = (
        population.vehicles,
        population.accounts,
        population.holdings,
        population.relations,
    )
    grown = [
        number
        for number in population.names
        if number not in population.people or age(population.people[number].born, DAY) >= ADULT
    ]
    return sorted(grown, key=lambda number: -sum(number in register for register in registers))


def _case(
    rng: Chance,
    population: Population,
    serial: int,
    obligors: Sequence[str],
    officers: Sequence[tuple[str, str]],
    *,
    state: str = "OPEN",
) -> dict[str, Any]:
    claim = rng.randrange(50_000, 5_000_000) * 100
    filed = DAY - timedelta(days=rng.randrange(10, 170))
    applicant = rng.choice(list(population.organisations.values()))
    return {
        "number": f"（2026）示9903执{serial}号",
        "filedOn": filed.isoformat(),
        "basisDocumentNumber": f"（2025）示9903民初{serial + 1000}号",
        "basisUnit": _COURT["name"],
        "obligation": "被执行人应向申请执行人支付判决确定的款项及迟延履行期间的债务利息。",
        "claimFen": claim,
        "recoveredFen": claim if state == "CLOSED" else rng.choice((0, 0, claim // 20)),
        "state": state,
        **(_parts(claim, filed) if serial % 3 == 2 else {}),
        "applicants": [
            {"idNumber": applicant.uscc, "name": applicant.name, "kind": "LEGAL_PERSON"}
        ],
        "obligors": [
            {
                "idNumber": number,
                "name": population.names[number],
                "kind": "NATURAL_PERSON" if number in population.people else "LEGAL_PERSON",
            }
            for number in obligors
        ],
        "officers": [{"id": officer, "as": capacity} for officer, capacity in officers],
    }


def _parts(claim: int, filed: date) -> dict[str, Any]:
    """Return what *claim* is made of; a register that has it for every case is rare."""
    interest, costs, fee = claim // 20, claim // 100, claim // 200
    return {
        "principalFen": claim - interest - costs - fee,
        "agreedInterestFen": interest,
        "costsFen": costs,
        "enforcementFeeFen": fee,
        "performBy": (filed - timedelta(days=30)).isoformat(),
    }
