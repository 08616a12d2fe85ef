"""
The people an answer is about: the debtor, and whom a debtor leads to.

A department adds its fields by subclassing a part; `resolvers.graph` finds the parts and makes the
types. Affiliated people never get a part that a control order could point at (domain.md 5.15).
"""

from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, Final, ForwardRef

import strawberry
from strawberry.types.field import StrawberryField

from domain.identity import IdNumber
from resolvers.context import Info
from resolvers.declare import Sensitivity, camel, court_field, guarded
from resolvers.subject import Subject

# Composed after every department was imported, hence by name.
DEBTOR: Final[Any] = Annotated[ForwardRef("Debtor"), strawberry.lazy("resolvers.graph")]
AFFILIATED: Final[Any] = Annotated[
    ForwardRef("AffiliatedPerson"), strawberry.lazy("resolvers.graph")
]


class SubjectPart:
    """Fields of a debtor and of an affiliated person."""


class DebtorPart:
    """Fields of a debtor only."""


class AffiliatedPart:
    """Fields of an affiliated person only."""


_COURT_OR_ADDRESSEE: Final = ("cases:read", "assist:ack")
# The addressee of an order sees the debtor's name and number (scopes.json, constraints of dept:*).
RAW_NAME_AND_NUMBER: Final = ("identity:read:raw", "assist:ack")


class KnownSubject(SubjectPart):
    @guarded(*_COURT_OR_ADDRESSEE)
    def id(root: strawberry.Parent[Subject], info: Info) -> strawberry.ID:
        """The person's keyed hash: stable, and says nothing without the key (I-44). 主体标识"""
        return strawberry.ID(info.context.pseudonym(root.id_number))


@strawberry.enum(description="What kind of subject a debtor is. 主体类别")
class DebtorKind(Enum):
    NATURAL_PERSON = strawberry.enum_value("NATURAL_PERSON", description="A natural person. 自然人")
    LEGAL_PERSON = strawberry.enum_value("LEGAL_PERSON", description="A legal person. 法人")
    OTHER_ORGANIZATION = strawberry.enum_value(
        "OTHER_ORGANIZATION", description="Another organisation. 其他组织"
    )
    INDIVIDUAL_BUSINESS = strawberry.enum_value(
        "INDIVIDUAL_BUSINESS", description="An individual business. 个体工商户"
    )


class KnownDebtor(DebtorPart):
    kind: DebtorKind = court_field(
        "Person or organisation, as the case file has it. 主体类别",
        *_COURT_OR_ADDRESSEE,
        attribute="kind",
    )
    id_number: IdNumber = court_field(
        "The debtor's number as the case file has it. 证件号码",
        *_COURT_OR_ADDRESSEE,
        attribute="id_number",
        mask="idNumber",
        raw=RAW_NAME_AND_NUMBER,
        sensitivity=Sensitivity.SENSITIVE,
    )
    name: str = court_field(
        "The debtor's name as the case file has it. 姓名/名称",
        *_COURT_OR_ADDRESSEE,
        attribute="name",
        mask="name",
        raw=RAW_NAME_AND_NUMBER,
        sensitivity=Sensitivity.PERSONAL,
    )


_FIRST: Final = (KnownSubject, KnownDebtor)  # what the case file says stands before the rest


def compose(name: str, description: str, bases: Iterable[type]) -> type:
    """Return the Strawberry type *name* with the fields of every part under *bases*.

    Fields are ordered by their part's class name, so that the printed schema never depends on the
    order of imports.
    """
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"__doc__": description, "__module__": __name__}
    parts: set[type] = set()
    for base in bases:
        parts.update(base.__subclasses__())
    for part in sorted(parts, key=lambda part: (part not in _FIRST, part.__name__)):
        for field, declared in vars(part).items():
            if isinstance(declared, StrawberryField):
                if field in body:
                    raise TypeError(f"{name}.{camel(field)} is declared twice")
                body[field] = declared
        annotations |= vars(part).get("__annotations__", {})
    body["__annotations__"] = annotations
    return strawberry.type(type(name, (), body), description=description)
