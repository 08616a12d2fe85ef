"""What leaves beside the graph is recorded as well: papers, snapshots, screenings, log-ins."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.purpose import Purpose
from domain.record import SALT_BYTES, Commitments, RecordKind
from gateway.plain_http import HttpRefused
from gateway.recorder import Recorder, RecordUnavailable
from gateway.request_ids import current_request, request_milliseconds
from storage.orders import OrderRecord
from storage.record import Placed, RecordDraft

_PURPOSES: Final = {
    RecordKind.SCREENING: Purpose.SCREENING,
    RecordKind.AUDIT: Purpose.AUDIT,
    RecordKind.EXPORT: Purpose.AUDIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """What an answer beside the graph rests on.

    Attributes:
        documents: numbers of the papers that are the reason; *reasons* the words.
        outside: whom it looks at outside an active case.
        delegations: by which of them the caller sees what is another's.
        accounts: whose sight was changed, and by whom.
    """

    purpose: Purpose | None = None
    cases: Sequence[str] = ()
    documents: Sequence[str] = ()
    reasons: Sequence[str] = ()
    outside: Sequence[str] = ()
    delegations: Sequence[str] = ()
    accounts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PlainRecord:
    """Records requests that are no GraphQL; what cannot be recorded is answered with 503."""

    recorder: Recorder
    keys: RecordKeys
    now: Callable[[], datetime]

    def require(self) -> None:
        """Refuse before anything is done.

        Raises:
            HttpRefused: 503, the record cannot be written.
        """
        try:
            self.recorder.require()
        except RecordUnavailable as refused:
            raise _unavailable(refused) from refused

    async def shown(
        self,
        caller: Caller,
        kind: RecordKind,
        what: Mapping[str, object],
        subjects: Iterable[str] = (),
        rests_on: Rests | None = None,
    ) -> Placed:
        """Record that *what* is shown to *caller*, and that it tells of *subjects*.

        Raises:
            HttpRefused: 503, it must not be shown.
        """
        return await self._kept(
            caller, kind, "ANSWERED", {"what": what}, list(dict.fromkeys(subjects)), rests_on
        )

    async def refused(self, caller: Caller, route: str, code: str) -> None:
        """Record that *caller* reached for what he may not have.

        Raises:
            HttpRefused: 503, then that is the answer.
        """
        said = {"what": {"route": route}, "codes": [code]}
        await self._kept(caller, RecordKind.DISCLOSURE, "REFUSED", said, [], None)

    async def _kept(  # noqa: PLR0913, PLR0917 -- an entry's parts
        self,
        caller: Caller,
        kind: RecordKind,
        decision: str,
        said: Mapping[str, object],
        subjects: Sequence[str],
        rests_on: Rests | None,
    ) -> Placed:
        draft = entry_beside(
            self.keys,
            caller,
            kind,
            decision,
            {**said, **_request()},
            subjects=subjects,
            rests_on=rests_on,
            at=self.now(),
        )
        try:
            return await self.recorder.record(draft)
        except RecordUnavailable as refused:
            raise _unavailable(refused) from refused

    async def signed_in(self, kind: str, outcome: str, who: str) -> bool:
        """Record a log-in or a token; False if that could not be done."""
        try:
            await self.recorder.record(access_draft(self.keys, kind, outcome, who, self.now()))
        except RecordUnavailable:
            return False
        return True


def entry_beside(  # noqa: PLR0913 -- an entry has these parts
    keys: RecordKeys,
    caller: Caller,
    kind: RecordKind,
    decision: str,
    said: Mapping[str, object],
    *,
    subjects: Sequence[str] = (),
    rests_on: Rests | None = None,
    at: datetime,
) -> RecordDraft:
    """Return the entry about what happened beside the graph; *said* stands in its leaf as it is."""
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    rests = rests_on or Rests()
    purpose = rests.purpose or _PURPOSES.get(kind)
    public: dict[str, object] = {
        "v": 1,
        "kind": kind.value,
        "decision": decision,
        "unit": caller.organisation,
        "client": caller.client_id,
        "role": caller.role,
        "who": commitments.of(caller.subject),
        **said,
        "shown": commitments.all_of(subjects),
    }
    personal: dict[str, object] = {
        "salt": salt.hex(),
        "who": caller.subject,
        "cases": list(rests.cases),
        "subjects": list(subjects),
    }
    if purpose is not None:
        public |= {"purpose": purpose.value, "basis": [purpose.basis]}
    for name, values in (
        ("cases", rests.cases),
        ("documents", rests.documents),
        ("reasons", rests.reasons),
        ("accounts", rests.accounts),
    ):
        if values:
            public[name] = commitments.all_of(values)
            personal[name] = list(values)
    if rests.outside:
        public["outside"] = True
        personal["outside"] = list(rests.outside)
    if rests.delegations:
        public["delegations"] = list(rests.delegations)
    body = msgspec.json.encode(public)
    return RecordDraft(
        kind=kind.value,
        unit=caller.organisation,
        decision=decision,
        at=at,
        body=body,
        sealed=keys.seal(msgspec.json.encode(personal), body),
    )


def rests_on(order: OrderRecord) -> Rests:
    """Return what showing a paper of *order* rests on: its own purpose, case and ruling."""
    document = order.ruling_number or order.notice_number
    return Rests(
        purpose=Purpose(order.purpose),
        cases=[order.case_number],
        documents=[] if document is None else [document],
    )


def access_draft(  # noqa: PLR0913, PLR0917 -- the parts of an entry
    keys: RecordKeys, kind: str, outcome: str, who: str, at: datetime, whose: str | None = None
) -> RecordDraft:
    """Return the entry about *who* signed in, got a token, or ended those of *whose*."""
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    body: dict[str, object] = {
        "v": 1,
        "kind": kind,
        "decision": outcome,
        "who": commitments.of(who),
        **_request(),
    }
    personal = {"salt": salt.hex(), "who": who, "cases": [], "subjects": []}
    if whose is not None:
        body["whose"] = commitments.of(whose)
        personal["whose"] = whose
    public = msgspec.json.encode(body)
    return RecordDraft(
        kind=RecordKind(kind).value,
        unit="-",
        decision=outcome,
        at=at,
        body=public,
        sealed=keys.seal(msgspec.json.encode(personal), public),
    )


def receipt(placed: Placed | None) -> dict[str, str]:
    """Return the headers that say as which entry an answer was recorded; none where nothing is."""
    if placed is None:
        return {}
    return {"chakong-entry": str(placed.n), "chakong-leaf-hash": placed.hash.hex()}


def _request() -> dict[str, object]:
    return {"request": current_request(), "ms": request_milliseconds()}


def _unavailable(refused: RecordUnavailable) -> HttpRefused:
    return HttpRefused(503, refused.code, str(refused))
