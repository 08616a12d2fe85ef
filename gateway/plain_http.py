"""
Plain HTTP beside the graph: who asks, and refusals in the words that the graph has for them.

* HttpRefused        status, code, what to do
  + NotThere         404: there is no such thing, or none that the caller may see
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.caller import Caller
from auth.errors import Unauthenticated
from auth.guard import Guard
from gateway.http import unauthenticated
from gateway.observed import route_of
from gateway.session_requests import session_of_request

if TYPE_CHECKING:
    from gateway.sessions import Session, Sessions
    from gateway.step_up import StepUp

View = Callable[[Request], Awaitable[Response]]

NO_STORE: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


_REACHED_FOR: Final = frozenset({403, 404, 410})


class HttpRefused(Exception):
    """The request is refused; the message says what to do, in English and Chinese.

    Attributes:
        details: further members of ``extensions``; never personal data.
    """

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details or {}


class NotThere(HttpRefused):
    """One answer for what is not there and for what is somebody else's."""

    def __init__(self) -> None:
        super().__init__(
            404, "NOT_FOUND", "There is nothing here that you may see. 未找到或无权查看"
        )


class RefusalRecord(Protocol):
    """Where it is kept who was refused what."""

    async def refused(self, caller: Caller, route: str, code: str) -> None:
        """Raises HttpRefused: 503, then that is the answer."""


def refusing(view: View, record: RefusalRecord | None = None) -> View:
    """Return *view* with its refusals answered as JSON, and kept in *record* where somebody is known
    who reached for what he may not have."""

    async def answer(request: Request) -> Response:
        sessions: Sessions | None = getattr(request.app.state, "sessions", None)
        try:
            if sessions is not None:
                request.state.session = await session_of_request(sessions, request.headers.raw)
            return await view(request)
        except Unauthenticated as error:
            refusal, headers = unauthenticated(error)
            challenge = {name.decode(): value.decode() for name, value in headers}
            return JSONResponse(
                refusal.body, status_code=refusal.status, headers={**NO_STORE, **challenge}
            )
        except HttpRefused as error:
            refused = await _kept(request, error, record)
            extensions = {"code": refused.code, **refused.details}
            told = {"message": str(refused), "extensions": extensions}
            return JSONResponse(
                {"errors": [told]}, status_code=refused.status, headers=dict(NO_STORE)
            )

    return answer


async def _kept(
    request: Request, refused: HttpRefused, record: RefusalRecord | None
) -> HttpRefused:
    """Return what is answered: *refused*, or that it could not be recorded."""
    caller = getattr(request.state, "caller", None)
    if record is None or caller is None or refused.status not in _REACHED_FOR:
        return refused
    try:
        await record.refused(caller, route_of(request.scope), refused.code)
    except HttpRefused as unavailable:
        return unavailable
    return refused


async def caller_with(guard: Guard, request: Request, *alternatives: str) -> Caller:
    """Return who asks, by token or by session, if they have one of the scopes.

    Who has not proved two factors lately comes without raw scopes: papers show them masks.

    Raises:
        Unauthenticated: no token, or one that is refused.
        HttpRefused: 403, none of *alternatives* is the token's.
    """
    session: Session | None = getattr(request.state, "session", None)
    caller = await guard.admit(request.scope) if session is None else session.caller
    request.state.caller = caller
    if not any(caller.may(scope) for scope in alternatives):
        raise HttpRefused(
            403,
            "FORBIDDEN",
            f"Your token may not do this; it lacks {' or '.join(alternatives)}. 无权访问",
        )
    step_up: StepUp | None = getattr(request.app.state, "step_up", None)
    return caller if step_up is None else step_up.shown_to(caller, now=time.time())
