"""
How the records of one kind read as assets: declared once, beside the question that brings them.

::

    deposits = asked_of(..., group="bankDeposit", asset=AsAsset("institution_name", "account_number"))

names what makes the label. The rest is found by the names that assets.json has for it: a record
with a ``balance`` has that for its value, one with ``available_balance`` has that free, a
``mortgage_amount`` comes first, a ``sole_dwelling`` is the necessary one. A kind whose words are
others says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from domain import catalogue
from domain.exempt_funds import exempt_by
from domain.found_asset import FoundAsset, PriorHold
from domain.money import Fen

_VALUES: Final = (
    *("balance", "market_value", "current_value", "approved_amount", "cash_value"),
    *("appraised_value", "reference_value"),
)
_AVAILABLE: Final = ("available_balance",)
_QUANTITIES: Final = ("quantity",)
_FREE_QUANTITIES: Final = ("available_quantity",)
_RIGHTS: Final = ("mortgage_amount", "tax_arrears")
_PLEDGES: Final = ("pledged", "account_pledged", "pledged_quantity")
_DOUBTS: Final = ("special_purpose_flag",)
_STATES: Final = ("refund_status",)
_ARRIVED: Final = frozenset({"APPROVED", "SENT_TO_TREASURY", "PAID"})
_DWELLING: Final = (
    "necessary dwelling: may be sealed, may not be auctioned, sold or given in payment"
)
_EXEMPT: Final[Mapping[str, str]] = MappingProxyType({"sole_dwelling": _DWELLING})
_BURDENS: Final = frozenset({"holds", "encumbrances"})
NAME: Final = frozenset({"source_record_id"})
"""What an asset is known by, whatever else is asked of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which attributes of a kind's record say what; None where it has no such attribute."""

    kind: str
    label: tuple[str, ...]
    value: str | None
    available: str | None
    quantity: str | None
    free_quantity: str | None
    rights: tuple[str, ...]
    pledges: tuple[str, ...]
    state: str | None
    arrived: frozenset[str]
    exempt: Mapping[str, str]
    doubtful: tuple[str, ...]
    has: frozenset[str]

    @property
    def amounts(self) -> frozenset[str]:
        """What the worth of an asset is counted from."""
        named = (self.value, self.available, self.quantity, self.free_quantity, *self.rights)
        return frozenset(one for one in named if one is not None)

    @property
    def signs(self) -> frozenset[str]:
        """What may stand against controlling it."""
        state = () if self.state is None else (self.state,)
        return frozenset((*self.exempt, *self.doubtful, *state))

    @property
    def everything(self) -> frozenset[str]:
        """All that a plan needs to know of it."""
        found = {*self.label, *self.amounts, *self.signs, *self.pledges, *_BURDENS, "as_of"}
        return NAME | (frozenset(found) & self.has)

    def needs(self, part: str) -> frozenset[str]:
        """Return the attributes behind one field of the graph's ``Asset``, by its Python name."""
        worth = self.amounts | self.signs | (_BURDENS & self.has)
        behind: Mapping[str, Iterable[str]] = {
            "label": self.label,
            "value": () if self.value is None else (self.value,),
            "value_band": () if self.value is None else (self.value,),
            "controllable_amount": worth,
            "permitted_controls": self.signs,
            "exemption": self.signs,
            "pledged": self.pledges,
            "prior_holds": ("holds",),
            "encumbrances": ("encumbrances",),
            "as_of": ("as_of",),
        }
        return frozenset(behind.get(part, ())) & self.has

    def found(self, record: Any, *, sees: Callable[[str], bool]) -> FoundAsset:
        """Return what *record* says, as far as the reader *sees* its attributes.

        What was not asked for, or came in another form than agreed, is not known.
        """

        def of(attribute: str | None) -> Any:
            if attribute is None or not sees(attribute):
                return None
            found = getattr(record, attribute, None)
            return None if isinstance(found, Exception) else found

        state = of(self.state)
        marks = [str(said) for one in self.doubtful if (said := of(one))]
        protected = [words for mark in marks for words in exempt_by(self.kind, mark)]
        pledges = [of(one) for one in self.pledges]
        return FoundAsset(
            kind=self.kind,
            record=of("source_record_id") or "",
            value=of(self.value),
            available=of(self.available),
            quantity=of(self.quantity),
            free_quantity=of(self.free_quantity),
            prior_rights=_rights(
                [
                    *((0,) if "encumbrances" not in self.has else _amounts(of("encumbrances"))),
                    *(of(one) or 0 if sees(one) else None for one in self.rights),
                ]
            ),
            holds=() if "holds" not in self.has else _holds(of("holds")),
            pledged=None if not pledges or None in pledges else any(pledges),
            expected=self.state is not None and state not in self.arrived,
            exempt=(*(words for one, words in self.exempt.items() if of(one)), *protected),
            doubtful=tuple(one for one in marks if not exempt_by(self.kind, one)),
        )


