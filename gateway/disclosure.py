"""A request as the record keeps it: who asked what of whom, under which law, and what came of it."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from auth.record_keys import RecordKeys
from domain.identity import IdNumber
from domain.purpose import Purpose, basis_for
from domain.record import SALT_BYTES, Commitments, RecordKind
from gateway.plan import Plan
from resolvers.asked import Told
from resolvers.binding import BoundCase
from resolvers.context import Context
from storage.record import Placed, RecordDraft

_ENCODE: Final = msgspec.json.Encoder().encode
_NOBODY: Final = ("Query.viewer", "Viewer.")
ANSWERED: Final = "ANSWERED"
REFUSED: Final = "REFUSED"


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
    committed = _Committed(Commitments(salt))
    caller = context.caller
    told = list(context.asking.told())
    cases, refused = _cases(context, told)
    purposes = _purposes(context, told)
    groups = sorted(
        {plan.groups[id(one.question)] for one in told if id(one.question) in plan.groups}
    )
    documents = said_once(ground.document for ground in context.grounds)
    reasons = said_once(
        said for ground in context.grounds for said in (ground.reason, ground.family)
    )
    asked = [
        {
            "department": one.question.department,
            "question": one.question.name,
            "fields": sorted(one.fields),
            "subjects": committed.all_of(one.answered),
            "silent": committed.all_of(one.silent),
        }
        for one in told
    ]
    opened = _bound(context)
    of_the_court = [*(party for case in opened for party in _obligors(case)), *context.seen]
    was_shown = decision == ANSWERED  # of one that failed, nothing left either
    shown = committed.all_of(of_the_court if was_shown else ())
    subjects = list(committed.known)
    sought = [*context.tried, *(() if was_shown else of_the_court)]
    tried = [one for one in dict.fromkeys(sought) if one not in committed.known]
    whole = requested.whole()
    request = committed.by.of(whole)
    said: dict[str, Any] = {
        "v": 1,
        "kind": kind.value,
        "decision": decision,
        "codes": sorted(set(codes)),
        "request": context.request_id,
        "unit": caller.organisation,
        "client": caller.client_id,
        "role": caller.role,
        "who": committed.by.of(caller.subject),
        "officer": None if caller.officer is None else committed.by.of(caller.officer),
        "cases": committed.by.all_of(cases),
        "purpose": purposes[0].value if purposes else None,
        "basis": _basis(groups, purposes),
        "operation": requested.operation,
        "requestHash": request,
        "coordinates": msgspec.Raw(plan.recorded),
        "groups": groups,
        "asked": asked,
        "shown": shown,
        "departments": {
            one.id: one.status for one in sorted(context.asking.statuses.values(), key=_id)
        },
        "cost": cost,
        "ms": milliseconds,
    }
    # What few entries have stands in those alone.
    said |= only_if_any(
        purposes=[one.value for one in purposes] if len(purposes) > 1 else (),
        refusedCases=committed.by.all_of(refused),
        tried=committed.all_of(tried),
        denied=sorted({one.coordinate for one in plan.denied}),
        documents=committed.by.all_of(documents),
        reasons=committed.by.all_of(reasons),
        outside=was_shown and bool(context.outside),
        delegations=list(context.delegations),
    )
    body = _ENCODE(said)
    personal = {
        "salt": salt.hex(),
        "who": caller.subject,
        "officer": caller.officer,
        "cases": cases,
        "subjects": subjects,
    }
    personal |= only_if_any(
        refusedCases=refused,
        tried=tried,
        documents=documents,
        reasons=reasons,
        outside=list(context.outside) if was_shown else (),
    )
    draft = RecordDraft(
        kind=kind.value,
        unit=caller.organisation,
        decision=decision,
        at=at,
        body=body,
        sealed=keys.seal(_ENCODE(personal), body),
    )
    disclosed = sum(len(one["fields"]) * len(one["subjects"]) for one in asked)
    return Recorded(draft, request, committed.by.opening(whole), disclosed)


class _Committed:
    """Commitments to people, each made once."""

    def __init__(self, by: Commitments) -> None:
        self.by = by
        self.known: dict[IdNumber, str] = {}

    def all_of(self, numbers: Iterable[IdNumber]) -> list[str]:
        made = []
        for number in numbers:
            known = self.known.get(number)
            if known is None:
                known = self.known[number] = self.by.of(number)
            made.append(known)
        return made


def _bound(context: Context) -> list[BoundCase]:
    return [
        case for opened in context.opened.values() for case in opened if isinstance(case, BoundCase)
    ]


def _obligors(case: BoundCase) -> Iterable[IdNumber]:
    return (party.id_number for party in case.record.obligors)


def _cases(context: Context, told: Iterable[Told]) -> tuple[list[str], list[str]]:
    """Return the cases that were opened, and those that were asked for and were not."""
    grounds = [ground for ground in context.grounds if ground.case is not None]
    opened = [str(ground.case) for ground in grounds if not ground.refused]
    opened += [one.authority.case_number for one in told]
    cases = list(dict.fromkeys(opened))
    refused = dict.fromkeys(str(ground.case) for ground in grounds if ground.refused)
    return cases, [one for one in refused if one not in cases]


def _purposes(context: Context, told: Iterable[Told]) -> list[Purpose]:
    named = [ground.purpose for ground in context.grounds if ground.purpose is not None]
    named += [Purpose(one.authority.purpose) for one in told]
    return list(dict.fromkeys(named))


def _basis(groups: Iterable[str], purposes: Iterable[Purpose]) -> list[str]:
    """Return the law behind an answer: of its field groups, or of the court's own records."""
    of_groups = [basis_for(group) for group in groups]
    return list(dict.fromkeys(of_groups or [purpose.basis for purpose in purposes]))


def said_once(words: Iterable[str | None]) -> list[str]:
    """Return *words* in their order, each once, and none that was not said."""
    return list(dict.fromkeys(one for one in words if one is not None))


def only_if_any(**members: Any) -> dict[str, Any]:
    """Return those of *members* that say anything."""
    return {name: value for name, value in members.items() if value}


def _id(status: Any) -> str:
    return str(status.id)
