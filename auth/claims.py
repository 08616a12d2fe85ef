"""From a verified payload to a caller: every claim present, of its type, and meant for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth.caller import Caller
from auth.confirmation import UNBOUND, Confirmation
from auth.errors import InvalidToken
from auth.scopes import Entitlements, parse_scope
from auth.tokens import is_name

LONGEST_SUBJECT: Final = 64
"""Characters: steps of orders and the record keep who took them."""
# Clocks of issuer and server may differ by this much (seconds). Expiry has no leeway.
_LEEWAY = 5
# Claims that narrow a token in a way this server does not enforce: refuse, do not ignore.
_UNSUPPORTED = ("authorization_details",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a token must say; `longest` is the longest accepted lifetime in seconds."""

    issuer: str
    audience: str
    longest: int
    entitlements: Entitlements

    def caller(self, claims: Mapping[str, Any], *, now: float) -> Caller:
        """Return who the token speaks for.

        Raises:
            InvalidToken: a claim is missing, of the wrong type, or not what we expect.

        Source:
            RFC 9068, sections 2.2 and 4; RFC 7519, section 4.1; RFC 8725, sections 3.8 and 3.9.
        """
        if any(name in claims for name in _UNSUPPORTED):
            raise InvalidToken("unsupported")
        if claims.get("iss") != self.issuer:
            raise InvalidToken("issuer")
        # A token for several audiences could be replayed by one of the others.
        if claims.get("aud") not in (self.audience, [self.audience]):
            raise InvalidToken("audience")
        expires_at = self._check_times(claims, now)
        role = _name(claims, "role")
        subject = _name(claims, "sub")
        if len(subject) > LONGEST_SUBJECT:
            raise InvalidToken("sub")
        return Caller(
            subject=subject,
            organisation=_name(claims, "org"),
            role=role,
            client_id=_name(claims, "client_id"),
            scopes=self._scopes(claims.get("scope"), role),
            token_id=_name(claims, "jti"),
            expires_at=expires_at,
            issued_at=claims["iat"],
            officer=_name(claims, "officer") if "officer" in claims else None,
            acr=_name(claims, "acr") if "acr" in claims else None,
            auth_time=_instant(claims, "auth_time") if "auth_time" in claims else None,
            purposes=_names(claims, "purposes") if "purposes" in claims else None,
        )

    def confirmation(self, claims: Mapping[str, Any]) -> Confirmation:
        """Return which key must be proven besides the token.

        Raises:
            InvalidToken: `cnf` names none that this server can check.
        """
        return Confirmation.of(claims["cnf"]) if "cnf" in claims else UNBOUND

    def _check_times(self, claims: Mapping[str, Any], now: float) -> int:
        expires_at, issued_at = _instant(claims, "exp"), _instant(claims, "iat")
        if expires_at <= now:
            raise InvalidToken("expired")
        if issued_at > now + _LEEWAY:
            raise InvalidToken("future")
        if "nbf" in claims and _instant(claims, "nbf") > now + _LEEWAY:
            raise InvalidToken("future")
        if not 0 < expires_at - issued_at <= self.longest:
            raise InvalidToken("lifetime")
        return expires_at

    def _scopes(self, text: object, role: str) -> frozenset[str]:
        """Return the scopes; one unknown scope, or one the role may not hold, refuses all."""
        try:
            scopes = parse_scope(text) if isinstance(text, str) else frozenset()
        except ValueError:
            raise InvalidToken("scope") from None
        if not scopes or not scopes <= self.entitlements.known & self.entitlements.of(role):
            raise InvalidToken("scope")
        return scopes


def _name(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim)
    if not isinstance(value, str) or not is_name(value):
        raise InvalidToken(claim)
    return value


def _names(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    values = claims.get(claim)
    if not isinstance(values, list) or not all(map(is_name, values)):
        raise InvalidToken(claim)
    return frozenset(values)


def _instant(claims: Mapping[str, Any], claim: str) -> int:
    value = claims.get(claim)
    if type(value) is not int or value < 0:  # not bool, which is an int too; not 1e9
        raise InvalidToken(claim)
    return value
