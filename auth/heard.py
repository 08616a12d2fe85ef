"""Nobody is let in whose coming could not be recorded."""

from collections.abc import Awaitable, Callable

from starlette.responses import JSONResponse, Response

Heard = Callable[[str, str, str], Awaitable[bool]]
"""``heard(kind, outcome, who)``: whether a log-in (LOGIN) or token (TOKEN) was recorded."""


async def unheard(_kind: str, _outcome: str, _who: str) -> bool:
    return True


def unrecorded() -> Response:
    """Return the refusal of who could not be recorded (RFC 6749 4.1.2.1)."""
    told = {
        "error": "temporarily_unavailable",
        "error_description": "This cannot be recorded right now; try again.",
    }
    return JSONResponse(told, status_code=503, headers={"cache-control": "no-store"})
