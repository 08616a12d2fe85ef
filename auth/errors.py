"""Why a request has no caller.

    Unauthenticated
    ├── MissingToken             401  no access token was presented at all
    ├── InvalidToken             401  a token was presented and is refused
    │   ├── MalformedRequest     400  the Authorization header itself is unusable
    │   └── UnknownKey           401  its issuer did not publish the key, as far as we know (auth.trusted_issuers)
    ├── InvalidProof             401  the token's key was not proven (DPoP)
    │   └── NonceWanted          401  the proof needs the nonce that comes with this
    └── Undecided                503  nobody can say now whether the token was revoked

`challenge` is the WWW-Authenticate value (RFC 6750, section 3; RFC 9449, section 7.1). Messages are
constants, so that no part of a token reaches a log; `reason` is one short word for metrics and
never sent.
"""

from typing import ClassVar, Final

from auth.algorithms import ALGORITHMS

REALM = "chakong"
BEARER: Final = "Bearer"
DPOP: Final = "DPoP"
_ALGS: Final = f'algs="{" ".join(ALGORITHMS)}"'


class Unauthenticated(Exception):
    """The request proves nobody."""

    status: ClassVar[int] = 401
    code: ClassVar[str | None] = None
    description: ClassVar[str] = "Authentication is required."

    def __init__(self, reason: str, scheme: str = BEARER) -> None:
        super().__init__(self.description)
        self.reason = reason
        self.scheme = scheme

    @property
    def challenge(self) -> str:
        told = [f'realm="{REALM}"']
        if self.code is not None:
            told += [f'error="{self.code}"', f'error_description="{self.description}"']
        if self.scheme == DPOP:
            told.append(_ALGS)
        return f"{self.scheme} {', '.join(told)}"

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return what belongs into the answer's header."""
        return [("www-authenticate", self.challenge)]


class MissingToken(Unauthenticated):
    """No access token: the challenges carry no error code (RFC 6750, section 3.1)."""

    @property
    def challenge(self) -> str:
        return f'{super().challenge}, {DPOP} realm="{REALM}", {_ALGS}'


class InvalidToken(Unauthenticated):
    """The token is malformed, expired, forged, revoked or not for this server."""

    code = "invalid_token"
    description = "The access token is invalid or has expired."


class MalformedRequest(InvalidToken):
    """More than one Authorization header, or a scheme without a token."""

    status = 400
    code = "invalid_request"
    description = "Send exactly one Authorization header with one access token."


class InvalidProof(Unauthenticated):
    """The DPoP proof is missing, malformed, used before, or not for this request and token."""

    code = "invalid_dpop_proof"
    description = "The DPoP proof is missing or does not fit this request."

    def __init__(self, reason: str) -> None:
        super().__init__(reason, DPOP)


class NonceWanted(InvalidProof):
    """The proof must contain a nonce of ours (RFC 9449, section 9)."""

    code = "use_dpop_nonce"
    description = "The DPoP proof must contain the nonce of DPoP-Nonce."

    def __init__(self, nonce: str) -> None:
        super().__init__("nonce")
        self.nonce = nonce

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [*super().headers, ("dpop-nonce", self.nonce)]


class Undecided(Unauthenticated):
    """What was revoked or used before cannot be read: nobody is let in (fail closed)."""

    status = 503
    description = "Access cannot be checked right now; try again."

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]
