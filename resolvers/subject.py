"""Whom a field is about, while an answer is being made."""

import msgspec

from connectors.question import Authority
from domain.identity import IdNumber, is_organization


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A debtor, or a person reached from one.

    Attributes:
        level: 0 for a debtor; each step along related persons adds 1.
        name: as the case file has it; None for a related person.
        authority: under which case, officer and purpose departments are asked.
        only: departments that may be asked about them; None where scopes and purpose decide alone.
        former: an obligor once, of whom an order is left: nobody is asked about them (I-07).
    """

    id_number: IdNumber
    authority: Authority
    level: int
    name: str | None = None
    kind: str | None = None
    only: frozenset[str] | None = None
    former: bool = False

    def may_be_asked_of(self, department: str) -> bool:
        if self.former:
            return False
        return self.only is None or department in self.only

    @property
    def organization(self) -> bool:
        return is_organization(self.id_number)
