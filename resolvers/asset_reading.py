"""A record of one kind read as an asset: which attribute says what, and what the law hears in it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from domain.exempt_funds import exempt_by
from domain.found_asset import WHOLE, FoundAsset, PriorHold
from domain.money import Fen
from domain.same_asset import NUMBERS, asset_key

_ALONE: Final = frozenset({None, "单独所有"})
_BURDENS: Final = frozenset({"holds", "encumbrances"})
UNREADABLE: Final = "UNREADABLE"
"""A mark of exemption that the department gave in another form than agreed."""

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
    share: str | None
    ownership: str | None
    burdened: tuple[str, ...]
    pledges: tuple[str, ...]
    state: str | None
    account: str | None
    capital: str | None
    arrived: frozenset[str]
    over: frozenset[str]
    exempt: Mapping[str, str]
    doubtful: tuple[str, ...]
    has: frozenset[str]

    @property
    def amounts(self) -> frozenset[str]:
        """What the worth of an asset is counted from."""
        named = (
            *(self.value, self.available, self.quantity, self.free_quantity, self.share),
            *(self.capital, self.ownership, *self.rights, *self.burdened),
        )
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
        account = () if self.account is None else (self.account,)
        return NAME | (frozenset((*found, *account)) & self.has)

    @property
    def numbers(self) -> frozenset[str]:
        """What two registers know one thing by; to be asked for where two registers have the kind."""
        return frozenset(NUMBERS.get(self.kind, ())) & self.has

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

        What was not asked for, or came in another form than agreed, is not known; a right or a mark
        that nobody can read stands against the asset until somebody looked.
        """

        said = _Said(record, sees)
        of = said.of
        state = of(self.state)
        marks = [str(mark) for one in self.doubtful if (mark := of(one))]
        protected = [words for mark in marks for words in exempt_by(self.kind, mark)]
        unreadable = any(said.unreadable(one) for one in (*self.exempt, *self.doubtful))
        pledges = [of(one) for one in self.pledges]
        return FoundAsset(
            kind=self.kind,
            record=of("source_record_id") or "",
            value=of(self.value),
            available=of(self.available),
            in_shares=self.quantity is not None,
            quantity=of(self.quantity),
            free_quantity=of(self.free_quantity),
            capital=of(self.capital),
            prior_rights=self._prior_rights(said),
            share=self._share(said),
            holds=() if "holds" not in self.has else _holds(of("holds")),
            pledged=None if not pledges or None in pledges else any(pledges),
            expected=self.state is not None and state not in self.arrived | self.over,
            over=state in self.over,
            exempt=(*(words for one, words in self.exempt.items() if of(one)), *protected),
            doubtful=(
                *(one for one in marks if not exempt_by(self.kind, one)),
                *((UNREADABLE,) if unreadable else ()),
            ),
            account=of(self.account),
            same=asset_key(self.kind, lambda name: of(name) if name in self.has else None),
        )

    def _prior_rights(self, said: "_Said") -> Fen | None:
        """Return what others are paid first; None if somebody has a right and no amount is known."""
        rights: list[int | None] = [
            None if said.hidden(one) else said.of(one) or 0 for one in self.rights
        ]
        if "encumbrances" in self.has:
            listed = said.of("encumbrances")
            rights += [None] if listed is None else [one.amount for one in listed]
            burdened = any(said.hidden(one) or said.of(one) for one in self.burdened)
            if burdened and not listed:
                rights.append(None)  # it is mortgaged, and nobody says for how much
        return None if None in rights else Fen(sum(one or 0 for one in rights))

    def _share(self, said: "_Said") -> int | None:
        if self.share is None:
            return WHOLE
        if said.hidden(self.share):
            return None
        share = said.of(self.share)
        if share is None and self.ownership is not None:
            alone = not said.hidden(self.ownership) and said.of(self.ownership) in _ALONE
            return WHOLE if alone else None
        return _millionths(share)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a record says to a reader who *sees* some of it."""

    record: Any
    sees: Callable[[str], bool]

    def of(self, attribute: str | None) -> Any:
        """Return a value; None where it was not said, cannot be read or is not for the reader."""
        if attribute is None or self.hidden(attribute):
            return None
        return getattr(self.record, attribute, None)

    def unreadable(self, attribute: str) -> bool:
        return isinstance(getattr(self.record, attribute, None), Exception)

    def hidden(self, attribute: str) -> bool:
        """Whether there may be something that the reader does not know."""
        return self.unreadable(attribute) or not self.sees(attribute)


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


def _millionths(percent: Any) -> int | None:
    """Return a share in percent, as text, in millionths; the whole where the register says none."""
    if percent is None:
        return WHOLE
    try:
        share = int(Decimal(str(percent)) * (WHOLE // 100))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return share if 0 <= share <= WHOLE else None
