"""The numbers of accounts at banks: banks and who pays money into them know the same account by one."""

import hashlib
from typing import Final

_DIGITS: Final = 15


def account_number(owner: str, place: int) -> str:
    """Return the number of an owner's account at *place* among his, from 1."""
    digest = hashlib.sha256(f"account {owner} {place}".encode()).hexdigest()
    return f"9903{int(digest, 16) % 10**_DIGITS:0{_DIGITS}d}"
