"""The catalogue's fields that no record of a department shows in the graph, and why."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from graphql import GraphQLObjectType

from domain import catalogue
from gateway.schema import Graph

Entry = tuple[str, str]  # group, field

_COURT: Final = "the court's own case system has it; no source department is asked"
_OWN: Final = "the court's own record, shown by its own type:"

# A group that a department begins to answer leaves this table with its resolver.
GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "movements": "off: whereabouts are told inside the answer to a request to locate somebody, "
        "never as a field (PIPL art. 28)",
        "case": f"{_OWN} `Case`, `CaseClaim`, `Party`; its nodes stay in the case system",
        "listEntry": f"{_OWN} `ListEntry`",
        "restrictionOrder": f"{_OWN} `RestrictionOrder`",
        "controlOrder": f"{_OWN} `Order`, `OrderHold`, `Receipt`",
        "assistance": f"{_OWN} `Order` in `inbox`, `TypedRequest` in `typedRequests`",
        "sanction": f"{_OWN} `SanctionHit`",
        "creditFile": f"{_OWN} `CreditChange`, in `creditChanges`",
        "auditLog": f"{_OWN} `RecordEntry`",
        "propertyReport": _COURT,
        "clue": _COURT,
        "lawyerInvestigation": _COURT,
        "auditInvestigation": _COURT,
        "service": _COURT,
        "relief": _COURT,
        "interference": "kept and reported by the court's supervision alone, beside the gateway",
        "statistics": "counted by the supervision from what is recorded here; `hitStatistics` has the hits",
    }
)
FIELDS: Final[Mapping[Entry, str]] = MappingProxyType(
    {
        ("identity", "personId"): "`AffiliatedPerson.id` and `Debtor.id` have it, keyed",
        ("identity", "subjectKind"): "`Debtor.kind` has it, from the case file",
        ("identity", "ethnicityCode"): "no purpose of enforcement needs it (PIPL arts. 6, 28)",
        ("personalRelations", "relatedPersonId"): "`RelatedPerson.person { id }` has it, keyed",
        ("corporateRelations", "personName"): "`RelatedPerson.relatedName` has it",
        ("corporateRelations", "personIdNumber"): "`RelatedPerson.relatedIdNumber` has it",
    }
)


def fields_of_the_catalogue() -> Iterator[Entry]:
    """Yield every field of every asset kind and field group."""
    groups = {one.id: one.fields for one in catalogue.asset_kinds().values()}
    groups |= {one.id: one.fields for one in catalogue.field_groups().values()}
    for group, fields in groups.items():
        for name in fields:
            yield group, name


def shown_in(graph: Graph) -> frozenset[Entry]:
    """Return the catalogue's fields that records in *graph* show."""
    entries = (
        graph.declarations.of(f"{name}.{field}").entry
        for name, kind in graph.schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for field in kind.fields
    )
    return frozenset(one for one in entries if one is not None)


def left_out(graph: Graph) -> dict[Entry, str | None]:
    """Return what *graph* does not show, with the reason; None where there is none."""
    shown = shown_in(graph)
    return {
        entry: FIELDS.get(entry, GROUPS.get(entry[0]))
        for entry in fields_of_the_catalogue()
        if entry not in shown
    }
