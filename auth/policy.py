"""What the authorization server demands: by default, or as FAPI 2.0 asks of everyone."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from auth.client_methods import ALL, STRONG

LONGEST_SECONDS: Final = 300  # of an access token, outside the demo


class Profile(StrEnum):
    """`FAPI2`: FAPI 2.0 Security Profile; `DEFAULT` also has public clients and client secrets."""

    DEFAULT = "default"
    FAPI2 = "fapi2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Attributes:
    resources: what `resource` may name (RFC 8707); all of it is the one audience.
    dpop_nonces: whether a DPoP proof must contain a nonce of ours.
    """

    profile: Profile = Profile.DEFAULT
    access_token_seconds: int = LONGEST_SECONDS
    refresh_token_seconds: int = 8 * 3600
    dpop_nonces: bool = False
    resources: frozenset[str] = field(default_factory=frozenset)

    @property
    def client_methods(self) -> tuple[str, ...]:
        return STRONG if self.profile is Profile.FAPI2 else ALL

    @property
    def needs_pushed_requests(self) -> bool:
        return self.profile is Profile.FAPI2

    @property
    def needs_bound_tokens(self) -> bool:
        return self.profile is Profile.FAPI2

    @property
    def rotates_refresh_tokens(self) -> bool:
        """Return whether each refresh token is good once; FAPI 2.0, section 5.3.2.1, says no:
        its clients prove themselves, and a lost answer must not lose the grant.
        """
        return self.profile is Profile.DEFAULT
