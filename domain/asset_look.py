"""What a department says of an asset that is about to be held, as far as a guard hears it."""

from dataclasses import dataclass
from typing import Final

from domain.exempt_funds import exempt_by
from domain.money import Fen

UNREADABLE: Final = "UNREADABLE"
"""Stands for a mark that came in no agreed form: something was said, and nobody knows what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetLook:
    """What was seen of an asset; nothing, where nobody looked or its department was silent.

    Attributes:
        exemptions: what the law exempts of it, in the words of its kind (G7).
        doubtful: marks by which it may be exempt: a reason must be given for going on.
        pledged: whether the order reaches into what is pledged (G10); None if that is not known.
        value: what the shares that are asked for count for the claim, in fen; None if nobody knows.
    """

    exemptions: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    pledged: bool | None = None
    value: Fen | None = None


NOT_LOOKED: Final = AssetLook()


def look_at_mark(asset_kind: str, mark: str | None) -> AssetLook:
    """Return what a department's *mark* on money of *asset_kind* says; None if it has none."""
    exempt = exempt_by(asset_kind, mark)
    return AssetLook(exemptions=exempt, doubtful=() if exempt or not mark else (mark,))


def reaches_pledged(asked: int, *, free: int | None, pledged: int | None) -> bool | None:
    """Return whether an order for *asked* shares reaches into pledged ones; None if unknown.

    Args:
        free: shares that neither a pledge nor a freeze binds; None if unknown.
        pledged: shares under pledge; None if unknown.

    Source:
        法发〔2021〕9号; domain.md 5.3.
    """
    if pledged is None:
        return None
    return pledged > 0 and (free is None or asked > free)
