"""
Answers that come later: how long a connector waits for one, and what it says then.

A connector that is asynchronous submits, waits here, and declares how it collects::

    async def ask(batch):
        claim = await self._submit(batch)
        said = await waited_for(lambda: self._result(claim), DepartmentPending(dep, claim=claim))
        return self._read(said)

    @holdings_of.collected
    async def _collected(self, claim, batch, want, authority):
        return self._read(await self._result(claim))
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

import anyio

from connectors.errors import DepartmentPending

T = TypeVar("T")

_OF_THE_DEADLINE: Final = 0.9  # the rest is for the way back


async def waited_for(work: Callable[[], Awaitable[T]], pending: DepartmentPending) -> T:
    """Return what *work* brings before the deadline around this call is nearly over.

    Raises:
        DepartmentPending: *pending*, if nothing came; at once, if its *eta* is later than that.
    """
    left = anyio.current_effective_deadline() - anyio.current_time()
    expected = None if pending.eta is None else pending.eta - datetime.now(UTC)
    if expected is not None and expected.total_seconds() > left:
        raise pending
    with anyio.move_on_after(left * _OF_THE_DEADLINE):
        return await work()
    raise pending
