"""What a subject does with a request to correct the list: files it, takes it back, asks again."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.calendar import working_calendar
from domain.civil_time import civil_date
from domain.entry import EntryState
from domain.list_correction import Correction, in_time_for_reconsideration, is_late, may_be_asked
from domain.objection import OBJECTION, OPEN, ObjectionEvent
from resolvers.correction_steps import (
    JUDGE,
    LONGEST,
    CorrectionOpen,
    is_own,
    move,
    once,
    opened,
    own_request,
)
from resolvers.entry_steps import Attempt, EntryNotFound
from resolvers.order_steps import checked
from resolvers.refusals import BadInput
from storage.corrections import CorrectionRecord, add_correction, corrections_of
from storage.entries import lock_entry

_OPEN: Final = frozenset(state.value for state in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A request as it is filed.

    Attributes:
        received_on: when the decision was received; its own day where it is not known.
        filed_on: of a request on paper, the day it came in; today for any other.
    """

    entry_id: str
    asks: Correction
    grounds: str
    received_on: date | None = None
    filed_on: date | None = None


def file(filing: Filing, attempt: Attempt) -> CorrectionRecord:
    """File a request; the subject's own, or one on paper that a judge takes in.

    Raises:
        EntryNotFound: no such entry, or somebody else's.
        GuardRefused: O1.
    """
    words = [
        filing.entry_id,
        filing.asks.value,
        filing.grounds,
        *(
            None if day is None else day.isoformat()
            for day in (filing.received_on, filing.filed_on)
        ),
    ]
    return once(attempt, "fileObjection", words, lambda: _filed(filing, attempt))


def _filed(filing: Filing, attempt: Attempt) -> CorrectionRecord:
    on_paper = attempt.caller.may(JUDGE)
    entry = lock_entry(attempt.connection, filing.entry_id)
    if entry is None or not (on_paper or is_own(entry, attempt)):
        raise EntryNotFound
    may_be_asked(EntryState(entry.state))
    if any(one.state in _OPEN for one in corrections_of(attempt.connection, entry.id)):
        raise CorrectionOpen
    today = civil_date(attempt.now)
    filed_on = filing.filed_on if on_paper and filing.filed_on is not None else today
    received_on = filing.received_on or entry.decided_on or filed_on
    if not received_on <= filed_on <= today:
        raise BadInput("The days must be in order: received, filed, today. 日期顺序有误")
    correction = CorrectionRecord(
        id=f"o_{secrets.token_hex(12)}",
        entry_id=entry.id,
        asks=filing.asks.value,
        state=OBJECTION.next(None, ObjectionEvent.FILE).value,
        filed_by=attempt.caller.subject,
        on_paper=on_paper,
        grounds=checked("grounds", filing.grounds, most=LONGEST, lines=True),
        filed_on=filed_on,
        late=is_late(filed_on, received_on, working_calendar(), attempt.profile),
        created_at=attempt.now,
        changed_at=attempt.now,
    )
    add_correction(attempt.connection, correction, event=ObjectionEvent.FILE.value)
    return correction


def withdraw(correction_id: str, attempt: Attempt) -> CorrectionRecord:
    """Let the subject take the request back."""

    def do() -> CorrectionRecord:
        found = own_request(correction_id, attempt)
        return move(attempt, found.correction, ObjectionEvent.WITHDRAW, None)

    return once(attempt, "withdrawObjection", [correction_id], do)


def ask_again(correction_id: str, grounds: str, attempt: Attempt) -> CorrectionRecord:
    """Ask the next higher court to reconsider, within DL-04."""

    def do() -> CorrectionRecord:
        on_paper = attempt.caller.may(JUDGE)
        found = (opened if on_paper else own_request)(correction_id, attempt)
        today = civil_date(attempt.now)
        in_time_for_reconsideration(
            found.correction.served_on, today, working_calendar(), attempt.profile
        )
        said = checked("grounds", grounds, most=LONGEST, lines=True)
        event = ObjectionEvent.ASK_RECONSIDERATION
        return move(attempt, found.correction, event, said, asked_again_on=today)

    return once(attempt, "askReconsideration", [correction_id, grounds], do)
