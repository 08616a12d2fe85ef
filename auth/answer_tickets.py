"""
Tickets for answers that come later: whoever holds one can find and read what was kept for it, nobody else.

What is kept lies under a digest of the ticket and is sealed with a key made of it. The ticket itself is
kept nowhere: a copy of the database tells nothing of whom was asked.
"""

import hashlib
import os
import re
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BYTES: Final = 32
_NONCE: Final = 12
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_ticket() -> str:
    return secrets.token_urlsafe(_BYTES)


def is_ticket(text: str) -> bool:
    """Whether *text* has the form of a ticket, somebody's or nobody's."""
    return _FORM.fullmatch(text) is not None


def digest_of(ticket: str) -> str:
    return _made_of(ticket, b"find").hex()


def sealed(ticket: str, content: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_made_of(ticket, b"seal")).encrypt(nonce, content, None)


def opened(ticket: str, kept: bytes) -> bytes:
    """Return what was sealed for *ticket*.

    Raises:
        ValueError: it was sealed for another, or is damaged.
    """
    try:
        return AESGCM(_made_of(ticket, b"seal")).decrypt(kept[:_NONCE], kept[_NONCE:], None)
    except InvalidTag as error:
        raise ValueError("not sealed for this ticket") from error


def _made_of(ticket: str, what_for: bytes) -> bytes:
    return hashlib.blake2b(
        ticket.encode("utf-8", "surrogatepass"), digest_size=_BYTES, person=what_for
    ).digest()
