"""The clock of a department's registers: it runs, or stands where a test has set it."""

from datetime import datetime

from sandbox.dates import SHANGHAI, now


class Clock:
    """Call it for the time, Asia/Shanghai, in whole seconds."""

    def __init__(self) -> None:
        self._set: datetime | None = None

    def __call__(self) -> datetime:
        return now() if self._set is None else self._set

    def stand_at(self, moment: datetime | None) -> None:
        """Stand at *moment*, which is aware, until told otherwise; None lets the clock run."""
        self._set = None if moment is None else moment.astimezone(SHANGHAI).replace(microsecond=0)
