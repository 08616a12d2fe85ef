"""No exchange without time stamps: court and control operations end when stamping failed for too long."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.record_watch import RecordWatch
from gateway.recorder import RecordUnavailable
from storage.database import Database
from storage.record_attestations import unstamped_since


class RecordNotStamped(RecordUnavailable):
    """The record's time stamps have failed for longer than this installation allows."""

    code = "RECORD_NOT_STAMPED"
    words = (
        "Time stamps of the record have failed for too long, so nothing is shown or done until "
        "they work again; try again. 留痕时间戳服务中断超时，请稍后重试"
    )


class StampWatch(RecordWatch):
    def __init__(self, database: Database, now: Callable[[], datetime], longest: timedelta) -> None:
        """Args: longest: how long an entry may be without a time stamp."""
        super().__init__(database, now, longest, since=unstamped_since, reason=RecordNotStamped)
