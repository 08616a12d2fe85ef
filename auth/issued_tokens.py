"""Tokens that were issued: what they are good for, and their end before their time."""

from collections.abc import Callable
from typing import Final

from auth.binding import Verified
from auth.denials import Denial, DenialKind
from auth.errors import InvalidToken
from auth.grants import hashed
from auth.guard import Guard
from auth.ledger import Ledger
from auth.scopes import format_scope

_INACTIVE: Final[dict[str, object]] = {"active": False}


class IssuedTokens:
    def __init__(
        self,
        guard: Guard,
        ledger: Ledger,
        *,
        issuer: str,
        audience: str,
        clock: Callable[[], float],
    ) -> None:
        """Read access tokens with *guard*, refresh tokens in *ledger*. *clock*: epoch seconds."""
        self._guard = guard
        self._ledger = ledger
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def told(self, token: str, client_id: str) -> dict[str, object]:
        """Return what *client_id* is told of *token* (RFC 7662, section 2.2)."""
        known = self._read(token)
        if known is not None:
            caller = known.caller
            if caller.client_id != client_id or self._ledger.is_denied(caller):
                return dict(_INACTIVE)
            return self._shown(known)
        grant = self._ledger.find_grant(hashed(token), unused=True)
        if grant is None or grant.client_id != client_id or grant.expires_at <= self._clock():
            return dict(_INACTIVE)
        return {
            "active": True,
            "client_id": grant.client_id,
            "sub": grant.user_id,
            "scope": grant.scope,
            "iat": grant.opened_at,
            "exp": grant.expires_at,
            "iss": self._issuer,
        }

    def revoke(self, token: str, client_id: str) -> bool:
        """End *token* if it is one of *client_id*; a refresh token ends all of its grant."""
        now = int(self._clock())
        known = self._read(token)
        if known is not None:
            caller = known.caller
            if caller.client_id != client_id:
                return False
            self._ledger.deny(
                Denial(
                    kind=DenialKind.TOKEN, value=caller.token_id, at=now, until=caller.expires_at
                )
            )
            return True
        grant = self._ledger.find_grant(hashed(token))
        if grant is None or grant.client_id != client_id:
            return False
        self._ledger.revoke_grant(grant.id, now)
        return True

    def _read(self, token: str) -> Verified | None:
        try:
            return self._guard.read(token.encode())
        except InvalidToken:
            return None

    def _shown(self, known: Verified) -> dict[str, object]:
        caller, bound = known.caller, known.bound
        shown: dict[str, object] = {
            "active": True,
            "iss": self._issuer,
            "aud": self._audience,
            "sub": caller.subject,
            "client_id": caller.client_id,
            "scope": format_scope(caller.scopes),
            "iat": caller.issued_at,
            "exp": caller.expires_at,
            "jti": caller.token_id,
            "org": caller.organisation,
            "role": caller.role,
            "token_type": "Bearer" if bound.jkt is None else "DPoP",
        }
        return {**shown, "cnf": bound.claim()} if bound.is_bound else shown
