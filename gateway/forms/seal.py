"""The court's electronic seal: an interface to whatever service a court has, and its place on paper."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.civil_time import SHANGHAI
from gateway.forms.markup import Html, fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal that was put under a document.

    Attributes:
        holder: whose seal it is.
        number: by which the seal service finds it again.
    """

    holder: str
    number: str
    at: datetime


class ESeal(Protocol):
    """A seal service (电子签章)."""

    def seal(self, document_hash: str) -> Seal | None:
        """Return the seal under the order with this hash; None if there is none (yet)."""
        ...


class NoSeal:
    """A court without a seal service: its paper is sealed by hand."""

    def seal(self, document_hash: str) -> Seal | None:
        del document_hash
        return None


def seal_mark(seal: Seal | None, *, place: str = "（印章）") -> Html:
    """Return the seal as the paper shows it, or the dotted *place* where it belongs."""
    if seal is None:
        return fill('<div class="seal place">{place}</div>', place=place)
    return fill(
        '<div class="seal"><span>{holder}</span><span>电子签章 {number}</span>'
        "<span>{at:%Y-%m-%d %H:%M}</span></div>",
        holder=seal.holder,
        number=seal.number,
        at=seal.at.astimezone(SHANGHAI),
    )
