"""The clock's part in tax refunds: bureaus are told what to watch and what no longer, and their events are heeded."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from connectors.errors import DepartmentError, DepartmentRefused, KeyReused
from connectors.question import Authority
from connectors.tax_refunds import TaxRefundsConnector
from domain.purpose import Purpose
from resolvers.refund_heeding import heed, try_again
from resolvers.refund_watching import end_without_ground
from storage.cases import find_case
from storage.database import Database
from storage.refund_watches import WatchRecord, settle_ending, settle_watch
from storage.watches_due import (
    any_watched,
    heeded_up_to,
    watches_held_back,
    watches_to_end,
    watches_to_tell,
    watches_without_ground,
)

_LOG = structlog.get_logger()
_MOST: Final = 50  # watches told in one turn; the rest is found again
_MOST_LOOKED_AT: Final = 500  # what is refused stays among them; the others get their turn
_MOST_ROUNDS: Final = 20  # of events in one turn


async def turn_refunds(
    database: Database,
    bureau: TaxRefundsConnector,
    now: Callable[[], datetime],
    inboxes: Collection[str] = (),
) -> int:
    """Do what is due about watched refunds; return how many drafts were made of them.

    Doing it twice changes nothing: a watch is told, and ended, under its key, an event is heeded with
    its cursor.

    Args:
        inboxes: departments that read their orders here.
    """
    for one in await database.read(partial(watches_without_ground, most=_MOST_LOOKED_AT)):
        await database.write(partial(end_without_ground, watch_id=one.id, now=now()))
    for one in await database.read(partial(watches_to_tell, most=_MOST)):
        await _tell(database, bureau, one, now)
    for one in await database.read(partial(watches_to_end, most=_MOST_LOOKED_AT)):
        if not await _tell_end(database, bureau, one, now):
            break
    drafted: list[str] = []
    for one in await database.read(partial(watches_held_back, most=_MOST_LOOKED_AT)):
        again = partial(try_again, watch_id=one.id, now=now(), inboxes=inboxes)
        drafted += await database.write(again)
    if await database.read(any_watched):
        drafted += await _heed_all(database, bureau, now, inboxes)
    for order in drafted:
        _LOG.warning("refund.drafted", order=order)
    return len(drafted)


async def _heed_all(
    database: Database,
    bureau: TaxRefundsConnector,
    now: Callable[[], datetime],
    inboxes: Collection[str],
) -> list[str]:
    drafted: list[str] = []
    for _ in range(_MOST_ROUNDS):
        after = await database.read(partial(heeded_up_to, department=bureau.department))
        try:
            events = await bureau.refund_events(after)
        except DepartmentError as error:
            _LOG.warning("refunds.not_told", department=bureau.department, error=error.code)
            break
        if not events:
            break
        drafted += await database.write(
            partial(heed, department=bureau.department, events=events, now=now(), inboxes=inboxes)
        )
    return drafted


async def _tell(
    database: Database,
    bureau: TaxRefundsConnector,
    one: WatchRecord,
    now: Callable[[], datetime],
) -> None:
    """Have the bureau watch; what it refuses is over, what nobody knows is told again."""
    state = "WATCHING"
    authority = await database.read(partial(_authority, one))
    try:
        await bureau.watch(one.id, one.record, one.id_number, authority)
    except (DepartmentRefused, KeyReused):
        state = "ENDED"
    except DepartmentError as error:
        _LOG.warning("refunds.not_told", department=bureau.department, error=error.code)
        return
    await database.write(partial(settle_watch, watch_id=one.id, at=now(), state=state))


async def _tell_end(
    database: Database,
    bureau: TaxRefundsConnector,
    one: WatchRecord,
    now: Callable[[], datetime],
) -> bool:
    """Tell the bureau that a watch is over, again and again until it heard it.

    Returns:
        False if it hears nothing now; what it refuses of one says nothing of the others.
    """
    authority = await database.read(partial(_authority, one))
    try:
        await bureau.end_watch(one.id, authority)
    except DepartmentError as error:
        _LOG.warning("refunds.not_told", department=bureau.department, error=error.code)
        return isinstance(error, DepartmentRefused)
    await database.write(partial(settle_ending, watch_id=one.id, at=now()))
    return True


def _authority(one: WatchRecord, connection: Connection) -> Authority:
    """Return under which a refund is watched: its case, and who ordered it."""
    case = find_case(connection, one.case_number)
    officers = [] if case is None else [entry.officer for entry in case.officers]
    credential = next((two.credential for two in officers if two.id == one.officer), one.officer)
    return Authority(
        case_number=one.case_number,
        officer=credential,
        organisation="court",
        purpose=Purpose.CONTROL.value,
        request_id=one.id,
    )
