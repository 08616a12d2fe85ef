"""No exchange behind a record that fell behind: events without an entry, entries without a signature."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway.record_watch import RecordWatch
from gateway.recorder import RecordUnavailable
from storage.database import Database
from storage.record_lag import oldest_unproven

_PATIENCE: Final = 3
"""An event may tell of an instant long ago, such as a lapse nobody saw: the keeper has its second first."""


class RecordBehind(RecordUnavailable):
    """What the record should prove has waited for longer than this installation allows."""

    code = "RECORD_BEHIND"
    words = (
        "The record is too far behind, so nothing is shown or done until it has caught up; try "
        "again. 留痕存证滞后超时，请稍后重试"
    )


class LagWatch(RecordWatch):
    def __init__(self, database: Database, now: Callable[[], datetime], longest: timedelta) -> None:
        """Args: longest: how long an event may wait for its entry, or an entry for a signature."""
        super().__init__(
            database, now, longest, since=oldest_unproven, reason=RecordBehind, patience=_PATIENCE
        )
