"""The text of each of a new department's files."""

from typing import Final

from domain import catalogue
from gateway.scaffold.department import NewDepartment
from gateway.scaffold.fields import NewField

_AS_OF: Final = '    as_of: DateTime | None = shows("When the data were taken", zh="数据时间")'
_ORDERS_NOTHING: Final = (
    '    prefix="X",',
    '    handler="示例经办",',
    "    carried=frozenset(),",
)


def files_of(made: NewDepartment) -> dict[str, str]:
    """Return the text of each file, by its path."""
    return {
        f"connectors/{made.stem}.py": _connector_file(made),
        f"resolvers/{made.stem}.py": _resolver_file(made),
        f"sandbox/{made.stem}.py": _sandbox_file(made),
        f"tests/connectors/test_{made.stem}.py": _test_file(made),
        f"docs/departments/{made.stem}.md": _page(made),
    }


def _columns(made: NewDepartment) -> list[str]:
    own = [one.column for one in made.fields]
    return own if made.asset is None else made.asset.columns(own)


def _connector_file(made: NewDepartment) -> str:
    kinds = {one.kind for one in made.fields}
    forms = sorted(
        {
            *({"Amount", "fen"} if "money" in kinds else ()),
            *({"DecimalText"} if "decimal" in kinds else ()),
        }
    )
    base = f"{made.protocol.capitalize()}Department"
    asks = {
        "rest": f'rest_question(RECORDS, "/v1/{made.stem}:batch")',
        "sql": "sql_question(RECORDS)",
        "graphql": f'graphql_question(RECORDS, "{made.group}")',
    }[made.protocol]
    kit = f"{made.protocol}_department"
    lines = [
        '"""',
        f"{catalogue.department(made.department).en} ({made.zh}).",
        "",
        "Source:",
        f"    docs/departments/{made.stem}.md",
        '"""',
        "",
        *(("from datetime import date",) if "date" in kinds else ()),
        "from typing import Final",
        "",
        *sorted(
            [
                *(() if made.asset is None else made.asset.connector_imports),
                "from connectors.columns import Column",
                *([f"from connectors.forms import {', '.join(forms)}"] if forms else []),
                "from connectors.register import Register",
                f"from connectors.{kit} import {base}, {made.protocol}_question",
            ]
        ),
        "",
        "RECORDS: Final = Register(",
        f'    "{made.type}",',
        "    [",
        *(f"        {one}" for one in _columns(made)),
        "    ],",
        ")",
        "",
        "",
        f"class {made.connector}({base}):",
        f'    department = "{made.department}"',
        f'    stem = "{made.stem}"',
        "",
        f"    records_of = {asks}",
    ]
    return "\n".join(lines) + "\n"


def _resolver_file(made: NewDepartment) -> str:
    kinds = {one.kind for one in made.fields}
    asset = made.asset
    scalars = sorted(
        {*(("DateTime",) if asset is None else ()), *(("Date",) if "date" in kinds else ())}
        | ({"Long"} if "integer" in kinds else set())
        | ({"Decimal"} if "decimal" in kinds else set())
    )
    scope = made.scope if asset is None else asset.scope
    lines = [
        f'"""`Debtor.{made.group}`."""',
        "",
        f"from connectors.{made.stem} import {made.connector}",
        *(("from domain.purpose import Purpose",) if asset is None else asset.resolver_imports),
        "from resolvers.debtor import DebtorPart",
        "from resolvers.declare import RecordGroup, asked_of, scopes_of, shows",
        *(("from resolvers.money import Money",) if "money" in kinds else ()),
        *((f"from resolvers.scalars import {', '.join(scalars)}",) if scalars else ()),
        "",
        *(
            (f'_GROUP = RecordGroup(catalogue_groups=(), scopes=scopes_of("{scope}"))',)
            if asset is None
            else asset.record_group
        ),
        "",
        "",
        "@_GROUP.type",
        f"class {made.type}{'' if asset is None else '(Asset)'}:",
        f'    """A record. {made.zh}"""',
        "",
        *(f"    {one.attribute}: {one.type} | None = {_shown(made, one)}" for one in made.fields),
        *((_AS_OF,) if asset is None else ()),
        "",
        "",
        f"class {made.type}Part(DebtorPart):",
        f"    {made.stem}: list[{made.type}] | None = asked_of(",
        f"        {made.connector}.records_of,",
        f'        "{scope}",',
        f'        group="{made.group if asset is None else asset.kind}",',
        *(() if asset is None else (f"        asset={asset.as_asset},",)),
        f'        description="Records of the debtor; null if the department is silent. {made.zh}",',
        *(_law(made) if asset is None else ()),
        "    )",
    ]
    return "\n".join(lines) + "\n"


