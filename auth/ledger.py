"""What all processes of the authorization server must agree on, and who keeps it for us.

Storage implements `Ledger`; the application wires the two, which are strangers to each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from auth.assurance import Proof
from auth.caller import Caller
from auth.denials import Denial


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """An authorization request that the client sent ahead (RFC 9126), known by a hash.

    `sender` is a hash of where it came from; None if the client proved who it is.
    """

    handle_hash: str = field(repr=False)
    client_id: str
    sender: str | None = None
    parameters: Mapping[str, str] = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person allowed a client, for as long as its refresh tokens live.

    `scope` is what was granted, space-separated; `jkt` the DPoP key that a public client must go on
    proving; `proof` what the person proved when it was opened. Times are epoch seconds.
    """

    id: str
    client_id: str
    user_id: str
    scope: str
    jkt: str | None
    opened_at: int
    expires_at: int
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Reused:
    """A refresh token came a second time; its grant was revoked."""

    grant: Grant


class Ledger(Protocol):
    """Called from several worker threads at once; must be thread-safe and may block.

    What is returned is durable, whichever process asks next.
    """

    def first_time(self, what: str, until: int) -> bool:
        """Return whether *what* comes for the first time; it is remembered to *until*."""

    def has_come(self, what: str) -> bool: ...

    def push(self, request: PushedRequest, *, most: int, most_of_sender: int) -> bool:
        """Keep *request*; False if so many of its client's, or its sender's, wait already."""

    def pushed(self, handle_hash: str) -> PushedRequest | None: ...

    def take_pushed(self, handle_hash: str) -> bool:
        """Forget the request; of many takers at most one is told True."""

    def open_grant(self, grant: Grant, token_hash: str) -> None:
        """Keep *grant* with its first refresh token."""

    def find_grant(self, token_hash: str, *, unused: bool = False) -> Grant | None:
        """Return the grant of a refresh token unless it is revoked; *unused*: or was used up."""

    def renew(self, token_hash: str, successor_hash: str | None, now: int) -> Grant | Reused | None:
        """Use a refresh token up and keep its successor, atomically: of many users one succeeds.

        A token that was used before revokes its grant and all that was issued from it. Without a
        successor the token stays as it is. None: no such token, revoked, or over at *now*.
        """

    def revoke_grant(self, grant_id: str, now: int) -> None:
        """End the grant, its refresh tokens and the access tokens issued from it."""

    def deny(self, denial: Denial) -> None: ...

    def is_denied(self, caller: Caller) -> bool:
        """Return whether the caller's token was revoked, as storage knows it now."""
