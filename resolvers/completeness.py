"""All who qualify are listed (CAP-110): conduct is recorded, exclusions are, and who is left is shown."""

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Final, cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.completeness import Obligor, missing
from domain.entry import EntryState
from domain.identity import IdNumber, is_organization
from domain.masks import mask_id_number
from domain.misconduct import Exclusion, Misconduct
from resolvers import list_words  # noqa: F401 -- what the enums mean
from resolvers.arguments import AfterArgument, FirstArgument, IdNumberArgument, KeyArgument
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.listing import ListRefused, WhyArgument, attempted
from resolvers.order_steps import assigned_case, checked
from resolvers.paging import checked_size
from resolvers.refusals import BadInput, NotAnObligor, Refused
from storage.cases import cases_of_officer, find_cases
from storage.conduct import (
    ConductRecord,
    conduct_in,
    has_entry_in,
    keep_conduct,
    open_cases_with_conduct,
)
from storage.exclusions import (
    ExclusionRecord,
    end_exclusion,
    excluded,
    keep_exclusion,
)

_READERS: Final = ("list:propose", "list:decide", "command:read")
_ALL: Final = frozenset({"list:decide", "command:read"})
_RAW: Final = frozenset({"list:propose", "list:decide"})
_LONGEST: Final = 2000
_A_CURSOR: Final = re.compile(r"[^\x00-\x1f]{1,64}")

CaseArgument = Annotated[CaseNumber, strawberry.argument(description="A case of yours. 案号")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """Who qualifies and is neither listed nor excluded, as one caller sees him."""

    case_number: CaseNumber
    name: str
    number: IdNumber
    misconduct: tuple[str, ...]
    raw: bool


@strawberry.type(
    description="An obligor who qualifies for the list and has neither an entry nor a recorded "
    "exclusion. 应纳入未纳入"
)
class UnlistedObligor:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, Unlisted)

    case_number: CaseNumber = court_field("The case. 案号", *_READERS, attribute="case_number")
    name: str = court_field("Name. 姓名/名称", *_READERS, attribute="name")

    @guarded(*_READERS)
    def id_number(root: strawberry.Parent[Unlisted]) -> str:
        """Number; masked for the command centre. 证件号码"""
        shown = root.raw or is_organization(root.number)
        return root.number if shown else mask_id_number(root.number)

    @guarded(*_READERS)
    def conditions(root: strawberry.Parent[Unlisted]) -> list[Misconduct]:
        """What was recorded of him. 失信情形"""
        return [Misconduct(kind) for kind in root.misconduct]


@strawberry.type(description="A page of the completeness report. 应纳入未纳入报告分页")
class CompletenessPage:
    nodes: list[UnlistedObligor] = strawberry.field(description="Who is missing. 应纳入未纳入人员")
    cases_read: int = strawberry.field(
        description="How many open cases with recorded conduct this page went through. 已核查案件数"
    )
    end_cursor: str | None = strawberry.field(description="Pass it as `after`. 游标")
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")


@strawberry.type(description="What was recorded of an obligor before any entry. 记录结果")
class ObligorNoted:
    case_number: CaseNumber = strawberry.field(description="The case. 案号")
    kind: str = strawberry.field(description="The condition or exclusion; `ENDED`. 情形")


NotedOutcome = Annotated[
    ObligorNoted | ListRefused,
    strawberry.union("ObligorNotedOutcome", description="What was recorded, or why not. 操作结果"),
]


@strawberry.type
class CompletenessQueries:
    @guarded(*_READERS)
    async def list_completeness(
        self, info: Info, first: FirstArgument, after: AfterArgument = None
    ) -> CompletenessPage:
        """Open cases, `first` at a time, whose obligors qualify and are neither listed nor excluded:
        of yours, or of all for president and command centre. 应纳入未纳入报告"""
        caller = info.context.caller
        checked_size(first)
        if after is not None and not _A_CURSOR.fullmatch(after):
            raise BadInput("after is not a cursor of this connection.")
        today = civil_date(info.context.now())

        def read(connection: Connection) -> tuple[list[Unlisted], list[CaseNumber]]:
            sees_all = bool(_ALL & caller.scopes)
            own = None if sees_all else cases_of_officer(connection, caller.subject)
            numbers = open_cases_with_conduct(
                connection, after=after or "", most=first + 1, own=own
            )
            raw = bool(_RAW & caller.scopes)
            return _unlisted(connection, numbers[:first], today, raw=raw), numbers

        found, numbers = await info.context.database.read(read)
        info.context.saw(*(one.number for one in found))
        page = numbers[:first]
        return CompletenessPage(
            nodes=cast("list[UnlistedObligor]", found),
            cases_read=len(page),
            end_cursor=page[-1] if page else None,
            has_next_page=len(numbers) > first,
        )