def _law(made: NewDepartment) -> tuple[str, ...]:
    purposes = ", ".join(f"Purpose.{one.value}" for one in made.purposes)
    return (f"        purposes={{{purposes}}},", f'        basis="{made.basis}",')


def _shown(made: NewDepartment, one: NewField) -> str:
    """What the catalogue knows of a kind has its term and its mask from there."""
    known = made.asset is not None and made.asset.knows(one)
    return f'shows("{one.says}")' if known else f'shows("{one.says}", zh="{one.wire}")'


def _sandbox_file(made: NewDepartment) -> str:
    example = {
        "text": 'f"示例{serial:04d}"',
        "date": '"2026-11-01"',
        "integer": "serial",
        "boolean": "serial % 2 == 0",
        "money": 'f"{serial}.00"',
        "decimal": 'f"{serial}.5"',
        "texts": '[f"示例{serial:04d}"]',
    }
    module = "exchange_centre" if made.protocol == "sql" else f"{made.protocol}_system"
    system = f"{made.protocol}_system"
    name = {
        "rest": f"{made.stem}:batch",
        "sql": made.stem,
        "graphql": made.group,
    }[made.protocol]
    holds = "" if made.asset is None else ', holds="holds"'
    more = () if made.protocol == "rest" else _ORDERS_NOTHING
    lines = [
        f'"""{made.zh}, simulated (docs/departments/{made.stem}.md)."""',
        "",
        "from collections.abc import Sequence",
        "from typing import Final",
        "",
        *sorted(
            [
                "from sandbox.chance import Chance",
                f"from sandbox.{module} import {system}",
                "from sandbox.plain_register import PlainRegister, Row, by_owner",
                "from sandbox.population import Population",
                "from sandbox.row_words import adults_and_firms"
                + ("" if made.asset is None else ", owner_words"),
            ]
        ),
        "",
        "_FIELDS: Final = frozenset(",
        "    {",
        *(f'        "{one.wire}",' for one in made.fields),
        *(() if made.asset is None else made.asset.sandbox_fields),
        "    }",
        ")",
        "",
        "",
        "def _records(population: Population, rng: Chance) -> Sequence[PlainRegister]:",
        "    rows: list[Row] = []",
        "    for owner in adults_and_firms(population):",
        "        if owner == population.principal or rng.happens(20):",
        "            serial = len(rows) + 1",
        "            words = {",
        *(() if made.asset is None else made.asset.sandbox_words),
        *(f'                "{one.wire}": {example[one.kind]},' for one in made.fields),
        "            }",
        '            rows.append(Row(owner=owner, record=f"X-{serial:08d}", words=words))',
        "    rows_of = by_owner(rows)",
        f'    return [PlainRegister(name="{name}", fields=_FIELDS, rows=rows_of{holds})]',
        "",
        "",
        f"SYSTEM: Final = {system}(",
        f'    "{made.stem}",',
        f'    "{made.department}",',
        "    _records,",
        *more,
        ")",
    ]
    return "\n".join(lines) + "\n"


def _test_file(made: NewDepartment) -> str:
    return (
        f'"""The table of {made.stem}; the contract suite examines it with every other '
        'connector."""\n\n'
        f"from connectors.{made.stem} import RECORDS, {made.connector}\n"
        "from connectors.departments import CONNECTORS\n\n\n"
        "def test_it_is_found_by_its_file() -> None:\n"
        f"    assert {made.connector} in CONNECTORS\n\n\n"
        "def test_every_field_has_a_word_of_its_own() -> None:\n"
        "    words = [one.wire for one in RECORDS.columns]\n\n"
        "    assert len(set(words)) == len(words)\n"
    )


def _allowed(made: NewDepartment) -> str:
    if made.asset is not None:
        return (
            f"An asset of the kind `{made.asset.kind}`: asked for as every register of that kind."
        )
    return f"May be asked for {', '.join(one.value for one in made.purposes)}: {made.basis}."


def _page(made: NewDepartment) -> str:
    protocol = {"rest": "REST/JSON", "sql": "SQL exchange database", "graphql": "GraphQL"}[
        made.protocol
    ]
    table = "\n".join(f"| `{one.wire}` | {one.kind} | {one.says} |" for one in made.fields)
    return (
        f"# {made.stem}: {made.zh}\n\n"
        f"Department `{made.department}`, {protocol} as [kit.md](kit.md) says; nothing else is "
        f"agreed here.\n\n| field | form | meaning |\n|---|---|---|\n{table}\n\n"
        f"{_allowed(made)}\n"
    )
