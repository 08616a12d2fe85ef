"""
How the records of one kind read as assets: declared once, beside the question that brings them.

::

    deposits = asked_of(..., group="bankDeposit", asset=AsAsset("institution_name", "account_number"))

names what makes the label. The rest is found by the names that assets.json has for it: a record
with a ``balance`` has that for its value, one with ``available_balance`` has that free, a
``mortgage_amount`` comes first, a ``sole_dwelling`` is the necessary one. A kind whose words are
others says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain import catalogue
from resolvers.asset_reading import Reading

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
_ARRIVED: Final = frozenset({"APPROVED", "SENT_TO_TREASURY"})
_OVER: Final = frozenset({"PAID", "REJECTED"})
_DWELLING: Final = (
    "necessary dwelling: may be sealed, may not be auctioned, sold or given in payment"
)
_EXEMPT: Final[Mapping[str, str]] = MappingProxyType({"sole_dwelling": _DWELLING})
_CAPITALS: Final = ("subscribed_capital",)
_SHARES: Final = ("co_owner_share",)
_OWNERSHIPS: Final = ("co_ownership",)
_BURDENED: Final = ("mortgaged", "pledged")


@dataclass(frozen=True, slots=True, init=False)
class AsAsset:
    """Says how a kind's records read as assets; see the module.

    Attributes:
        label: attributes that say in few words what it is.
        words: attributes by what they say, where they are not found by their names: ``value``,
            ``available``, ``quantity``, ``free_quantity``, ``share``, ``ownership``, ``state``,
            ``account``, ``capital`` or None for "has none".
        exempt: attributes that show an exemption, and which, in the words of assets.json.
        doubtful: attributes that show that it may be exempt.
        arrived, over: states in which it is there, and in which it is no asset any more; in any
            other it is only expected.
    """

    label: tuple[str, ...]
    exempt: Mapping[str, str]
    doubtful: tuple[str, ...]
    arrived: frozenset[str]
    over: frozenset[str]
    words: Mapping[str, str | None] = field(default_factory=dict)

    def __init__(
        self,
        *label: str,
        exempt: Mapping[str, str] = _EXEMPT,
        doubtful: tuple[str, ...] = _DOUBTS,
        arrived: frozenset[str] = _ARRIVED,
        over: frozenset[str] = _OVER,
        **words: str | None,
    ) -> None:
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "exempt", exempt)
        object.__setattr__(self, "doubtful", doubtful)
        object.__setattr__(self, "arrived", arrived)
        object.__setattr__(self, "over", over)
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
            share=one_of("share", _SHARES),
            ownership=one_of("ownership", _OWNERSHIPS),
            burdened=all_of(_BURDENED),
            pledges=all_of(_PLEDGES),
            state=one_of("state", _STATES),
            account=one_of("account", ()),
            capital=one_of("capital", _CAPITALS),
            arrived=self.arrived,
            over=self.over,
            exempt=exempt,
            doubtful=all_of(self.doubtful),
            has=attributes,
        )
