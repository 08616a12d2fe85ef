"""Until when a department has to answer an order (DL-33)."""

from datetime import datetime

from domain.calendar import working_calendar
from domain.civil_time import civil_date, end_of_day
from domain.deadline import deadline, due_at, due_by
from domain.order import OrderAction


def answer_due(action: OrderAction, sent_at: datetime, *, by_hand: bool) -> datetime:
    """Return the last instant for an answer to what was sent at *sent_at* (aware).

    Args:
        by_hand: a person reads it in the department's inbox; counted in working days then.
    """
    if not by_hand:
        return due_at(sent_at, deadline("DL-33", "automated").n or 0)
    part = "manual-query" if action is OrderAction.QUERY else "manual-control"
    return end_of_day(due_by(deadline("DL-33", part), civil_date(sent_at), working_calendar()).on)
