"""A stream on a session ends with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from gateway.response import Response, ended
from gateway.sessions import Session, Sessions
from resolvers.refusals import TokenOver

_LOOK_EVERY: Final = 1.0  # seconds between two looks at a session that is listened on


async def while_it_goes_on(
    responses: AsyncIterator[Response], sessions: Sessions, session: Session
) -> AsyncIterator[Response]:
    """Yield *responses* until they, or the session, end; looked at each second and at each event."""
    following: asyncio.Future[Response] | None = None
    try:
        while True:
            following = following or asyncio.ensure_future(anext(responses))
            await asyncio.wait((following,), timeout=_LOOK_EVERY)
            if not await sessions.goes_on(session):
                yield ended(TokenOver(), "-")
                return
            if not following.done():
                continue
            try:
                response = following.result()
            except StopAsyncIteration:
                return
            following = None
            yield response
    finally:
        if following is not None:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
        await responses.aclose()  # type: ignore[attr-defined]  # an async generator
