"""What another issuer says of a caller, in this installation's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from auth.errors import InvalidToken
from auth.scopes import parse_scope
from auth.tokens import is_name, officer_number

# What `Expectation` reads under these names must come from the claims that were named, or not at all.
_OURS: Final = frozenset({"scope", "role", "org", "client_id", "officer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNames:
    """Where an issuer says it: a claim's name, or a JSON Pointer (RFC 6901) into a claim.

    Without `organisation` everybody is of the one organisation that the issuer may speak for.
    """

    scope: str = "scope"
    role: str = "role"
    organisation: str = "org"
    client: str = "client_id"
    officer: str = "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerClaims:
    """How one issuer's claims are read; what it was not given, it cannot give.

    Attributes:
        roles: the issuer's word for a role, and ours; it gives no other.
        organisations: likewise.
        ignored_scopes: scopes that mean something to the issuer alone, such as `openid`.
        qualifier: what its subjects and clients carry behind an @, so that nobody takes them for ours;
            empty: they are ours.
    """

    roles: Mapping[str, str]
    organisations: Mapping[str, str]
    ignored_scopes: frozenset[str] = frozenset()
    names: ClaimNames = field(default_factory=ClaimNames)
    qualifier: str = ""

    def __call__(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return *claims* as this server's own tokens have them.

        Raises:
            InvalidToken: no role or organisation that this issuer may give, or several.
        """
        role = _only(claims_at(claims, self.names.role), self.roles, "role")
        organisation = self._organisation(claims)
        said = {name: value for name, value in claims.items() if name not in _OURS}
        said |= {"role": role, "org": organisation}
        said["client_id"] = self._qualified(claims_at(claims, self.names.client))
        said["sub"] = self._qualified(claims.get("sub"))
        said["scope"] = self._scope(claims_at(claims, self.names.scope))
        credential = claims_at(claims, self.names.officer)
        if credential is not None and not is_name(credential):
            raise InvalidToken("officer")
        officer = officer_number(
            subject=said["sub"], organisation=organisation, credential=credential
        )
        return said if officer is None else {**said, "officer": officer}

    def _qualified(self, name: Any) -> Any:
        """Return *name* as this issuer's; what is no name stays so, and is refused later."""
        return f"{name}@{self.qualifier}" if self.qualifier and is_name(name) else name

    def _organisation(self, claims: Mapping[str, Any]) -> str:
        if self.names.organisation:
            return _only(claims_at(claims, self.names.organisation), self.organisations, "org")
        [only] = set(self.organisations.values())
        return only

    def _scope(self, said: Any) -> Any:
        """Return the scopes as one string; what is malformed stays so, and is refused later."""
        scope = scope_text(said)
        if not self.ignored_scopes or not isinstance(scope, str):
            return scope
        try:
            return " ".join(sorted(parse_scope(scope) - self.ignored_scopes))
        except ValueError:
            return scope


def claims_at(claims: Mapping[str, Any], name: str) -> Any:
    """Return the claim *name*, or what the JSON Pointer *name* leads to; None if there is nothing."""
    if not name.startswith("/"):
        return claims.get(name)
    found: Any = claims
    for step in name[1:].split("/"):
        if not isinstance(found, dict):
            return None
        found = found.get(step.replace("~1", "/").replace("~0", "~"))
    return found


def scope_text(said: Any) -> Any:
    """Return scopes that came as a list as RFC 6749 writes them; anything else as it is."""
    if isinstance(said, list) and all(isinstance(one, str) and " " not in one for one in said):
        return " ".join(said)
    return said


def _only(said: Any, ours: Mapping[str, str], claim: str) -> str:
    """Return the one word of ours among what the issuer *said*; its other words mean nothing here."""
    words = said if isinstance(said, list) else [said]
    meant = {ours[word] for word in words if isinstance(word, str) and word in ours}
    if len(meant) != 1:
        raise InvalidToken(claim)
    return meant.pop()