@dataclass(frozen=True, slots=True, init=False)
class AsAsset:
    """Says how a kind's records read as assets; see the module.

    Attributes:
        label: attributes that say in few words what it is.
        words: attributes by what they say, where they are not found by their names: ``value``,
            ``available``, ``quantity``, ``free_quantity``, ``state`` or None for "has none".
        exempt: attributes that show an exemption, and which, in the words of assets.json.
        doubtful: attributes that show that it may be exempt.
    """

    label: tuple[str, ...]
    exempt: Mapping[str, str]
    doubtful: tuple[str, ...]
    arrived: frozenset[str]
    words: Mapping[str, str | None] = field(default_factory=dict)

    def __init__(
        self,
        *label: str,
        exempt: Mapping[str, str] = _EXEMPT,
        doubtful: tuple[str, ...] = _DOUBTS,
        arrived: frozenset[str] = _ARRIVED,
        **words: str | None,
    ) -> None:
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "exempt", exempt)
        object.__setattr__(self, "doubtful", doubtful)
        object.__setattr__(self, "arrived", arrived)
        object.__setattr__(self, "words", words)

    def reads(self, kind: str, attributes: frozenset[str]) -> Reading:
        """Return how a record with *attributes* reads as an asset of *kind*.

        Raises:
            KeyError: assets.json knows no such kind, or not that exemption of it.
            LookupError: it names an attribute that the record does not have.
        """
        known = catalogue.asset_kind(kind).exemptions
        exempt = {one: words for one, words in self.exempt.items() if one in attributes}
        named = {*self.label, *(one for one in self.words.values() if one is not None)}
        if unknown := sorted(named - attributes) + sorted(set(exempt.values()) - known.keys()):
            raise LookupError(f"as an asset, {kind} has no {', '.join(unknown)}")

        def one_of(word: str, usual: Iterable[str]) -> str | None:
            found = next((one for one in usual if one in attributes), None)
            return self.words.get(word, found)

        def all_of(usual: Iterable[str]) -> tuple[str, ...]:
            return tuple(one for one in usual if one in attributes)

        return Reading(
            kind=kind,
            label=self.label,
            value=one_of("value", _VALUES),
            available=one_of("available", _AVAILABLE),
            quantity=one_of("quantity", _QUANTITIES),
            free_quantity=one_of("free_quantity", _FREE_QUANTITIES),
            rights=all_of(_RIGHTS),
            pledges=all_of(_PLEDGES),
            state=one_of("state", _STATES),
            arrived=self.arrived,
            exempt=exempt,
            doubtful=all_of(self.doubtful),
            has=attributes,
        )


def _holds(records: Iterable[Any] | None) -> tuple[PriorHold, ...]:
    """Return the holds; of those that nobody can read, one without a limit: nothing is free then."""
    if records is None:
        return (PriorHold(waiting=False),)
    return tuple(
        PriorHold(
            waiting=one.state == "WAITING",
            amount=one.amount,
            quantity=one.quantity,
            case_number=one.case_number,
            ends_on=one.ends_on,
        )
        for one in records
    )


def _amounts(burdens: Iterable[Any] | None) -> list[int | None]:
    return [None] if burdens is None else [one.amount for one in burdens]


def _rights(amounts: Iterable[int | None]) -> Fen | None:
    """Return what others are paid first; None if one of them has no amount."""
    listed = list(amounts)
    return None if None in listed else Fen(sum(one or 0 for one in listed))
