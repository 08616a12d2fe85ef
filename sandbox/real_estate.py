"""Land resources: houses and land use rights behind one exchange (docs/departments/real_estate.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.earlier_holds import earlier_holds, encumbrance
from sandbox.exchange_centre import sql_system
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.row_words import adults_and_firms, burden_words, owner_words

DEPARTMENT: Final = "land-resources"
_TERM: Final = 36
_PLACES: Final = ("示例市示例区示例路", "示例市示例区星海街", "示例市示例县河口镇")


def _immovables(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    houses: list[Row] = []
    land: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if sure or rng.happens(48):
            count = 2 if sure else rng.choices((1, 2, 3), (75, 20, 5))[0]
            for place in range(count):
                serial = len(houses) + 1
                sole = count == 1 or place == 0
                houses.append(_house(population, rng, owner, serial, free=sure, sole=sole))
        if sure or rng.happens(25 if owner in population.organisations else 3):
            land.append(_parcel(population, rng, owner, len(land) + 1, free=sure))
    return [
        PlainRegister(
            name="houses",
            fields=frozenset({*houses[0].words, "fc_cfxx"}),
            rows=by_owner(houses),
            holds="fc_cfxx",
        ),
        PlainRegister(
            name="land",
            fields=frozenset({*land[0].words, "td_cfxx"}),
            rows=by_owner(land),
            holds="td_cfxx",
        ),
    ]


def _house(
    population: Population, rng: Chance, owner: str, serial: int, *, free: bool, sole: bool
) -> Row:
    worth = rng.randrange(40_000_000, 600_000_000)
    burdens = (encumbrance(rng, "MORTGAGE", worth * 6 // 10, DAY),) if rng.happens(40) else ()
    shared = rng.happens(35)
    held = not free and rng.happens(9)
    words: dict[str, Any] = {
        **owner_words(population, owner, "fc_qlrmc", "fc_zjzl", "fc_zjh"),
        "fc_bdcdyh": f"990203001001GB{serial:05d}F{serial:08d}",
        "fc_bdcqzh": f"示（2019）示例市不动产权第{serial:07d}号",
        "fc_zl": f"{rng.choice(_PLACES)}{rng.randrange(1, 300)}号",
        "fc_xzqh": "990203",
        "fc_jzmj": f"{rng.randrange(30, 260)}.{rng.randrange(100):02d}",
        "fc_ghyt": rng.choices(("住宅", "商业", "办公"), (86, 9, 5))[0],
        "fc_gyfs": "共同共有" if shared else "单独所有",
        "fc_qlbl": "50" if shared else "100",
        "fc_dyje": f"{burdens[0].amount // 100}.{burdens[0].amount % 100:02d}" if burdens else None,
        "fc_wyzf": "是" if sole and owner in population.people else "否",
        "fc_czzt": "是" if rng.happens(15) else "否",
        "fc_wqbah": f"WQ{serial:08d}" if rng.happens(6) else None,
        "fc_dyxx": burden_words(burdens),
        "fc_jlbh": f"FC-{serial:08d}",
    }
    earlier = earlier_holds(rng, worth, _TERM, DAY, waiting=rng.happens(30)) if held else ()
    return Row(owner=owner, record=f"FC-{serial:08d}", words=words, earlier=earlier)


def _parcel(population: Population, rng: Chance, owner: str, serial: int, *, free: bool) -> Row:
    held = not free and rng.happens(6)
    ends = DAY.replace(year=DAY.year + rng.randrange(5, 60))
    words: dict[str, Any] = {
        **owner_words(population, owner, "td_qlrmc", "td_zjzl", "td_zjh"),
        "td_zdtzm": f"990203001001GB{serial:05d}",
        "td_bdcqzh": f"示（2017）示例市土地使用权第{serial:07d}号",
        "td_zl": f"{rng.choice(_PLACES)}北侧",
        "td_zdmj": f"{rng.randrange(200, 60_000)}.{rng.randrange(100):02d}",
        "td_qlxz": rng.choices(("出让", "划拨"), (80, 20))[0],
        "td_yt": rng.choice(("城镇住宅用地", "工业用地", "商服用地")),
        "td_syjsrq": ends.isoformat(),
        "td_dyxx": [],
        "td_jlbh": f"TD-{serial:08d}",
    }
    worth = rng.randrange(50_000_000, 900_000_000)
    earlier = earlier_holds(rng, worth, _TERM, DAY, waiting=False) if held else ()
    return Row(owner=owner, record=f"TD-{serial:08d}", words=words, earlier=earlier)


SYSTEM: Final = sql_system(
    "real_estate",
    DEPARTMENT,
    _immovables,
    prefix="RE",
    handler="示例不动产登记经办",
    carried=frozenset({"QUERY", "SEAL", "PRE_SEAL", "RENEW", "LIFT"}),
)
