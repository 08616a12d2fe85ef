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
    for entry in await _until_done(database, partial(end_terms, now=now)):
        steps += 1
        _LOG.warning("entry.term_over", id=entry)
    for hit in await _until_done(database, partial(end_retentions, now=now)):
        steps += 1
        _LOG.warning("hit.retention_over", id=hit)
    for hit in await _until_done(database, partial(flag_late_hits, now=now)):
        steps += 1
        _LOG.warning("hit.overdue", id=hit)
    for target in await database.write(partial(remind, now=now, profile=profile)):
        _LOG.warning("list.reminded", target=target)
    after = -1
    while after:
        closed, after = await database.write(partial(close_entries, now=now, after=max(after, 0)))
        steps += len(closed)
        for entry in closed:
            _LOG.info("entry.closed", entry=entry)
    return steps


async def _until_done(database: Database, work: Callable[[Connection], list[str]]) -> list[str]:
    """Do *work*, which does so much at once, until nothing is left; return whom it was done to."""
    everybody: list[str] = []
    while done := await database.write(work):
        everybody += done
        if len(done) < MOST_AT_ONCE:
            break
    return everybody
