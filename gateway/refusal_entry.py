"""A request that was refused before anybody was asked, as the record keeps it."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.record import SALT_BYTES, Commitments, RecordKind
from gateway.disclosure import REFUSED, Requested, only_if_any, said_once
from resolvers.context import Ground
from storage.record import RecordDraft


def refusal_recorded(  # noqa: PLR0913 -- an entry has these parts
    keys: RecordKeys,
    caller: Caller,
    requested: Requested,
    *,
    codes: Iterable[str],
    denied: Iterable[str],
    grounds: Sequence[Ground],
    request: str,
    milliseconds: int,
    at: datetime,
) -> RecordDraft:
    """Return the entry about a request that was refused before anybody was asked."""
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    cases = said_once(None if ground.case is None else str(ground.case) for ground in grounds)
    purposes = said_once(
        None if ground.purpose is None else ground.purpose.value for ground in grounds
    )
    said: dict[str, Any] = {
        "v": 1,
        "kind": RecordKind.DISCLOSURE.value,
        "decision": REFUSED,
        "codes": sorted(set(codes)),
        "request": request,
        "unit": caller.organisation,
        "client": caller.client_id,
        "role": caller.role,
        "who": commitments.of(caller.subject),
        "purpose": purposes[0] if purposes else None,
        "operation": requested.operation,
        "requestHash": commitments.of(requested.whole()),
        "denied": sorted(set(denied)),
        "ms": milliseconds,
    }
    said |= only_if_any(refusedCases=commitments.all_of(cases))
    body = msgspec.json.encode(said)
    personal = {
        "salt": salt.hex(),
        "who": caller.subject,
        "cases": [],
        "subjects": [],
        **only_if_any(refusedCases=cases),
    }
    return RecordDraft(
        kind=RecordKind.DISCLOSURE.value,
        unit=caller.organisation,
        decision=REFUSED,
        at=at,
        body=body,
        sealed=keys.seal(msgspec.json.encode(personal), body),
    )
