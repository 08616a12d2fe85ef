"""A new department, as it was asked for: what its files are made from."""

import re
from dataclasses import dataclass
from typing import Final

from domain import catalogue
from domain.purpose import Purpose, is_laid_down
from gateway.scaffold.asset_kind import NewAsset, NotADepartment
from gateway.scaffold.fields import NewField

_STEM: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){0,5}\Z")
PROTOCOLS: Final = ("rest", "sql", "graphql")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDepartment:
    """What its files are made from.

    Attributes:
        stem: the name in every layer, such as ``boats``.
        scope: that its field needs; a scope of scopes.json.
        purposes, basis: what it may be asked for, and the law that says so. Both are decisions that
            no program takes.
        asset: how its records are assets; then scope, purposes and basis are those of their kind, and
            are not given.

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
    asset: NewAsset | None = None

    def __post_init__(self) -> None:
        if not _STEM.match(self.stem):
            raise NotADepartment("a stem is small letters, digits and single underscores: `boats`")
        if self.protocol not in PROTOCOLS:
            raise NotADepartment(f"the kit knows {', '.join(PROTOCOLS)}")
        if self.department not in catalogue.departments():
            raise NotADepartment(f"departments.json has no {self.department}")
        if is_laid_down(self.group):
            raise NotADepartment(
                f"{self.group} is a group of data that the law here knows already; a register of such "
                "assets has another stem, and --kind"
            )
        if self.asset is not None:
            if self.scope or self.purposes or self.basis:
                raise NotADepartment(
                    "who may ask for a kind of assets, for what and by which law is laid down with it: "
                    "leave --scope, --purpose and --basis out"
                )
        elif self.scope not in {one.id for one in catalogue.scopes()}:
            raise NotADepartment(f"scopes.json has no {self.scope}")
        elif not self.purposes or not self.basis.strip():
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
