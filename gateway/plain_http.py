"""
Plain HTTP beside the graph: who asks, and refusals in the words that the graph has for them.

* HttpRefused        status, code, what to do
  + NotThere         404: there is no such thing, or none that the caller may see
"""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.caller import Caller
from auth.errors import Unauthenticated
from auth.guard import Guard
from gateway.http import unauthenticated
from gateway.observed import route_of

View = Callable[[Request], Awaitable[Response]]

NO_STORE: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


_REACHED_FOR: Final = frozenset({403, 404, 410})


class HttpRefused(Exception):
    """The request is refused; the message says what to do, in English and Chinese."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


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
        try:
            return await view(request)
        except Unauthenticated as error:
            refusal, headers = unauthenticated(error)
            challenge = {name.decode(): value.decode() for name, value in headers}
            return JSONResponse(
                refusal.body, status_code=refusal.status, headers={**NO_STORE, **challenge}
            )
        except HttpRefused as error:
            refused = await _kept(request, error, record)
            told = {"message": str(refused), "extensions": {"code": refused.code}}
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


def caller_with(guard: Guard, request: Request, *alternatives: str) -> Caller:
    """Return who asks, if they have one of the scopes.

    Raises:
        Unauthenticated: no token, or one that is refused.
        HttpRefused: 403, none of *alternatives* is the token's.
    """
    caller = guard.caller(request.headers.raw)
    request.state.caller = caller
    if not any(caller.may(scope) for scope in alternatives):
        raise HttpRefused(
            403,
            "FORBIDDEN",
            f"Your token may not do this; it lacks {' or '.join(alternatives)}. 无权访问",
        )
    return caller
