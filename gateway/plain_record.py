"""What leaves beside the graph is recorded as well: papers, snapshots, screenings, log-ins."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.record import SALT_BYTES, Commitments, RecordKind
from gateway.plain_http import HttpRefused
from gateway.recorder import Recorder, RecordUnavailable
from storage.record import Placed, RecordDraft


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
    ) -> Placed:
        """Record that *what* is shown to *caller*, and that it tells of *subjects*.

        Raises:
            HttpRefused: 503, it must not be shown.
        """
        salt = os.urandom(SALT_BYTES)
        commitments = Commitments(salt)
        numbers = list(dict.fromkeys(subjects))
        body = msgspec.json.encode(
            {
                "v": 1,
                "kind": kind.value,
                "decision": "ANSWERED",
                "unit": caller.organisation,
                "client": caller.client_id,
                "role": caller.role,
                "who": commitments.of(caller.subject),
                "what": what,
                "shown": commitments.all_of(numbers),
            }
        )
        personal = {"salt": salt.hex(), "who": caller.subject, "cases": [], "subjects": numbers}
        draft = RecordDraft(
            kind=kind.value,
            unit=caller.organisation,
            decision="ANSWERED",
            at=self.now(),
            body=body,
            sealed=self.keys.seal(msgspec.json.encode(personal), body),
        )
        try:
            return await self.recorder.record(draft)
        except RecordUnavailable as refused:
            raise _unavailable(refused) from refused

    async def signed_in(self, kind: str, outcome: str, who: str) -> bool:
        """Record a log-in or a token; False if that could not be done."""
        draft = signed_in(self.keys, kind, outcome, who, self.now())
        try:
            await self.recorder.record(draft)
        except RecordUnavailable:
            return False
        return True


def signed_in(keys: RecordKeys, kind: str, outcome: str, who: str, at: datetime) -> RecordDraft:
    """Return the entry about a log-in (LOGIN), a session's end (LOGIN) or a token (TOKEN)."""
    salt = os.urandom(SALT_BYTES)
    body = msgspec.json.encode(
        {"v": 1, "kind": kind, "decision": outcome, "who": Commitments(salt).of(who)}
    )
    personal = {"salt": salt.hex(), "who": who, "cases": [], "subjects": []}
    return RecordDraft(
        kind=RecordKind(kind).value,
        unit="-",
        decision=outcome,
        at=at,
        body=body,
        sealed=keys.seal(msgspec.json.encode(personal), body),
    )


def started(version: str, configuration: str, at: datetime) -> RecordDraft:
    """Return the entry about a gateway that starts with *configuration*, a digest of it."""
    body = {
        "v": 1,
        "kind": RecordKind.CONFIGURATION.value,
        "version": version,
        "configuration": configuration,
    }
    return RecordDraft(
        kind=RecordKind.CONFIGURATION.value,
        unit="gateway",
        decision="STARTED",
        at=at,
        body=msgspec.json.encode(body),
    )


def _unavailable(refused: RecordUnavailable) -> HttpRefused:
    return HttpRefused(503, refused.code, str(refused))
