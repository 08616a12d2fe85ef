"""A new department, and the text of each of its files."""

import re
from dataclasses import dataclass
from typing import Final

from domain import catalogue
from domain.purpose import Purpose, is_laid_down
from gateway.scaffold.fields import NewField

_STEM: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){0,5}\Z")
PROTOCOLS: Final = ("rest", "sql", "graphql")


_ORDERS_NOTHING: Final = (
    '    prefix="X",',
    '    handler="示例经办",',
    "    carried=frozenset(),",
)


class NotADepartment(ValueError):
    """What was asked for cannot be a department here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDepartment:
    """What its files are made from.

    Attributes:
        stem: the name in every layer, such as ``boats``.
        scope: that its field needs; a scope of scopes.json.
        purposes, basis: what it may be asked for, and the law that says so. Both are decisions that
            no program takes.

    Raises:
        NotADepartment: the stem is no name, or department, scope or purpose is unknown.
    """

    stem: str
    protocol: str
    department: str
    zh: str
    scope: str
    purposes: tuple[Purpose, ...]
    basis: str
    fields: tuple[NewField, ...]

    def __post_init__(self) -> None:
        if not _STEM.match(self.stem):
            raise NotADepartment("a stem is small letters, digits and single underscores: `boats`")
        if self.protocol not in PROTOCOLS:
            raise NotADepartment(f"the kit knows {', '.join(PROTOCOLS)}")
        if self.department not in catalogue.departments():
            raise NotADepartment(f"departments.json has no {self.department}")
        if self.scope not in {one.id for one in catalogue.scopes()}:
            raise NotADepartment(f"scopes.json has no {self.scope}")
        if is_laid_down(self.group):
            raise NotADepartment(f"{self.group} is a group of data that the law here knows already")
        if not self.purposes or not self.basis.strip():
            raise NotADepartment("name a purpose and the law it rests on: --purpose, --basis")
        said = self.basis + self.zh
        if '"' in said or "\\" in said or not said.isprintable():
            raise NotADepartment("a basis and a term are plain words")

    @property
    def group(self) -> str:
        first, *rest = self.stem.split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def type(self) -> str:
        return "".join(word.capitalize() for word in self.stem.split("_")) + "Record"

    @property
    def connector(self) -> str:
        return "".join(word.capitalize() for word in self.stem.split("_")) + "Connector"

    def files(self) -> dict[str, str]:
        """Return the text of each file, by its path."""
        return {
            f"connectors/{self.stem}.py": self._connector_file(),
            f"resolvers/{self.stem}.py": self._resolver_file(),
            f"sandbox/{self.stem}.py": self._sandbox_file(),
            f"tests/connectors/test_{self.stem}.py": self._test_file(),
            f"docs/departments/{self.stem}.md": self._page(),
        }

    def _connector_file(self) -> str:
        kinds = {one.kind for one in self.fields}
        forms = sorted(
            {
                *({"Amount", "fen"} if "money" in kinds else ()),
                *({"DecimalText"} if "decimal" in kinds else ()),
            }
        )
        base = f"{self.protocol.capitalize()}Department"
        asks = {
            "rest": f'rest_question(RECORDS, "/v1/{self.stem}:batch")',
            "sql": "sql_question(RECORDS)",
            "graphql": f'graphql_question(RECORDS, "{self.group}")',
        }[self.protocol]
        kit = f"{self.protocol}_department"
        lines = [
            '"""',
            f"{catalogue.department(self.department).en} ({self.zh}).",
            "",
            "Source:",
            f"    docs/departments/{self.stem}.md",
            '"""',
            "",
            *(("from datetime import date",) if "date" in kinds else ()),
            "from typing import Final",
            "",
            *sorted(
                [
                    "from connectors.columns import Column",
                    *([f"from connectors.forms import {', '.join(forms)}"] if forms else []),
                    "from connectors.register import Register",
                    f"from connectors.{kit} import {base}, {self.protocol}_question",
                ]
            ),
            "",
            "RECORDS: Final = Register(",
            f'    "{self.type}",',
            "    [",
            *(f"        {one.column}" for one in self.fields),
            "    ],",
            ")",
            "",
            "",
            f"class {self.connector}({base}):",
            f'    department = "{self.department}"',
            f'    stem = "{self.stem}"',
            "",
            f"    records_of = {asks}",
        ]
        return "\n".join(lines) + "\n"

    def _resolver_file(self) -> str:
        kinds = {one.kind for one in self.fields}
        scalars = sorted(
            {"DateTime", *({"Date"} if "date" in kinds else ())}
            | ({"Long"} if "integer" in kinds else set())
            | ({"Decimal"} if "decimal" in kinds else set())
        )
        purposes = ", ".join(f"Purpose.{one.value}" for one in self.purposes)
        lines = [
            f'"""`Debtor.{self.group}`."""',
            "",
            f"from connectors.{self.stem} import {self.connector}",
            "from domain.purpose import Purpose",
            "from resolvers.debtor import DebtorPart",
            "from resolvers.declare import RecordGroup, asked_of, scopes_of, shows",
            *(("from resolvers.money import Money",) if "money" in kinds else ()),
            f"from resolvers.scalars import {', '.join(scalars)}",
            "",
            f'_GROUP = RecordGroup(catalogue_groups=(), scopes=scopes_of("{self.scope}"))',
            "",
            "",
            "@_GROUP.type",
            f"class {self.type}:",
            f'    """A record. {self.zh}"""',
            "",
            *(
                f'    {one.attribute}: {one.type} | None = shows("{one.says}", zh="{one.wire}")'
                for one in self.fields
            ),
            '    as_of: DateTime | None = shows("When the data were taken", zh="数据时间")',
            "",
            "",
            f"class {self.type}Part(DebtorPart):",
            f"    {self.stem}: list[{self.type}] | None = asked_of(",
            f"        {self.connector}.records_of,",
            f'        "{self.scope}",',
            f'        group="{self.group}",',
            f'        description="Records of the debtor; null if the department is silent. {self.zh}",',
            f"        purposes={{{purposes}}},",
            f'        basis="{self.basis}",',
            "    )",
        ]
        return "\n".join(lines) + "\n"

    def _sandbox_file(self) -> str:
        example = {
            "text": 'f"示例{serial:04d}"',
            "date": '"2026-11-01"',
            "integer": "serial",
            "boolean": "serial % 2 == 0",
            "money": 'f"{serial}.00"',
            "decimal": 'f"{serial}.5"',
            "texts": '[f"示例{serial:04d}"]',
        }
        module = "exchange_centre" if self.protocol == "sql" else f"{self.protocol}_system"
        system = f"{self.protocol}_system"
        name = {
            "rest": f"{self.stem}:batch",
            "sql": self.stem,
            "graphql": self.group,
        }[self.protocol]
        more = () if self.protocol == "rest" else _ORDERS_NOTHING
        lines = [
            f'"""{self.zh}, simulated (docs/departments/{self.stem}.md)."""',
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
                    "from sandbox.row_words import adults_and_firms",
                ]
            ),
            "",
            "_FIELDS: Final = frozenset(",
            "    {",
            *(f'        "{one.wire}",' for one in self.fields),
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
            *(f'                "{one.wire}": {example[one.kind]},' for one in self.fields),
            "            }",
            '            rows.append(Row(owner=owner, record=f"X-{serial:08d}", words=words))',
            f'    return [PlainRegister(name="{name}", fields=_FIELDS, rows=by_owner(rows))]',
            "",
            "",
            f"SYSTEM: Final = {system}(",
            f'    "{self.stem}",',
            f'    "{self.department}",',
            "    _records,",
            *more,
            ")",
        ]
        return "\n".join(lines) + "\n"

    def _test_file(self) -> str:
        return (
            f'"""The table of {self.stem}; the contract suite examines it with every other '
            'connector."""\n\n'
            f"from connectors.{self.stem} import RECORDS, {self.connector}\n"
            "from connectors.departments import CONNECTORS\n\n\n"
            "def test_it_is_found_by_its_file() -> None:\n"
            f"    assert {self.connector} in CONNECTORS\n\n\n"
            "def test_every_field_has_a_word_of_its_own() -> None:\n"
            "    words = [one.wire for one in RECORDS.columns]\n\n"
            "    assert len(set(words)) == len(words)\n"
        )

    def _page(self) -> str:
        protocol = {"rest": "REST/JSON", "sql": "SQL exchange database", "graphql": "GraphQL"}[
            self.protocol
        ]
        table = "\n".join(f"| `{one.wire}` | {one.kind} | {one.says} |" for one in self.fields)
        return (
            f"# {self.stem}: {self.zh}\n\n"
            f"Department `{self.department}`, {protocol} as [kit.md](kit.md) says; nothing else is "
            f"agreed here.\n\n| field | form | meaning |\n|---|---|---|\n{table}\n\n"
            f"May be asked for {', '.join(one.value for one in self.purposes)}: {self.basis}.\n"
        )
