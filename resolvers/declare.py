"""
Declarations: what a field means, who may have it, who is asked.

A field of the graph is declared once, beside its type. The declaration prints the directives in
``schema.graphql``, decides access before anything is asked, says what a department is asked for, and
masks. `gateway.schema` refuses to build a schema with a field that has no declaration and does not
stand on the public list below.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar, get_args

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from domain import catalogue
from domain.purpose import Purpose, basis_for, lay_down, purposes_for
from resolvers.as_asset import AsAsset
from resolvers.money import Money

T = TypeVar("T", bound=type)
Scopes = tuple[frozenset[str], ...]  # outer OR, inner AND; empty: anyone with a token

_COST_OF_A_QUESTION: Final = 2
RAW_SCOPES: Final = frozenset(one.id for one in catalogue.scopes() if one.id.endswith(":raw"))
_APPROVING: Final = frozenset(one.id for one in catalogue.scopes() if one.action == "approve")
KEY: Final = "chakong"  # in a Strawberry field's metadata

# Value objects carry what the field that returns them was allowed to show; and who one is, is no
# secret to oneself.
PUBLIC_TYPES: Final = frozenset(
    {
        "Asset",
        "AssetSource",
        "AffiliateLook",
        "AffiliateLookPage",
        "BreakGlass",
        "CaseClaim",
        "CaseOfficer",
        "CaseTask",
        "CatalogueChangePage",
        "CompletenessPage",
        "ControlPlan",
        "ControlPlanGap",
        "ControlPlanLine",
        "ControlPlanNote",
        "ControlPlanRefused",
        "DraftedPlan",
        "Cover",
        "DataUse",
        "DataUses",
        "CreditChangePage",
        "Delivery",
        "DeliveryConnection",
        "DeliveryEdge",
        "DepartmentAnswer",
        "Discrepancy",
        "DiscrepancyConnection",
        "DiscrepancyEdge",
        "Encumbrance",
        "EntryAssociate",
        "EntryCondition",
        "EntryEvent",
        "EntryReceiver",
        "FieldHolder",
        "FieldReader",
        "FieldReaders",
        "HitCount",
        "HitPage",
        "Hold",
        "ListChangePage",
        "ListEntryPage",
        "ListObjectionEvent",
        "ListObjectionPage",
        "ListRefused",
        "ListReminder",
        "ListReminderPage",
        "MergedDepartment",
        "Money",
        "ObligorNoted",
        "OrderConnection",
        "OrderDeadline",
        "OrderDelivery",
        "OrderEdge",
        "OrderEvent",
        "OrderHold",
        "OrderRefused",
        "PageInfo",
        "PairOfEyes",
        "Party",
        "PriorHold",
        "PunishmentMeasure",
        "Receipt",
        "Reconciliation",
        "RecordAnomaly",
        "RecordPage",
        "RecordedQuestion",
        "ListRecipient",
        "RecipientEndpoint",
        "RecordedStatus",
        "RestrictedParty",
        "RestrictionRelease",
        "RuleDeadline",
        "ScreeningAnswer",
        "FurtherHit",
        "ScreeningResult",
        "TypedField",
        "TypedRequest",
        "TypedRequestPage",
        "Viewer",
        "Webhook",
    }
)
PUBLIC_FIELDS: Final = frozenset({"Query.viewer"})


@strawberry.enum(description="How sensitive a field is (PIPL art. 28). 敏感级别")
class Sensitivity(Enum):
    PUBLIC = strawberry.enum_value("public", description="May be published. 可公开")
    INTERNAL = strawberry.enum_value("internal", description="Staff with a matching scope. 内部")
    PERSONAL = strawberry.enum_value(
        "personal", description="Identifies or describes a natural person. 个人信息"
    )
    SENSITIVE = strawberry.enum_value(
        "sensitive", description="Sensitive personal information. 敏感个人信息"
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="The scopes a token needs for this field: any of the outer list, all of an inner "
    "one. 所需权限",
)
class RequiresScopes:
    scopes: list[list[str]]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="How sensitive the field is, and what a reader without the raw scope sees. "
    "敏感级别与脱敏规则",
)
class Disclosure:
    sensitivity: Sensitivity
    mask: str | None = strawberry.UNSET
    raw: list[str] | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="Who asks for this field has proved two factors within the last minutes; so has who "
    "is shown raw values (RFC 9470). 须在规定时限内完成双因素验证",
)
class RequiresProof:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One field's declaration.

    Attributes:
        scopes: outer OR, inner AND.
        raw: scopes any of which lifts the mask; empty: the read scope shows the value itself.
        needs: attributes of the department's record that the field is made of.
        question: the department question that answers it; None for a field of a record.
        group: the question's field group.
        purposes: what the answer may be asked for, and *basis* the law behind that.
        sensitivity: as `Sensitivity` says; None where the field only leads on.
        natural_persons_only: an organisation has no such thing; nobody is asked about one.
        leads_to: attribute of the record with the number of the next subject.
        of_others: it tells of somebody else than the subject; masked as a person's.
        cost: what asking costs for each subject; see `gateway.cost`.
        proven: it decides something: who asks has proved two factors lately.
        entry: the catalogue's field that it shows, as group and name; None for others.
        asset: how the records read in `Debtor.assets`; None where they are no assets.
        gathers: it asks all departments that tell of assets, as far as the token may have them.
    """

    scopes: Scopes
    attribute: str | None = None
    mask: str | None = None
    raw: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    question: Any = None  # a Question; named so, mypy would take it for a descriptor
    group: str | None = None
    purposes: frozenset[Purpose] | None = None
    natural_persons_only: bool = False
    leads_to: str | None = None
    cost: int = 0
    basis: str | None = None
    sensitivity: str | None = None
    of_others: bool = False
    proven: bool = False
    entry: tuple[str, str] | None = None
    asset: AsAsset | None = None
    gathers: bool = False

    def shows_raw(self, scopes: frozenset[str]) -> bool:
        """Return whether *scopes* lift the mask by way of a raw scope alone."""
        lifted = self.raw & scopes
        return self.mask is not None and bool(lifted) and lifted <= RAW_SCOPES


