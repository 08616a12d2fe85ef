"""The party behind a request, after its token was verified. There is no anonymous caller."""

from collections.abc import Iterable
from dataclasses import dataclass

from auth.errors import BEARER


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What one verified access token says about who asks.

    `organisation` is a department id such as "court" or "traffic-police". `officer` is the number
    of the officer's credential (公务证), which departments want to see; a system has none.
    `token_id` is the token's `jti`, `issued_at` and `expires_at` its times in epoch seconds. `acr` and `auth_time` say
    how and when a person proved who they are. `purposes` are those that cases may be opened for; None
    leaves that to the case. `scheme` is how the token was presented, for challenges: Bearer or DPoP.
    """

    subject: str
    organisation: str
    role: str
    client_id: str
    scopes: frozenset[str]
    token_id: str
    expires_at: int
    officer: str | None = None
    issued_at: int = 0
    acr: str | None = None
    auth_time: int | None = None
    purposes: frozenset[str] | None = None
    scheme: str = BEARER

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def may_any(self, alternatives: Iterable[frozenset[str]]) -> bool:
        """Return whether all scopes of at least one alternative are held.

        The outer level is OR, the inner AND, as in a federation `@requiresScopes`. No alternative
        at all means nobody may; an empty inner set means everyone may.
        """
        return any(needed <= self.scopes for needed in alternatives)
