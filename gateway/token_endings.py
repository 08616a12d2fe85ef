"""Tokens that were issued end with the grant behind them, not only when their time is over."""

from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection

from storage.denials import DenialRecord, deny
from storage.grants import HolderKind
from storage.token_grants import revoke_grants_of

A_DAY: Final = 86_400
"""Seconds. Where lifetimes were shortened, or the demo's are long, tokens are out that live longer than
a new one would."""


class TokenEndings(Protocol):
    """Denies what a holder's tokens still allow; in the transaction that ends the grant."""

    def __call__(
        self, connection: Connection, kind: HolderKind, holder: str, *, at: datetime
    ) -> None: ...


def deny_tokens(connection: Connection, kind: HolderKind, holder: str, *, at: datetime) -> None:
    """Deny the access tokens that were issued until *at*, and end the refresh tokens."""
    now = int(at.timestamp())
    person = kind is HolderKind.PERSON
    denial = DenialRecord(
        kind="SUBJECT" if person else "CLIENT", value=holder, at=now, until=now + A_DAY
    )
    deny(connection, denial, now=now)
    if person:
        revoke_grants_of(connection, now=now, user_id=holder)
    else:
        revoke_grants_of(connection, now=now, client_id=holder)
