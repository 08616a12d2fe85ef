"""The steps of a break-glass opening, each in one transaction with its entry in the record."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.break_glass import (
    OPEN_FOR,
    REVIEW_WITHIN,
    BreakGlassRefused,
    Verdict,
    may_open,
    may_review,
    require_reason,
)
from domain.case_number import CaseNumber
from domain.purpose import Purpose
from domain.record import SALT_BYTES, Commitments, RecordKind
from resolvers.refusals import CaseNotFound, CaseNotOpen, Refused
from storage.break_glass import (
    OpeningRecord,
    add_opening,
    find_opening,
    openings_since,
    review_opening,
)
from storage.cases import find_case
from storage.record import RecordDraft, append

_A_DAY = timedelta(days=1)


class NoSuchOpening(Refused):
    code = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such opening. 未找到该应急访问")


class NotAnEmergency(Refused):
    code = "BREAK_GLASS_REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """By whom and when a step is taken; *keys* seal what the record keeps of it."""

    caller: Caller
    now: datetime
    keys: RecordKeys

    def open(
        self, connection: Connection, number: CaseNumber, purpose: Purpose, reason: str
    ) -> OpeningRecord:
        """Open the case for reading.

        Raises:
            CaseNotFound, CaseNotOpen, NotAnEmergency: nothing is opened.
        """
        case = find_case(connection, number)
        officer = self.caller.subject
        if case is None or self.caller.organisation != "court":
            raise CaseNotFound
        if case.state != "OPEN":
            raise CaseNotOpen(case.state)
        try:
            text = require_reason(reason)
            may_open(
                purpose=purpose,
                handles=any(one.officer.id == officer for one in case.officers),
                opened_today=openings_since(connection, officer, self.now - _A_DAY),
            )
        except BreakGlassRefused as refused:
            raise NotAnEmergency(str(refused), rule=refused.rule) from refused
        opening = OpeningRecord(
            id=secrets.token_hex(8),
            case_number=number,
            officer=officer,
            credential=self.caller.officer or officer,
            purpose=purpose.value,
            reason=text,
            opened_at=self.now,
            ends_at=self.now + OPEN_FOR,
            review_due=self.now + REVIEW_WITHIN,
        )
        add_opening(connection, opening)
        self._record(connection, opening, "OPENED", text)
        found = find_opening(connection, opening.id)
        return opening if found is None else found

    def review(
        self, connection: Connection, opening_id: str, verdict: Verdict, remark: str
    ) -> OpeningRecord:
        """Keep what somebody else thinks of an opening.

        Raises:
            NoSuchOpening, NotAnEmergency: nothing is kept.
        """
        opening = find_opening(connection, opening_id)
        if opening is None:
            raise NoSuchOpening
        reviewer = self.caller.subject
        try:
            text = require_reason(remark)
            may_review(officer=opening.officer, reviewer=reviewer, reviewed_at=opening.reviewed_at)
        except BreakGlassRefused as refused:
            raise NotAnEmergency(str(refused), rule=refused.rule) from refused
        review_opening(
            connection,
            opening_id,
            reviewer=reviewer,
            verdict=verdict.value,
            remark=text,
            at=self.now,
        )
        self._record(connection, opening, verdict.value, text)
        found = find_opening(connection, opening_id)
        return opening if found is None else found

    def _record(
        self, connection: Connection, opening: OpeningRecord, decision: str, words: str
    ) -> None:
        salt = os.urandom(SALT_BYTES)
        commitments = Commitments(salt)
        who = self.caller.subject
        body = msgspec.json.encode(
            {
                "v": 1,
                "kind": RecordKind.BREAK_GLASS.value,
                "decision": decision,
                "unit": self.caller.organisation,
                "role": self.caller.role,
                "who": commitments.of(who),
                "cases": commitments.all_of([opening.case_number]),
                "opening": opening.id,
                "purpose": opening.purpose,
                "until": opening.ends_at.isoformat(),
                "reviewDue": opening.review_due.isoformat(),
                "words": commitments.of(words),
            }
        )
        personal = {
            "salt": salt.hex(),
            "who": who,
            "cases": [opening.case_number],
            "subjects": [],
            "words": words,
        }
        draft = RecordDraft(
            kind=RecordKind.BREAK_GLASS.value,
            unit=self.caller.organisation,
            decision=decision,
            at=self.now,
            body=body,
            sealed=self.keys.seal(msgspec.json.encode(personal), body),
        )
        append(connection, None, [draft])
