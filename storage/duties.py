"""Work that one gateway does for all of them: whoever holds the lease does it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage.instants import database_clock, instant_text
from storage.tables.orders import duties

_MOST_APART: Final = timedelta(minutes=1)


class ClockApart(Exception):
    """This machine's clock is not to be trusted with what ends at a certain time."""


def take_duty(
    connection: Connection, name: str, *, holder: str, now: datetime, lease_time: timedelta
) -> bool:
    """Take or keep duty *name* for *lease_time*; False while somebody else holds it.

    Whoever died with it is relieved when its time is over, by the database's clock where it has one.

    Raises:
        ClockApart: our clock differs from the database's; what we did by it could not be undone.
    """
    clock = database_clock(connection, now)
    if abs(clock - now) > _MOST_APART:
        raise ClockApart("the clocks of this machine and of the database differ by over a minute")
    until = clock + lease_time
    taken = connection.execute(
        update(duties)
        .where(
            duties.c.name == name,
            or_(duties.c.holder == holder, duties.c.until < instant_text(clock)),
        )
        .values(holder=holder, until=instant_text(until))
    )
    if taken.rowcount == 1:
        return True
    known = connection.scalar(select(duties.c.name).where(duties.c.name == name))
    if known is not None:
        return False
    connection.execute(insert(duties).values(name=name, holder=holder, until=instant_text(until)))
    return True


def leave_duty(connection: Connection, name: str, *, holder: str) -> None:
    """Give duty *name* up, so that the next one need not wait for the lease's end."""
    connection.execute(delete(duties).where(duties.c.name == name, duties.c.holder == holder))
