"""Tokens that were issued end with the grant behind them, not only when their time is over."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from storage.grants import HolderKind


class TokenEndings(Protocol):
    """Denies what a holder's tokens still allow; in the transaction that ends the grant."""

    def __call__(
        self, connection: Connection, kind: HolderKind, holder: str, *, at: datetime
    ) -> None: ...


def run_out(connection: Connection, kind: HolderKind, holder: str, *, at: datetime) -> None:
    """Deny nothing: tokens live for minutes, and none is issued again."""
    del connection, kind, holder, at
