"""The clock's part in tax refunds: bureaus are told what to watch, and their events are heeded, in order."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from connectors.errors import DepartmentError, DepartmentRefused, KeyReused
from connectors.question import Authority
from connectors.tax_refunds import TaxRefundsConnector
from domain.purpose import Purpose
from resolvers.refund_watching import heed
from storage.cases import find_case
from storage.database import Database
from storage.refund_watches import (
    WatchRecord,
    any_watched,
    heeded_up_to,
    settle_watch,
    watches_to_tell,
)

_LOG = structlog.get_logger()
_MOST: Final = 50  # watches told in one turn; the rest is found again
_MOST_ROUNDS: Final = 20  # of events in one turn


async def turn_refunds(
    database: Database, bureau: TaxRefundsConnector, now: Callable[[], datetime]
) -> int:
    """Do what is due about watched refunds; return how many drafts were made of them.

    Doing it twice changes nothing: a watch is told under its key, an event is heeded with its cursor.
    """
    for one in await database.read(partial(watches_to_tell, most=_MOST)):
        await _tell(database, bureau, one, now)
    drafted = 0
    if not await database.read(any_watched):
        return drafted
    for _ in range(_MOST_ROUNDS):
        after = await database.read(partial(heeded_up_to, department=bureau.department))
        try:
            events = await bureau.refund_events(after)
        except DepartmentError as error:
            _LOG.warning("refunds.not_told", department=bureau.department, error=error.code)
            break
        if not events:
            break
        made = await database.write(
            partial(heed, department=bureau.department, events=events, now=now())
        )
        for order in made:
            _LOG.warning("refund.drafted", order=order)
        drafted += len(made)
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
