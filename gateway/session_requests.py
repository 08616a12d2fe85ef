"""Which requests a session's cookie counts for: those of our own page, and of no other."""

from collections.abc import Iterable
from typing import Final

from gateway.sessions import Session, Sessions

HEADER: Final = "X-Chakong-Session"
"""Pages of other origins cannot send it, nor can a form or a link."""
_HEADER_NAME: Final = HEADER.lower().encode()
Headers = Iterable[tuple[bytes, bytes]]


async def session_of_request(
    sessions: Sessions, headers: Headers, *, promised: bool = False
) -> Session | None:
    """Return the session whose cookie came with *headers*; None without one that may count.

    A cookie counts only beside what another origin's page cannot send: the header `HEADER`, or the
    same *promised* in a WebSocket's first message; and without any sign of another origin.
    """
    named = list(headers)
    if any(name == b"authorization" for name, _ in named):
        return None  # one proof or the other; never a mixture of them
    said = _one(named, _HEADER_NAME) == "1"
    if promised:  # a handshake cannot send the header, and always says its origin
        said = _one(named, b"origin") is not None
    if not said or not same_origin(named, sessions.origin):
        return None
    return await sessions.of_cookie(cookie_in(named, sessions.cookie))


def same_origin(headers: Headers, origin: str) -> bool:
    """Return whether nothing in *headers* says that another origin's page sent the request."""
    named = list(headers)
    site = _one(named, b"sec-fetch-site")
    if site is not None:  # the browser's own word, which no page can change
        return site == "same-origin"
    sender = _one(named, b"origin")
    if sender is None:
        return True
    host = _one(named, b"host")
    return sender in {origin, f"http://{host}", f"https://{host}"}


def cookie_in(headers: Headers, name: str) -> str | None:
    """Return the one cookie of that *name*; None if there is none, or there are several."""
    found = [
        value.strip()
        for key, raw in headers
        if key == b"cookie"
        for part in raw.decode("latin-1").split(";")
        for cookie, _, value in [part.strip().partition("=")]
        if cookie == name
    ]
    return found[0] if len(found) == 1 else None


def _one(headers: list[tuple[bytes, bytes]], name: bytes) -> str | None:
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return ", ".join(values) if values else None
