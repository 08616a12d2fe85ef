"""What happens beside the record and goes into it: entries, hits, requests, delegations, watches, two of each."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.delegation import DelegatedPart, DelegationState, Term
from domain.identity import IdNumber
from storage.corrections import (
    CorrectionEventRecord,
    CorrectionRecord,
    add_correction,
    move_correction,
)
from storage.delegations import DelegationRecord, add_delegation, end_delegation
from storage.entries import EntryRecord, add_entry, move_entry
from storage.hits import HitRecord, add_hit, move_hit
from storage.refund_watches import WatchRecord, add_watch, change_watch
from tests.domain.people import MAN, WOMAN
from tests.record.world import START
from tests.storage.test_orders import CASE

PEOPLE: Final = (MAN, WOMAN)
EVENTS: Final = 20


def happen(connection: Connection) -> None:
    """Let `EVENTS` of them happen; each second one has a remark and a state before."""
    for number, person in enumerate(PEOPLE):
        listed(connection, number, person)
        was_hit(connection, number)
        asked(connection, number)
        entrusted(connection, number, person)
        watched(connection, number, person)


def listed(connection: Connection, number: int, person: IdNumber) -> None:
    entry = EntryRecord(
        id=f"e_{number}",
        case_number=CASE,
        id_number=person,
        name="示例",
        state="PROPOSED",
        mode="PUBLIC",
        misconduct={},
        performance="NONE",
        drafter="executor-1",
        created_at=START,
        changed_at=START,
    )
    add_entry(connection, entry, event="PROPOSE")
    move_entry(
        connection,
        entry,
        event="REVIEW",
        to_state="REVIEWED",
        actor="executor-2",
        at=START,
        remark="属实",
    )


def was_hit(connection: Connection, number: int) -> None:
    hit = HitRecord(
        id=f"h_{number}",
        unit="tourism",
        business_reference=f"r-{number}",
        trigger="consumption.lodging",
        entry_id=f"e_{number}",
        subject_type="self",
        measures=(),
        catalogue_version="1",
        confidence="EXACT",
        action="HOLD",
        state="HELD",
        decide_by=START + timedelta(days=1),
        created_at=START,
        changed_at=START,
    )
    add_hit(connection, hit, [("HIT", "HELD")], actor="system")
    move_hit(
        connection,
        hit,
        event="RELEASE",
        to_state="RELEASED",
        actor="reviewer-1",
        at=START,
        remark="必要支出",
    )


def asked(connection: Connection, number: int) -> None:
    request = CorrectionRecord(
        id=f"c_{number}",
        entry_id=f"e_{number}",
        asks="WITHDRAW",
        state="FILED",
        filed_by="debtor-1",
        on_paper=False,
        grounds="已履行",
        filed_on=date(2026, 11, 23),
        late=False,
        created_at=START,
        changed_at=START,
    )
    add_correction(connection, request, event="FILE")
    refused = CorrectionEventRecord(
        event="REFUSE",
        from_state="FILED",
        to_state="REFUSED",
        actor="judge-1",
        at=START,
        remark="理由不成立",
    )
    move_correction(connection, request, refused, {})


def entrusted(connection: Connection, number: int, person: IdNumber) -> None:
    given = DelegationRecord(
        id=f"d_{number}",
        giver=person,
        delegate=PEOPLE[1 - number],
        parts=frozenset(DelegatedPart),
        term=Term(starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 23)),
        state=DelegationState.GIVEN,
        given_by="executor-1",
        created_at=START,
        changed_at=START,
        document="（2026）委1号",
        case_number=CASE,
    )
    add_delegation(connection, given, event="REGISTER")
    ended = end_delegation(
        connection,
        given,
        event="REVOKE",
        state=DelegationState.REVOKED,
        actor="executor-1",
        at=START,
    )
    assert ended is not None


def watched(connection: Connection, number: int, person: IdNumber) -> None:
    watch = WatchRecord(
        id=f"w_{number}",
        case_number=CASE,
        state="ORDERED",
        asset_kind="vatRefund",
        record=f"TX-{number}",
        id_number=person,
        officer="executor-1",
        draft={},
        created_at=START,
        changed_at=START,
    )
    add_watch(connection, watch)
    change_watch(
        connection, watch, event="HOLD_BACK", at=START, remark="G5", state="HELD_BACK", guard="G5"
    )
