"""A request as the record keeps it: who asked what of whom, under which law, and what came of it."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.identity import IdNumber
from domain.record import SALT_BYTES, Commitments, RecordKind
from gateway.plan import Plan
from resolvers.binding import BoundCase
from resolvers.context import Context
from storage.record import Placed, RecordDraft

_ENCODE: Final = msgspec.json.Encoder().encode
_NOBODY: Final = ("Query.viewer", "Viewer.")


@dataclass(frozen=True, slots=True)
class Requested:
    """What a client sent, as the record keeps it: a hash of the document, a commitment to it all."""

    document: str
    name: str | None
    variables: Mapping[str, Any]

    @property
    def operation(self) -> str:
        """Return SHA-256 of the document: it holds no values of variables."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def whole(self) -> str:
        """Return the request as one text, which its sender can make again."""
        return msgspec.json.encode(
            [self.document, self.name, self.variables], order="deterministic"
        ).decode()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves to a caller that its request was recorded, and as which.

    Attributes:
        opening: opens the commitment to the request in the leaf, with the request itself.
    """

    placed: Placed
    request: str
    opening: bytes

    def shown(self) -> dict[str, Any]:
        return {
            "entry": self.placed.n,
            "leafHash": self.placed.hash.hex(),
            "requestHash": self.request,
            "opening": self.opening.hex(),
        }


@dataclass(frozen=True, slots=True)
class Recorded:
    """A draft, and what becomes a receipt once it has its place.

    Attributes:
        disclosed: how many fields departments told, each for each person.
    """

    draft: RecordDraft
    request: str
    opening: bytes
    disclosed: int

    def receipt(self, placed: Placed) -> Receipt:
        return Receipt(placed, self.request, self.opening)


def is_recorded(plan: Plan) -> bool:
    """Whether an answer by *plan* can hold anything of anybody's."""
    return any(not one.startswith(_NOBODY) for one in plan.coordinates)


def request_recorded(  # noqa: PLR0913 -- an entry has these parts
    keys: RecordKeys,
    context: Context,
    plan: Plan,
    requested: Requested,
    *,
    kind: RecordKind,
    decision: str,
    codes: Iterable[str],
    milliseconds: int,
    cost: int,
    at: datetime,
) -> Recorded:
    """Return the entry about one request, with all that departments told and the court showed."""
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    caller = context.caller
    cases = _cases(context)
    committed: dict[IdNumber, str] = {}

    def commit(numbers: Iterable[IdNumber]) -> list[str]:
        shown = []
        for number in numbers:
            known = committed.get(number)
            if known is None:
                known = committed[number] = commitments.of(number)
            shown.append(known)
        return shown

    asked = [
        {
            "department": told.question.department,
            "question": told.question.name,
            "fields": sorted(told.fields),
            "subjects": commit(told.answered),
            "silent": commit(told.silent),
        }
        for told in context.asking.told()
    ]
    shown = commit([*(party for case in cases for party in _obligors(case)), *context.seen])
    whole = requested.whole()
    request = commitments.of(whole)
    authority = cases[0].authority if cases else None
    body = _ENCODE(
        {
            "v": 1,
            "kind": kind.value,
            "decision": decision,
            "codes": sorted(set(codes)),
            "request": context.request_id,
            "unit": caller.organisation,
            "client": caller.client_id,
            "role": caller.role,
            "who": commitments.of(caller.subject),
            "officer": None if caller.officer is None else commitments.of(caller.officer),
            "cases": [commitments.of(case.record.number) for case in cases],
            "purpose": None if authority is None else authority.purpose,
            "operation": requested.operation,
            "requestHash": request,
            "coordinates": msgspec.Raw(plan.recorded),
            "asked": asked,
            "shown": shown,
            "departments": {
                one.id: one.status for one in sorted(context.asking.statuses.values(), key=_id)
            },
            "cost": cost,
            "ms": milliseconds,
        }
    )
    personal = _ENCODE(
        {
            "salt": salt.hex(),
            "who": caller.subject,
            "officer": caller.officer,
            "cases": [case.record.number for case in cases],
            "subjects": list(committed),
        }
    )
    draft = RecordDraft(
        kind=kind.value,
        unit=caller.organisation,
        decision=decision,
        at=at,
        body=body,
        sealed=keys.seal(personal, body),
    )
    disclosed = sum(len(one["fields"]) * len(one["subjects"]) for one in asked)
    return Recorded(draft, request, commitments.opening(whole), disclosed)


def refusal_recorded(  # noqa: PLR0913 -- as above
    keys: RecordKeys,
    caller: Caller,
    requested: Requested,
    *,
    codes: Iterable[str],
    denied: Iterable[str],
    at: datetime,
) -> RecordDraft:
    """Return the entry about a request that was refused before anybody was asked."""
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    body = _ENCODE(
        {
            "v": 1,
            "kind": RecordKind.DISCLOSURE.value,
            "decision": "REFUSED",
            "codes": sorted(set(codes)),
            "unit": caller.organisation,
            "client": caller.client_id,
            "role": caller.role,
            "who": commitments.of(caller.subject),
            "operation": requested.operation,
            "requestHash": commitments.of(requested.whole()),
            "denied": sorted(set(denied)),
        }
    )
    personal = _ENCODE({"salt": salt.hex(), "who": caller.subject, "cases": [], "subjects": []})
    return RecordDraft(
        kind=RecordKind.DISCLOSURE.value,
        unit=caller.organisation,
        decision="REFUSED",
        at=at,
        body=body,
        sealed=keys.seal(personal, body),
    )


def _cases(context: Context) -> list[BoundCase]:
    return [
        case for opened in context.opened.values() for case in opened if isinstance(case, BoundCase)
    ]


def _obligors(case: BoundCase) -> Iterable[IdNumber]:
    return (party.id_number for party in case.record.obligors)


def _id(status: Any) -> str:
    return str(status.id)
