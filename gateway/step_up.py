"""
Step-up: what shows raw values or approves something needs two factors, proved lately (RFC 9470).

It is decided by the plan, before anything is asked. A system acts for nobody at a keyboard and is not
asked for a second factor: what it may have is its own department's.
"""

from dataclasses import dataclass, replace

from auth.assurance import TWO_FACTORS, NotRecentlyProven, require_recent
from auth.caller import Caller
from domain import catalogue
from gateway.plan import Plan
from gateway.response import RequestRefused, Response
from resolvers.declare import RAW_SCOPES

_SYSTEM_GRANT = "client_credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """`max_age`: how long ago, in seconds, who asks may have proved it."""

    max_age: int

    def require(self, plan: Plan, caller: Caller, *, now: float, partial: bool) -> Caller:
        """Return as whom *plan* may run: *caller*, or without raw scopes where masks will do.

        Args:
            partial: whether the client opted into an answer with less than it asked for.

        Raises:
            RequestRefused: 401, with what has to be proved.
        """
        if not (plan.raw or plan.proofs) or _is_system(caller.role):
            return caller
        try:
            self._require_recent(caller, now)
        except NotRecentlyProven as error:
            if partial and not plan.proofs:
                return replace(caller, scopes=caller.scopes - RAW_SCOPES)
            raise RequestRefused(not_proven(error, plan.raw | plan.proofs)) from error
        return caller

    def shown_to(self, caller: Caller, *, now: float) -> Caller:
        """Return *caller*, without raw scopes unless two factors were proved lately: masks will do."""
        if not caller.scopes & RAW_SCOPES or _is_system(caller.role):
            return caller
        try:
            self._require_recent(caller, now)
        except NotRecentlyProven:
            return replace(caller, scopes=caller.scopes - RAW_SCOPES)
        return caller

    def _require_recent(self, caller: Caller, now: float) -> None:
        require_recent(
            caller.acr,
            caller.auth_time,
            now=now,
            max_age=self.max_age,
            scheme=caller.scheme,
        )


def not_proven(error: NotRecentlyProven, coordinates: set[str]) -> Response:
    """Return the 401 that says what to prove, and for which fields."""
    shown = {
        "message": f"{error} Confirm who you are (/session/step-up, or a new authorization with "
        "acr_values and max_age), and send the request again. 请完成二次验证后重试",
        "extensions": {
            "code": "INSUFFICIENT_USER_AUTHENTICATION",
            "acrValues": TWO_FACTORS,
            "maxAge": error.max_age,
            "coordinates": sorted(coordinates),
        },
    }
    return Response(
        401,
        {"errors": [shown]},
        [(b"www-authenticate", error.challenge.encode("ascii"))],
    )


def _is_system(role: str) -> bool:
    """Return whether *role* is one of systems; a role that nobody knows is none."""
    try:
        return catalogue.role(role).grant.startswith(_SYSTEM_GRANT)
    except KeyError:
        return False
