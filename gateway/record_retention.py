"""
Letting the record forget: personal sides are erased when their time is over, leaves stay.

Time is counted in days of Asia/Shanghai: so there is something to do once a day, however often it is tried.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.civil_time import civil_date, end_of_day
from domain.record import RETENTION, RecordKind, RetentionClass
from resolvers.record_index import terms_of
from storage.database import Database
from storage.record import RecordDraft, append
from storage.record_search import entries_from, erase, first_entry_at, keep_from, kept_from

_LOG = structlog.get_logger()
_AT_ONCE = 500


async def forget(
    database: Database,
    keys: RecordKeys,
    periods: Mapping[RetentionClass, timedelta],
    now: datetime,
) -> dict[RetentionClass, int]:
    """Erase the personal side of each entry of a day that is longer ago than its class allows; return how many.

    That it was done is an entry itself, in the same transaction.
    """
    erased: Counter[RetentionClass] = Counter()
    today = end_of_day(civil_date(now) - timedelta(days=1))
    for class_, period in periods.items():
        end = await database.read(partial(first_entry_at, moment=today - period))
        while done := await database.write(
            partial(_forget_some, keys=keys, class_=class_, end=end, now=now)
        ):
            erased[class_] += done[0]
    if erased.total():
        _LOG.info("record.erased", found=erased.total())
    return {class_: erased[class_] for class_ in periods}


def _forget_some(
    connection: Connection, *, keys: RecordKeys, class_: RetentionClass, end: int, now: datetime
) -> tuple[int] | None:
    """Erase among the next 500 entries of a class before *end*; None if there are none."""
    first = kept_from(connection, class_.value)
    if first >= end:
        return None
    entries = entries_from(connection, first, most=min(_AT_ONCE, end - first))
    over = [
        (one.n, terms_of(one, keys))
        for one in entries
        if one.sealed is not None and RETENTION[RecordKind(one.kind)] is class_
    ]
    count = erase(connection, over)
    keep_from(connection, class_.value, first, entries[-1].n + 1)
    if count:
        body = {
            "v": 1,
            "kind": RecordKind.ERASURE.value,
            "class": class_.value,
            "first": over[0][0],
            "last": over[-1][0],
            "erased": count,
        }
        draft = RecordDraft(
            kind=RecordKind.ERASURE.value,
            unit="gateway",
            decision="ERASED",
            at=now,
            body=msgspec.json.encode(body),
        )
        append(connection, None, [draft])
    return (count,)
