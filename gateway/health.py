"""Whether the gateway lives, and what it lacks: for whoever restarts it, and for whoever watches over it."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.trusted_issuers import TrustedIssuers
from gateway.recorder import Recorder

Concern = Callable[[], Mapping[str, Any]]
"""What is amiss with one part, as members of the answer; nothing if all is well."""


def health_route(*concerns: Concern) -> Route:
    """Return ``/health``: 200 as long as the gateway answers, `UP` or `DEGRADED` with what is amiss.

    What is amiss is no reason to restart a gateway: it would come back without what it still has.
    """

    async def show(_: Request) -> Response:
        amiss = {name: value for concern in concerns for name, value in concern().items()}
        status = "DEGRADED" if amiss else "UP"
        return JSONResponse({"status": status, **amiss}, headers={"cache-control": "no-store"})

    return Route("/health", show)


def silent_issuers(trusted: TrustedIssuers) -> Concern:
    """Return the concern about issuers whose keys are old: which, why, and when they will be refused."""

    def amiss() -> dict[str, Any]:
        found = [
            {
                "issuer": trouble.issuer,
                "reason": trouble.reason.value,
                "refusedInSeconds": trouble.refuses_in,
            }
            for trouble in trusted.troubles()
        ]
        return {"issuers": found} if found else {}

    return amiss


def unwritten_record(recorder: Recorder) -> Concern:
    """Return the concern about a record that cannot be written: what is public goes on without it."""

    def amiss() -> dict[str, Any]:
        reason = recorder.hindrance
        return {} if reason is None else {"record": reason.code}

    return amiss
