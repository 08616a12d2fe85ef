"""Whether a caller still stands while an operation goes on: token over, or revoked meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from auth.caller import Caller
from auth.denials import DenyList
from auth.errors import Unauthenticated
from resolvers.refusals import TokenOver


class Standing:
    """Asked where no request comes that the guard could stop: on sockets and between events."""

    def __init__(self, denials: DenyList | None = None) -> None:
        """Without *denials* nothing is revoked, and only time ends a token."""
        self._denials = denials

    async def require(self, caller: Caller, now: float) -> None:
        """Let pass whose token is neither over at *now* (epoch seconds) nor revoked.

        Raises:
            TokenOver: it is, or nobody can say.
        """
        if caller.expires_at <= now:
            raise TokenOver
        if self._denials is None:
            return
        try:
            await self._denials.require(caller)
        except Unauthenticated as error:
            raise TokenOver from error

    @contextlib.asynccontextmanager
    async def while_it_lasts(self, caller: Caller, now: float) -> AsyncIterator[None]:
        """Do the body for as long as the caller's token is good.

        Raises:
            TokenOver: it was not done when the token ended or was revoked.
        """
        try:
            async with asyncio.timeout(max(0.0, caller.expires_at - now)) as limit:
                watch = asyncio.ensure_future(self._revoked(caller))

                def cut(done: "asyncio.Future[None]") -> None:
                    if not done.cancelled():
                        limit.reschedule(0)

                watch.add_done_callback(cut)
                try:
                    yield
                finally:
                    watch.cancel()
        except TimeoutError:
            raise TokenOver from None

    async def _revoked(self, caller: Caller) -> None:
        if self._denials is None:
            await asyncio.Event().wait()
        else:
            await self._denials.over(caller)
