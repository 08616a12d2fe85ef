"""The clock's turn on the list: terms and retentions end, entries close, what is late is flagged and reminded of."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from domain.deadline import Profile
from resolvers.list_duties import remind
from resolvers.list_timekeeping import (
    MOST_AT_ONCE,
    close_entries,
    end_retentions,
    end_terms,
    flag_late_hits,
)
from storage.database import Database

_LOG = structlog.get_logger()


async def turn_list(database: Database, now: datetime, profile: Profile = Profile.DEFAULT) -> int:
    """Do all that is due at *now* (aware), however long nobody did; return how many steps."""
    steps = 0
    for event, work in (
        ("entry.term_over", end_terms),
        ("hit.retention_over", end_retentions),
        ("hit.overdue", flag_late_hits),
    ):
        steps += await _until_done(database, event, partial(work, now=now))
    for target in await database.write(partial(remind, now=now, profile=profile)):
        _LOG.warning("list.reminded", target=target)
    after = -1
    while after:
        closed, after = await database.write(partial(close_entries, now=now, after=max(after, 0)))
        steps += len(closed)
        for entry in closed:
            _LOG.info("entry.closed", entry=entry)
    return steps


async def _until_done(
    database: Database, event: str, work: Callable[[Connection], list[str]]
) -> int:
    steps = 0
    while done := await database.write(work):
        steps += len(done)
        for one in done:
            _LOG.warning(event, id=one)
        if len(done) < MOST_AT_ONCE:
            break
    return steps
