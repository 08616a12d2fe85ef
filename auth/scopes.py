"""Which scopes exist and which of them each role may hold, as this room needs to know it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS
from domain import catalogue

# RFC 6749, section 3.3: scope-tokens separated by single spaces.
_WORD = r"[\x21\x23-\x5b\x5d-\x7e]+"
_SCOPE = re.compile(rf"{_WORD}(?: {_WORD})*")


def parse_scope(text: str) -> frozenset[str]:
    """Return the scopes in *text*.

    Raises:
        ValueError: not the grammar of RFC 6749, section 3.3, or a scope stands there twice.
    """
    if not _SCOPE.fullmatch(text):
        raise ValueError("The scope is malformed.")
    tokens = text.split(" ")
    scopes = frozenset(tokens)
    if len(scopes) != len(tokens):
        raise ValueError("A scope is repeated.")
    return scopes


def format_scope(scopes: frozenset[str]) -> str:
    return " ".join(sorted(scopes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlements:
    """`by_role` gives each role's scopes, `grant_of` how a role may come by a token."""

    known: frozenset[str]
    by_role: Mapping[str, frozenset[str]]
    grant_of: Mapping[str, str]

    @classmethod
    def from_catalogue(cls) -> Self:
        roles = catalogue.roles()
        return cls(
            known=frozenset(scope.id for scope in catalogue.scopes()),
            by_role={role.id: role.scopes for role in roles},
            grant_of={role.id: role.grant for role in roles},
        )

    def of(self, role: str | None) -> frozenset[str]:
        """Return what *role* may hold; an unknown role holds nothing."""
        return self.by_role.get(role, frozenset()) if role is not None else frozenset()

    def grantable(
        self, *, role: str | None, requested: frozenset[str], allowed: frozenset[str] | None
    ) -> frozenset[str]:
        """Return *requested* ∩ role ∩ *allowed*; nothing requested means everything."""
        granted = self.of(role) & self.known
        if requested:
            granted &= requested
        return granted if allowed is None else granted & allowed

    def is_for_systems(self, role: str | None) -> bool:
        """Return whether a machine may be *role*: a court officer, say, is always a person."""
        return role is not None and self.grant_of.get(role, "").startswith(CLIENT_CREDENTIALS)

    def is_for_people(self, role: str) -> bool:
        return self.grant_of.get(role, "").startswith(AUTHORIZATION_CODE)