def scopes_of(*alternatives: str | Collection[str]) -> Scopes:
    """Return the scopes of a declaration: each argument is one alternative, a scope or several."""
    known = {scope.id for scope in catalogue.scopes()}
    sets = tuple(frozenset([a] if isinstance(a, str) else a) for a in alternatives)
    for scope in frozenset().union(*sets):
        if scope not in known:
            raise LookupError(f"scopes.json knows no scope {scope}")
    return sets


def guarded(
    *alternatives: str | Collection[str],
    graphql_type: Any = None,
    subscription: bool = False,
    proven: bool = False,
    gathers: bool = False,
) -> Callable[[Callable[..., Any]], StrawberryField]:
    """Make a coded resolver a field that needs one of the scope *alternatives*.

    The resolver's docstring is the field's description in ``schema.graphql``.

    Args:
        proven: whether it needs a recent proof of two factors; what needs a scope to approve does.
        gathers: as `Declared.gathers`.
    """

    scopes = scopes_of(*alternatives)
    proven = proven or all(inner & _APPROVING for inner in scopes)

    def decorate(resolver: Callable[..., Any]) -> StrawberryField:
        make = strawberry.subscription if subscription else strawberry.field
        made: StrawberryField = make(
            resolver=resolver,
            description=_folded(resolver.__doc__),
            metadata={KEY: Declared(scopes=scopes, proven=proven, gathers=gathers)},
            directives=[*_directives(scopes), *([RequiresProof()] if proven else ())],
            graphql_type=graphql_type,
        )
        return made

    return decorate


def court_field(
    description: str,
    *alternatives: str | Collection[str],
    attribute: str | None = None,
    mask: str | None = None,
    raw: Iterable[str] = (),
    sensitivity: Sensitivity = Sensitivity.INTERNAL,
) -> Any:
    """Declare a field of a court-owned record, read off its attribute."""
    scopes = scopes_of(*alternatives)
    declared = Declared(
        scopes=scopes,
        attribute=attribute,
        mask=mask,
        raw=frozenset(raw),
        sensitivity=str(sensitivity.value),
    )
    return strawberry.field(
        description=description,
        metadata={KEY: declared},
        directives=_directives(scopes, sensitivity, mask, sorted(declared.raw)),
    )


def asked_of(  # noqa: PLR0913 -- a declaration, spelled out
    question: Any,
    *alternatives: str | Collection[str],
    group: str,
    description: str,
    natural_persons_only: bool = False,
    purposes: Collection[Purpose] = (),
    basis: str = "",
    asset: AsAsset | None = None,
) -> Any:
    """Declare a field that a department's *question* answers, for the purposes of *group*.

    Args:
        asset: how its records read in `Debtor.assets`, if they are assets of the kind *group*.
        purposes, basis: of a group that `domain.purpose` does not know: what it may be asked for,
            and the law that says so. Of a known group the law is not for a department to choose.

    Raises:
        KeyError: nobody has laid down what the group may be asked for.
        ValueError: *purposes* of a known group, or without a basis.
    """
    scopes = scopes_of(*alternatives)
    if purposes:
        lay_down(group, frozenset(purposes), basis)
    declared = Declared(
        scopes=scopes,
        question=question,
        group=group,
        purposes=purposes_for(group),
        natural_persons_only=natural_persons_only,
        cost=_COST_OF_A_QUESTION,
        basis=basis_for(group),
        asset=asset,
    )
    return strawberry.field(
        description=description, metadata={KEY: declared}, directives=_directives(scopes)
    )


