"""Access tokens as RFC 9068 describes them: a signed JWT of type `at+jwt`, good for one audience.

Claims of our own: `org` (department id), `role`, `purposes` where a grant limits them, and `officer`
(credential number) for people, who also carry `acr` and `auth_time`.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from auth.assurance import Proof
from auth.compact import write_compact
from auth.confirmation import UNBOUND, Confirmation
from auth.keys import SigningKeys
from auth.scopes import format_scope

TOKEN_TYPE = "at+jwt"  # noqa: S105 -- a media type, not a secret
TOKEN_TYPES = (TOKEN_TYPE, f"application/{TOKEN_TYPE}")
HEADER_MEMBERS = frozenset(
    {"alg", "typ", "kid"}
)  # so no jwk, jku, x5u, x5c, crit, b64, cty, zip, …
_LONGEST_NAME = 255
COURTS = frozenset({"court", "higher-court"})


def is_name(value: object) -> bool:
    """Return whether *value* can stand for a party: 1–255 visible characters, no space."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_NAME
        and value.isprintable()
        and " " not in value
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a token is for and what it allows.

    `bound`: the key that must be proven with it. `grant`: the grant it is issued from, so that all of a
    grant's tokens can be revoked at once.
    """

    subject: str
    organisation: str
    role: str
    client_id: str
    scopes: frozenset[str]
    officer: str | None = None
    bound: Confirmation = UNBOUND
    grant: str | None = None
    proof: Proof | None = None
    purposes: frozenset[str] | None = None

    def __post_init__(self) -> None:
        names = (self.subject, self.organisation, self.role, self.client_id)
        if not all(map(is_name, names)) or not (self.officer is None or is_name(self.officer)):
            raise ValueError("A name in the token is empty, too long or not printable.")
        if not self.scopes:
            raise ValueError("A token without scopes allows nothing.")


def officer_number(*, subject: str, organisation: str, credential: str | None) -> str | None:
    """Return the credential number; court people without another one are known by their id."""
    return credential or (subject if organisation in COURTS else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Makes tokens of one issuer for one audience; `lifetime` in seconds."""

    keys: SigningKeys
    issuer: str
    audience: str
    lifetime: int

    def token(self, bearer: Bearer, *, now: float) -> str:
        """Return a signed token, valid from *now* (epoch seconds) for `lifetime`."""
        issued = int(now)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": bearer.subject,
            "aud": self.audience,
            "client_id": bearer.client_id,
            "iat": issued,
            "exp": issued + self.lifetime,
            "jti": _token_id(bearer.grant),
            "scope": format_scope(bearer.scopes),
            "org": bearer.organisation,
            "role": bearer.role,
        }
        if bearer.officer is not None:
            claims["officer"] = bearer.officer
        if bearer.proof is not None:
            claims |= {"acr": bearer.proof.acr, "auth_time": bearer.proof.auth_time}
        if bearer.purposes is not None:
            claims["purposes"] = sorted(bearer.purposes)
        if bearer.bound.is_bound:
            claims["cnf"] = bearer.bound.claim()
        return write_compact({"typ": TOKEN_TYPE}, json.dumps(claims).encode(), self.keys.signing)


def _token_id(grant: str | None) -> str:
    unique = secrets.token_urlsafe(16)
    return unique if grant is None else f"{grant}.{unique}"
