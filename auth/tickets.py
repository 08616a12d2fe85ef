"""What a login form carries to prove that this browser was just shown it, for this request.

A ticket is an expiry and an HMAC over expiry, cookie and the authorization request's query. It
needs no memory and works in every process that shares the key file.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")
_TICKET = re.compile(r"([0-9]{1,12})\.([0-9a-f]{64})")


def cookie_or_new(presented: str | None) -> str:
    """Return the browser's cookie if it looks like one of ours, so that two tabs both work."""
    if presented is not None and _COOKIE.fullmatch(presented):
        return presented
    return secrets.token_urlsafe(32)


class Tickets:
    def __init__(self, key: bytes, *, clock: Callable[[], float], lifetime: int = 600) -> None:
        """Sign with *key*; a ticket is good for *lifetime* seconds of *clock*."""
        self._key = key
        self._clock = clock
        self._lifetime = lifetime

    def issue(self, *, cookie: str, query: bytes) -> str:
        expires_at = int(self._clock()) + self._lifetime
        return f"{expires_at}.{self._mac(expires_at, cookie, query)}"

    def accepts(self, ticket: str, *, cookie: str | None, query: bytes) -> bool:
        parts = _TICKET.fullmatch(ticket)
        if parts is None or cookie is None or not _COOKIE.fullmatch(cookie):
            return False
        expires_at = int(parts[1])
        genuine = hmac.compare_digest(parts[2], self._mac(expires_at, cookie, query))
        return genuine and self._clock() < expires_at

    def _mac(self, expires_at: int, cookie: str, query: bytes) -> str:
        message = f"{expires_at}\n{cookie}\n".encode() + query
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
