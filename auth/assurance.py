"""How surely somebody proved who they are, and whether that was lately enough (RFC 9470)."""

from dataclasses import dataclass
from typing import Final

from auth.errors import BEARER, Unauthenticated

PASSWORD: Final = "urn:chakong:acr:password"  # noqa: S105 -- a name, not a secret
TWO_FACTORS: Final = "urn:chakong:acr:two-factors"
_LEEWAY: Final = 5  # seconds that clocks may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a person proved: `acr` how surely, `auth_time` when (epoch seconds)."""

    acr: str
    auth_time: int


class NotRecentlyProven(Unauthenticated):
    """The request needs two factors, proved lately: sign in again and send it once more."""

    code = "insufficient_user_authentication"
    description = "A recent authentication with two factors is required."

    def __init__(self, max_age: int, scheme: str = BEARER) -> None:
        """Challenge for *scheme*: that of the token that was not enough."""
        super().__init__("step-up", scheme)
        self.max_age = max_age

    @property
    def challenge(self) -> str:
        return f'{super().challenge}, acr_values="{TWO_FACTORS}", max_age="{self.max_age}"'


def require_recent(
    acr: str | None,
    auth_time: int | None,
    *,
    now: float,
    max_age: int,
    scheme: str = BEARER,
) -> None:
    """Refuse who has not proved two factors within the last *max_age* seconds.

    Raises:
        NotRecentlyProven: see there.

    Source:
        RFC 9470, sections 3 and 4; domain.md 8.2.
    """
    proven = acr == TWO_FACTORS and auth_time is not None
    if not proven or not now - max_age <= (auth_time or 0) <= now + _LEEWAY:
        raise NotRecentlyProven(max_age, scheme)
