"""What a department says of an asset that is about to be held, as far as a guard hears it."""

from dataclasses import dataclass
from typing import Final

from domain.exempt_funds import exempt_by


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetLook:
    """What was seen of an asset; nothing, where nobody looked or its department was silent.

    Attributes:
        exemptions: what the law exempts of it, in the words of its kind (G7).
    """

    exemptions: tuple[str, ...] = ()


NOT_LOOKED: Final = AssetLook()


def look_at_mark(asset_kind: str, mark: str | None) -> AssetLook:
    """Return what a department's *mark* on money of *asset_kind* says; None if it has none."""
    return AssetLook(exemptions=exempt_by(asset_kind, mark))
