"""Issuers that somebody tries with the demo, and whom their tokens stand for here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.issuer_claims import scope_text
from auth.issuer_metadata import issuer_fault
from auth.scopes import parse_scope
from domain import catalogue
from gateway.demo.logins import EXECUTOR, Login, login_of_role, organisation_of
from gateway.issuers import Guest


class NoIssuer(ValueError):
    """What was named can be no issuer, or was named twice."""


def guests_of(issuers: Sequence[str], audience: str, known: Sequence[Login]) -> list[Guest]:
    """Return *issuers* as guests of the demo with the logins *known*.

    Raises:
        NoIssuer: see there.
    """
    for issuer in issuers:
        if fault := issuer_fault(issuer, plain_http=True):
            raise NoIssuer(f"--trust-issuer {issuer}: {fault}.")
    if len(set(issuers)) != len(issuers):
        raise NoIssuer("--trust-issuer: an issuer is named twice.")
    words = _Words(known)
    return [Guest(issuer=one, audience=audience, in_our_words=words) for one in issuers]


@dataclass(frozen=True, slots=True)
class _Words:
    """Whom a stranger's token stands for: a person of the demo by `sub`, else by `role`.

    A department's system is itself. Who is nobody here stands for executor-1, whose cases can be
    asked for; `scope` is taken as granted, but for scopes that nobody here knows.
    """

    known: Sequence[Login]

    def __call__(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        subject, role = claims.get("sub"), claims.get("role")
        said = {
            **claims,
            "scope": _known(scope_text(claims.get("scope"))),
            "client_id": claims.get("client_id", claims.get("azp", subject)),
        }
        if not isinstance(subject, str):
            return said  # and is refused
        login = self._login(subject, role)
        if login is None:
            return said | {"role": role, "org": organisation_of(str(role))}
        said |= {"sub": login.user, "role": login.role, "org": login.organisation}
        said.pop("officer", None)
        return said if login.credential is None else said | {"officer": login.credential}

    def _login(self, subject: str, role: Any) -> Login | None:
        """Return the person that the token stands for; None if it is a system's."""
        by_user = {login.user: login for login in self.known}
        if subject in by_user:
            return by_user[subject]
        if isinstance(role, str) and role in {known.id for known in catalogue.roles()}:
            return login_of_role(list(self.known), role)
        return by_user[EXECUTOR]


def _known(scope: Any) -> Any:
    """Return *scope* without what nobody here knows; malformed, it stays so and is refused."""
    try:
        scopes = parse_scope(scope) if isinstance(scope, str) else frozenset()
    except ValueError:
        return scope
    return " ".join(sorted(scopes & {known.id for known in catalogue.scopes()}))
