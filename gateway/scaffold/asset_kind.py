"""What a new department's files have besides where its records are assets of a kind of assets.json."""

from dataclasses import dataclass
from typing import Final

from domain import catalogue
from gateway.scaffold.fields import NewField
from resolvers.declare import camel

SHARED: Final = frozenset({"owner_name", "owner_id_type", "owner_id_number", "source_record_id"})
"""Attributes that every asset has; they are written whoever names them."""


class NotADepartment(ValueError):
    """What was asked for cannot be a department here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsset:
    """How the records of a new department are assets.

    Attributes:
        kind: one of assets.json.
        label: attribute that says in few words what it is.
    """

    kind: str
    label: str

    @classmethod
    def of(cls, kind: str, fields: tuple[NewField, ...]) -> "NewAsset":
        """Return it, its label the first text of *fields*.

        Raises:
            NotADepartment: there is no such kind, or no such field.
        """
        if kind not in catalogue.asset_kinds():
            known = ", ".join(catalogue.asset_kinds())
            raise NotADepartment(f"assets.json has no {kind}; there are: {known}")
        label = next((one.attribute for one in fields if one.kind == "text"), None)
        if label is None:
            raise NotADepartment("an asset has a text that says what it is: name such a field")
        return cls(kind=kind, label=label)

    def knows(self, field: NewField) -> bool:
        """Whether the catalogue has *field* of this kind, with its term and its mask."""
        return camel(field.attribute) in catalogue.asset_kind(self.kind).fields

    @property
    def scope(self) -> str:
        return f"{catalogue.asset_kind(self.kind).scope_prefix}:read"

    @property
    def as_asset(self) -> str:
        return f'AsAsset("{self.label}")'

    @property
    def connector_imports(self) -> tuple[str, ...]:
        return ("from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns",)

    def columns(self, own: list[str]) -> list[str]:
        return [
            "*owner_columns(),",
            *own,
            "ENCUMBRANCES,",
            "HOLDS,",
            'Column("source_record_id", "recordId"),',
        ]

    @property
    def resolver_imports(self) -> tuple[str, ...]:
        return (
            "from resolvers.as_asset import AsAsset",
            "from resolvers.assets import Asset",
        )

    @property
    def record_group(self) -> tuple[str, ...]:
        prefix = catalogue.asset_kind(self.kind).scope_prefix
        return (
            "_GROUP = RecordGroup(",
            f'    catalogue_groups=("{self.kind}",),',
            f'    scopes=scopes_of("{self.scope}"),',
            f'    raw=frozenset({{"assets:read:raw", "{prefix}:ack"}}),',
            ")",
        )

    @property
    def sandbox_fields(self) -> tuple[str, ...]:
        words = ("ownerName", "ownerIdType", "ownerIdNumber", "encumbrances", "holds", "recordId")
        return tuple(f'        "{one}",' for one in words)

    @property
    def sandbox_words(self) -> tuple[str, ...]:
        return (
            "                **owner_words(population, owner),",
            '                "encumbrances": [],',
            '                "recordId": f"X-{serial:08d}",',
        )
