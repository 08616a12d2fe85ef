"""Who tells of assets: every declared question with `asset=`, found when the graph is composed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from strawberry.types.field import StrawberryField

from connectors.errors import DepartmentError
from domain import catalogue
from domain.masks import amount_band
from resolvers.asset_reading import NAME, Reading
from resolvers.context import Context
from resolvers.debtor import DebtorPart, SubjectPart
from resolvers.declare import KEY, Declared, camel
from resolvers.shaping import masked
from resolvers.subject import Subject


@dataclass(frozen=True, slots=True, eq=False)
class AssetSource:
    """One department's question about one kind of assets.

    Attributes:
        coordinate: of the field that the question is declared for, such as ``Debtor.vehicles``.
        fields: the record's fields in the graph with their declarations, by attribute: what the
            uniform view shows is shown by the same rules.
    """

    coordinate: str
    declared: Declared
    reading: Reading
    fields: Mapping[str, tuple[str, Declared]]

    @property
    def kind(self) -> str:
        return self.reading.kind

    @property
    def question(self) -> Any:
        return self.declared.question  # a Question; named so, mypy would take it for a descriptor

    @property
    def department(self) -> str:
        return str(self.question.department)

    def coordinate_of(self, attribute: str) -> str:
        """Return the field of the record's own that shows *attribute*."""
        known = self.fields.get(attribute)
        return self.coordinate if known is None else known[0]

    def lifted(self, attribute: str, scopes: frozenset[str]) -> bool:
        """Whether *scopes* show the attribute as it is; what the graph does not show is not masked."""
        known = self.fields.get(attribute)
        return known is None or known[1].mask is None or bool(known[1].raw & scopes)

    def shown(self, attribute: str, record: Any, subject: Subject, context: Context) -> Any:
        """Return an attribute as the field of its own shows it; null for an amount that is masked.

        Raises:
            DepartmentError: the department said it in another form than agreed.
        """
        value = sound(getattr(record, attribute))
        if value is None or self.lifted(attribute, context.caller.scopes):
            return value
        coordinate, declared = self.fields[attribute]
        context.masked.add(coordinate)
        organization = not declared.of_others and subject.organization
        return masked(value, declared.mask or "", organization=organization)

    def band(self, attribute: str, record: Any) -> str | None:
        """Return the band of an amount in fen, which is for every reader."""
        value = sound(getattr(record, attribute))
        return None if value is None else amount_band(value)

    def needs(self, parts: set[str]) -> frozenset[str]:
        """Return what to ask for so that the view's fields *parts*, in Python names, can be shown."""
        return NAME.union(*(self.reading.needs(part) for part in parts))


def sound(value: Any) -> Any:
    """Return *value*; the error that stands in the place of a damaged one is raised."""
    if isinstance(value, DepartmentError):
        raise value
    return value


@cache
def asset_sources() -> tuple[AssetSource, ...]:
    """Return the sources in order of preference (domain.md 5.6), then of department.

    To be called once every department is imported.
    """
    found = list(_declared())
    found.sort(key=lambda one: (catalogue.asset_kind(one.kind).rank, one.kind, one.department))
    return tuple(found)


def _declared() -> Iterator[AssetSource]:
    parts = dict.fromkeys([*SubjectPart.__subclasses__(), *DebtorPart.__subclasses__()])
    for part in parts:
        for name, field in vars(part).items():
            declared = field.metadata.get(KEY) if isinstance(field, StrawberryField) else None
            if isinstance(declared, Declared) and declared.asset is not None:
                record_type = _record_type(vars(part)["__annotations__"][name])
                yield AssetSource(
                    coordinate=f"Debtor.{camel(name)}",
                    declared=declared,
                    reading=declared.asset.reads(
                        declared.group or "", declared.question.attributes
                    ),
                    fields=_fields(record_type),
                )


def _fields(record_type: Any) -> dict[str, tuple[str, Declared]]:
    definition = record_type.__strawberry_definition__
    found: dict[str, tuple[str, Declared]] = {}
    for field in definition.fields:
        declared = field.metadata.get(KEY)
        name: str = field.python_name
        if isinstance(declared, Declared) and declared.attribute == name:
            found[name] = (f"{definition.name}.{camel(name)}", declared)
    return found


def _record_type(annotation: Any) -> Any:
    """Return the type of the records behind ``list[Vehicle] | None``."""
    if hasattr(annotation, "__strawberry_definition__"):
        return annotation
    found = (_record_type(one) for one in get_args(annotation))
    return next((one for one in found if one is not None), None)