def leads_to(attribute: str, *alternatives: str | Collection[str], description: str) -> Any:
    """Declare a field that goes on to the subject whose number stands in *attribute*."""
    scopes = scopes_of(*alternatives)
    declared = Declared(scopes=scopes, leads_to=attribute, needs=frozenset({attribute}))
    return strawberry.field(
        description=description, metadata={KEY: declared}, directives=_directives(scopes)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Marks a field of a department's record; `FieldGroup.type` completes it."""

    description: str
    band_of: str | None = None
    zh: str | None = None
    needs: frozenset[str] = frozenset()


def shows(description: str, *, zh: str | None = None, needs: Iterable[str] = ()) -> Any:
    """Say in English what a field of a record means; the catalogue adds the rest.

    Args:
        zh: the Chinese term of a field that the catalogue does not have.
        needs: the record's attributes it is made of, where they are not the field's own name.
    """
    return Shown(description=description, zh=zh, needs=frozenset(needs))


def shows_band_of(attribute: str) -> Any:
    """Declare the band of an amount whose own field a masked reader sees as null."""
    return Shown(description="", band_of=attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGroup:
    """A field group of the catalogue, as a type of the graph.

    Attributes:
        catalogue_groups: ids in assets.json or field-groups.json, searched in order.
        raw: scopes any of which shows values unmasked; none: the read scope does.
        of_others: its records tell of others than the subject asked about.
    """

    catalogue_groups: tuple[str, ...]
    scopes: Scopes
    raw: frozenset[str] = frozenset()
    of_others: bool = False

    def type(self, cls: T) -> T:
        """Make *cls* a type whose fields carry the catalogue's term, standard and mask."""
        shown: dict[str, tuple[Any, Shown]] = {}
        for base in reversed(cls.__mro__):
            for name, annotation in vars(base).get("__annotations__", {}).items():
                marker = getattr(cls, name, None)
                if isinstance(marker, Shown):
                    shown[name] = (annotation, marker)
        for name, (annotation, marker) in shown.items():
            cls.__annotations__[name] = annotation
            setattr(cls, name, self._field(name, marker, money=Money in get_args(annotation)))
        made: T = strawberry.type(cls, description=_folded(cls.__doc__))
        return made

    def _field(self, name: str, marker: Shown, *, money: bool) -> Any:
        if marker.band_of is not None:
            _, entry = self._entry(marker.band_of)
            declared = Declared(
                scopes=self.scopes,
                attribute=marker.band_of,
                mask="bandOfFen" if entry.type.startswith("Money") else "bandOfShares",
                needs=frozenset({marker.band_of}),
                sensitivity=str(Sensitivity.INTERNAL.value),
            )
            return strawberry.field(
                description=f"`{entry.name}` as a band, for every reader. {entry.zh}（区间）",
                metadata={KEY: declared},
                directives=_directives(self.scopes, Sensitivity.INTERNAL),
            )
        if marker.zh is not None:
            # The catalogue does not say how to mask it: an amount as all amounts of a group are.
            mask = "amountBand" if money and self.raw else None
            declared = Declared(
                scopes=self.scopes,
                attribute=name,
                mask=mask,
                raw=self.raw if mask else frozenset(),
                needs=marker.needs or frozenset({name}),
                sensitivity=str(Sensitivity.PERSONAL.value),
            )
            return strawberry.field(
                description=f"{marker.description.rstrip('.')}. {marker.zh}",
                metadata={KEY: declared},
                directives=_directives(
                    self.scopes, Sensitivity.PERSONAL, mask, sorted(declared.raw)
                ),
            )
        group, entry = self._entry(name)
        declared = Declared(
            scopes=self.scopes,
            attribute=name,
            mask=entry.mask if self.raw else None,
            raw=self.raw,
            needs=frozenset({name}),
            of_others=self.of_others,
            sensitivity=entry.sensitivity,
            entry=(group, entry.name),
        )
        standard = f" ({entry.standard})" if entry.standard else ""
        return strawberry.field(
            description=f"{marker.description.rstrip('.')}{standard}. {entry.zh}",
            metadata={KEY: declared},
            directives=_directives(
                self.scopes,
                Sensitivity(entry.sensitivity),
                declared.mask,
                sorted(self.raw) if declared.mask else None,
            ),
        )

    def _entry(self, name: str) -> tuple[str, catalogue.Field]:
        wanted = camel(name)
        for group in self.catalogue_groups:
            try:
                return group, catalogue.field(group, wanted)
            except KeyError:
                continue
        raise LookupError(f"the catalogue has no {wanted} in {self.catalogue_groups}")


def camel(name: str) -> str:
    """Return a Python name as the graph spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _directives(
    scopes: Scopes,
    sensitivity: Sensitivity | None = None,
    mask: str | None = None,
    raw: list[str] | None = None,
) -> list[object]:
    made: list[object] = [RequiresScopes(scopes=[sorted(inner) for inner in scopes])]
    if sensitivity is not None:
        made.append(
            Disclosure(
                sensitivity=sensitivity,
                mask=mask or strawberry.UNSET,
                raw=raw or strawberry.UNSET,
            )
        )
    return made


def _folded(text: str | None) -> str | None:
    """Return a docstring's first paragraph on one line."""
    return None if text is None else " ".join(text.strip().split("\n\n")[0].split())
