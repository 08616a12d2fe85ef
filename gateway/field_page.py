"""The page of all fields, written from their declarations: ``docs/fields.md``."""

from collections.abc import Iterator
from typing import Final

from graphql import GraphQLField, GraphQLObjectType

from domain import catalogue
from gateway.declarations import Declarations
from gateway.fields_left_out import left_out
from gateway.schema import Graph
from resolvers.declare import Declared

_HEAD: Final = """# Every field, and who may have it

Written from the declarations in `resolvers/` by `chakong schema fields`; `./test` compares.

*Needs* are OAuth scopes: any of them is enough, those joined by “+” only together. *Shown as* says how a
reader without the raw scope sees the value; where nothing stands the value itself is shown. *Cost* is
counted for each subject. A department is asked for the purposes under its field, on the law beside
them; for any other purpose the request is refused before the wire is touched.

Who sees a value that only a `:raw` scope unmasks, and who asks for a field that is **proved lately**,
has shown two factors within the last five minutes (access-people.md).
"""
_COLUMNS: Final = (
    "| field | what | needs | sensitivity | shown as | cost |",
    "|---|---|---|---|---|---|",
)
_LEFT_OUT: Final = "# Not in the graph, and why"
_FIRST: Final = ("Query", "Mutation", "Subscription")


def field_page(graph: Graph) -> str:
    """Return the page, in Markdown."""
    kinds = [
        kind
        for name, kind in graph.schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
    ]
    kinds.sort(key=lambda kind: (_FIRST.index(kind.name) if kind.name in _FIRST else 3, kind.name))
    sections = [_section(graph.declarations, kind) for kind in kinds]
    return "\n".join([_HEAD, *sections, _left_out(graph)])


def _left_out(graph: Graph) -> str:
    """Return the section of what the catalogue has and the graph does not."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for (group, name), reason in left_out(graph).items():
        grouped.setdefault((group, reason or "**unexplained**"), []).append(name)
    rows = [
        f"| {group} | {', '.join(f'`{name}`' for name in names)} | {_line(reason)} |"
        for (group, reason), names in grouped.items()
    ]
    head = [
        _LEFT_OUT,
        "",
        "Fields of `domain/data/assets.json` and `field-groups.json` that no department's record shows.",
        "",
        "| group | fields | why |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def _section(declarations: Declarations, kind: GraphQLObjectType) -> str:
    declared = {name: declarations.of(f"{kind.name}.{name}") for name in kind.fields}
    rows = [_row(name, field, declared[name]) for name, field in kind.fields.items()]
    asked = [line for name, one in declared.items() for line in _asked(name, one)]
    head = [f"## {kind.name}", ""]
    if kind.description:
        head += [_line(kind.description), ""]
    table = [*_COLUMNS, *rows, ""]
    return "\n".join([*head, *table, *([*asked, ""] if asked else [])])


def _row(name: str, field: GraphQLField, declared: Declared) -> str:
    needs = " or ".join(
        " + ".join(f"`{scope}`" for scope in sorted(inner)) for inner in declared.scopes
    )
    if declared.proven:
        needs = f"{needs}, **proved lately**"
    shown = ""
    if declared.mask is not None:
        raw = " or ".join(f"`{scope}`" for scope in sorted(declared.raw))
        shown = f"{declared.mask} without {raw}" if raw else declared.mask
    cells = (
        f"`{name}: {field.type}`",
        _line(field.description),
        needs or "any token",
        declared.sensitivity or "",
        shown,
        str(declared.cost or ""),
    )
    return f"| {' | '.join(cells)} |"


def _asked(name: str, declared: Declared) -> Iterator[str]:
    """Yield the line of a field that a department answers."""
    if declared.question is None or declared.purposes is None:
        return
    owner = catalogue.department(declared.question.department)
    purposes = ", ".join(sorted(purpose.value for purpose in declared.purposes))
    yield (
        f"- `{name}` is answered by {owner.zh} (`{owner.id}`, `{declared.question.name}`) for {purposes}. "
        f"Basis: {declared.basis}."
    )


def _line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
