"""
``POST /screen``: the same question as the graph's `screen`, for up to 10,000 subjects at once.

A request of 500 people is answered in some ten milliseconds: decoded, looked up, encoded, with no
graph in between.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.guard import Guard
from domain.measure import SubjectType
from domain.record import RecordKind
from gateway.cost import Budgets, OverBudget
from gateway.outward import tidy
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from gateway.plain_record import PlainRecord, Rests, receipt
from resolvers.refusals import Refused
from resolvers.screening import MOST_SUBJECTS, Screener
from resolvers.screening_verdict import Screened, Subject

_MOST_BYTES: Final = 4 * 1024 * 1024


class _Subject(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    name: str
    id_number: str | None = None
    subject_type: SubjectType | None = None
    awarded_on: date | None = None


class _Question(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    subjects: list[_Subject]
    trigger: str
    business_reference: str


class _Further(msgspec.Struct, rename="camel"):
    action: str
    measures: tuple[str, ...]
    entry_id: str
    hit_id: str


class _Result(msgspec.Struct, rename="camel", omit_defaults=True):
    verdict: str
    code: str | None = None
    action: str | None = None
    measures: tuple[str, ...] = ()
    entry_id: str | None = None
    hit_id: str | None = None
    basis: str | None = None
    others: tuple[_Further, ...] = ()


class _Answer(msgspec.Struct, rename="camel"):
    results: list[_Result]
    receipt: str
    list_sequence: int
    catalogue_version: str


_READ: Final = msgspec.json.Decoder(_Question)
_WRITE: Final = msgspec.json.Encoder()
_NO_HIT: Final = _Result(verdict="NO_HIT")


def screening_routes(
    screener: Screener,
    guard: Guard,
    now: Callable[[], datetime],
    *,
    per_minute: int,
    record: PlainRecord | None = None,
) -> list[Route]:
    """Return the route.

    Args:
        per_minute: subjects that one client may ask about.
        record: where it is recorded who was hit; None in tests and benches alone.
    """
    budgets = Budgets(per_minute)

    async def screen(request: Request) -> Response:
        caller = await caller_with(guard, request, "list:screen")
        question = await _question(request)
        try:
            budgets.spend((caller.client_id, caller.organisation), len(question.subjects))
        except OverBudget as over:
            raise HttpRefused(
                429,
                "TOO_MANY_SUBJECTS",
                f"Your budget for this minute is spent; come back in {over.retry_after:.0f} s. "
                "比对过于频繁",
            ) from over
        if record is not None:
            record.require()
        subjects = [
            Subject(one.id_number, one.name, one.subject_type, one.awarded_on)
            for one in question.subjects
        ]
        try:
            answer = await screener.screen(
                caller, subjects, question.trigger, question.business_reference, now()
            )
        except Refused as refused:
            status = 503 if refused.code == "LIST_NOT_CURRENT" else 409
            bad = refused.code == "BAD_USER_INPUT"
            raise HttpRefused(
                400 if bad else status, refused.code, str(refused), refused.details
            ) from refused
        placed = None
        if record is not None:
            hit = [one.about for one in answer.results if one.about is not None]
            what = {
                "trigger": question.trigger,
                "subjects": len(subjects),
                "receipt": answer.receipt,
                "listSequence": answer.sequence,
            }
            rests = Rests(documents=[question.business_reference])
            placed = await record.shown(caller, RecordKind.SCREENING, what, hit, rests)
        body = _WRITE.encode(
            _Answer(
                results=[_shown(one) for one in answer.results],
                receipt=answer.receipt,
                list_sequence=answer.sequence,
                catalogue_version=answer.catalogue.version,
            )
        )
        headers = {**NO_STORE, **receipt(placed)}
        return Response(body, media_type="application/json", headers=headers)

    return [Route("/screen", refusing(screen, record), methods=["POST"])]


async def _question(request: Request) -> _Question:
    """Return what is asked.

    Raises:
        HttpRefused: 413 too large, 400 of another shape or length.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HttpRefused(413, "TOO_LARGE", "A question has 4 MiB at most. 请求过大")
    try:
        question = _READ.decode(bytes(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = tidy(str(error)) if isinstance(error, msgspec.ValidationError) else "it is no JSON"
        raise HttpRefused(
            400, "BAD_USER_INPUT", f"Of another shape: {said}. 请求格式有误"
        ) from error
    if not 1 <= len(question.subjects) <= MOST_SUBJECTS:
        raise HttpRefused(
            400, "BAD_USER_INPUT", f"subjects must be 1 to {MOST_SUBJECTS:,}. 比对人数超出限制"
        )
    return question


def _shown(one: Screened) -> _Result:
    if one.hit_id is None and one.code is None:
        return _NO_HIT
    return _Result(
        verdict=one.verdict.value,
        code=one.code,
        action=None if one.action is None else one.action.value,
        measures=tuple(measure.id for measure in one.measures),
        entry_id=one.entry_id,
        hit_id=one.hit_id,
        basis=one.basis,
        others=tuple(
            _Further(
                action=further.action.value,
                measures=tuple(measure.id for measure in further.measures),
                entry_id=further.entry_id,
                hit_id=further.hit_id,
            )
            for further in one.others
        ),
    )