@strawberry.type
class CompletenessMutations:
    @guarded("list:propose")
    async def record_conduct(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        case_number: CaseArgument,
        id_number: IdNumberArgument,
        misconduct: Annotated[Misconduct, strawberry.argument(description="Which. 情形")],
        evidence: Annotated[str, strawberry.argument(description="What shows it. 证据")],
        idempotency_key: KeyArgument,
    ) -> NotedOutcome:
        """Record that an obligor of your case meets a condition of listing; until he is proposed or
        excluded he stands in `listCompleteness`. 记录失信情形"""
        step = partial(_conduct, case_number, id_number, misconduct, evidence)
        return await attempted(info, idempotency_key, step)

    @guarded("list:propose")
    async def record_exclusion(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        case_number: CaseArgument,
        id_number: IdNumberArgument,
        exclusion: Annotated[Exclusion, strawberry.argument(description="Which. 情形")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> NotedOutcome:
        """Record why an obligor of your case is not listed (CAP-110). 记录不予纳入情形"""
        step = partial(_exclusion, case_number, id_number, exclusion, reason)
        return await attempted(info, idempotency_key, step)

    @guarded("list:propose")
    async def end_exclusion(
        self,
        info: Info,
        case_number: CaseArgument,
        id_number: IdNumberArgument,
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> NotedOutcome:
        """Record that what stood against listing an obligor of your case is over: the security was lost, he
        came of age. He may be proposed again (L2, L3). 不予纳入情形消除"""
        step = partial(_excluded_no_more, case_number, id_number, reason)
        return await attempted(info, idempotency_key, step)


class NothingExcludes(Refused):
    code = "EXCLUSION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("Nothing stands against listing this obligor. 未记录不予纳入情形")


def _unlisted(
    connection: Connection, numbers: list[CaseNumber], today: date, *, raw: bool
) -> list[Unlisted]:
    conduct = conduct_in(connection, numbers)
    listed = has_entry_in(connection, numbers, EntryState.NOT_LISTED.value)
    left_out = excluded(connection, numbers)
    known = find_cases(connection, numbers)
    names = {
        (case.number, party.id_number): party.name
        for case in known.values()
        for party in case.obligors
    }
    obligors = [
        Obligor(
            case_number=case.number,
            id_number=party.id_number,
            unpaid=case.claim_on(today).total > 0,
            conduct=(case.number, party.id_number) in conduct,
            has_entry=(case.number, party.id_number) in listed,
            excluded=(case.number, party.id_number) in left_out,
        )
        for case in known.values()
        for party in case.obligors
    ]
    return [
        Unlisted(
            case_number=one.case_number,
            name=names[one.case_number, one.id_number],
            number=one.id_number,
            misconduct=tuple(conduct[one.case_number, one.id_number]),
            raw=raw,
        )
        for one in missing(obligors, today)
    ]


def _conduct(
    case_number: CaseNumber,
    id_number: IdNumber,
    misconduct: Misconduct,
    evidence: str,
    attempt: Attempt,
) -> ObligorNoted:
    words = [case_number, id_number, misconduct.value, evidence]
    noted = ObligorNoted(case_number=case_number, kind=misconduct.value)
    if led_to(attempt, "recordConduct", words) is not None:
        return noted
    _obligor(case_number, id_number, attempt)
    keep_conduct(
        attempt.connection,
        ConductRecord(
            case_number=case_number,
            id_number=id_number,
            misconduct=misconduct.value,
            evidence=checked("evidence", evidence, most=_LONGEST, lines=True),
            actor=attempt.caller.subject,
            at=attempt.now,
        ),
    )
    keep_key(attempt, "recordConduct", words, case_number)
    return noted


def _exclusion(
    case_number: CaseNumber,
    id_number: IdNumber,
    exclusion: Exclusion,
    reason: str,
    attempt: Attempt,
) -> ObligorNoted:
    words = [case_number, id_number, exclusion.value, reason]
    noted = ObligorNoted(case_number=case_number, kind=exclusion.value)
    if led_to(attempt, "recordExclusion", words) is not None:
        return noted
    _obligor(case_number, id_number, attempt)
    keep_exclusion(
        attempt.connection,
        ExclusionRecord(
            case_number=case_number,
            id_number=id_number,
            reason=exclusion.value,
            remark=checked("reason", reason, most=_LONGEST, lines=True),
            actor=attempt.caller.subject,
            at=attempt.now,
        ),
    )
    keep_key(attempt, "recordExclusion", words, case_number)
    return noted


def _excluded_no_more(
    case_number: CaseNumber, id_number: IdNumber, reason: str, attempt: Attempt
) -> ObligorNoted:
    words = [case_number, id_number, reason]
    noted = ObligorNoted(case_number=case_number, kind="ENDED")
    if led_to(attempt, "endExclusion", words) is not None:
        return noted
    _obligor(case_number, id_number, attempt)
    said = checked("reason", reason, most=_LONGEST, lines=True)
    by, at = attempt.caller.subject, attempt.now
    if not end_exclusion(attempt.connection, case_number, id_number, reason=said, by=by, at=at):
        raise NothingExcludes
    keep_key(attempt, "endExclusion", words, case_number)
    return noted


def _obligor(case_number: CaseNumber, id_number: IdNumber, attempt: Attempt) -> None:
    case = assigned_case(attempt.connection, case_number, attempt.step)
    if id_number not in {party.id_number for party in case.obligors}:
        raise NotAnObligor
