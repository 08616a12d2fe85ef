"""`Query.case`, `Query.cases` and what the court's own register says of a case."""

from collections.abc import Mapping, Sequence
from enum import Enum

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.cover import Cover
from domain.money import Fen
from domain.purpose import Purpose
from resolvers.affiliates import (
    AffiliateReasonRequired,
    covers_family,
    owes_reason,
    told_of,
)
from resolvers.arguments import (
    AfterArgument,
    CaseNumberArgument,
    CaseNumbersArgument,
    DocumentArgument,
    FamilyReasonArgument,
    FirstArgument,
    IdNumberArgument,
    PurposeArgument,
    ReasonArgument,
)
from resolvers.binding import BoundCase, UnderApproval, bind
from resolvers.claim import CaseClaim, ShownClaim
from resolvers.context import Context, Ground, Info
from resolvers.control_plan import Planned, planned
from resolvers.control_plan_form import (
    AmountArgument,
    FloorsArgument,
    ShownPlan,
    WishesArgument,
)
from resolvers.cover import MOST_DAYS, CaseCover, DaysArgument, cover_of, expiring
from resolvers.debtor import DEBTOR
from resolvers.declare import guarded
from resolvers.delegations import Delegation
from resolvers.discrepancies import Discrepancy, open_of_case
from resolvers.duty_of_reason import NOTHING_STATED, Stated, owed
from resolvers.money import Money
from resolvers.order_steps import CONTROL_SCOPE
from resolvers.orders import Order, OrderConnection, ShownOrder, orders_page
from resolvers.refund_watches import RefundWatch, ShownWatch
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import Date
from resolvers.subject import Subject
from resolvers.tasks import CaseTask, tasks_of
from storage.break_glass import OpeningRecord, standing_openings
from storage.cases import CaseRecord, find_case
from storage.cases import Party as PartyRecord
from storage.delegations import DelegationRecord, delegations_in
from storage.order_lists import departments_under_approval
from storage.refund_watches import watches_of_case

MOST_CASES = 50


@strawberry.enum(description="Whether a case is being worked on. 案件状态")
class CaseState(Enum):
    OPEN = strawberry.enum_value("OPEN", description="Being enforced. 执行中")
    SUSPENDED = strawberry.enum_value("SUSPENDED", description="Suspended. 中止执行")
    CLOSED = strawberry.enum_value("CLOSED", description="Closed. 已结案")


@strawberry.type(description="An applicant of a case. 申请执行人")
class Party:
    name: str = strawberry.field(description="Name. 姓名/名称")
    kind: str = strawberry.field(description="Person or organisation. 主体类别")


@strawberry.type(description="An officer to whom the case is assigned. 承办人")
class CaseOfficer:
    name: str = strawberry.field(description="Name. 姓名")
    credential: str = strawberry.field(description="Number of the officer's credential. 公务证号")
    capacity: str = strawberry.field(description="`HANDLER` or `APPROVER`. 职责")


@strawberry.type(description="An enforcement case, opened for a purpose. 执行案件")
class Case:
    @guarded("cases:read")
    def number(root: strawberry.Parent[BoundCase]) -> CaseNumber:
        """The enforcement case number. 执行案号"""
        return root.record.number

    @guarded("cases:read")
    def court_name(root: strawberry.Parent[BoundCase]) -> str:
        """The enforcing court. 执行法院"""
        return root.record.court_name

    @guarded("cases:read")
    def court_code(root: strawberry.Parent[BoundCase]) -> str:
        """The court's code in case numbers. 法院代字"""
        return root.record.court_code

    @guarded("cases:read")
    def filed_on(root: strawberry.Parent[BoundCase]) -> Date:
        """Day of filing. 立案日期"""
        return Date(root.record.filed_on)

    @guarded("cases:read")
    def basis_document_number(root: strawberry.Parent[BoundCase]) -> str:
        """Number of the document that is enforced. 执行依据文号"""
        return root.record.basis_document_number

    @guarded("cases:read")
    def basis_unit(root: strawberry.Parent[BoundCase]) -> str:
        """Who made that document. 作出执行依据单位"""
        return root.record.basis_unit

    @guarded("cases:read")
    def obligation(root: strawberry.Parent[BoundCase]) -> str:
        """What the debtor has to do. 生效法律文书确定的义务"""
        return root.record.obligation

    @guarded("cases:read")
    def state(root: strawberry.Parent[BoundCase]) -> CaseState:
        """Whether the case is being worked on. 案件状态"""
        return CaseState(root.record.state)

    @guarded("cases:read", graphql_type=Money)
    def claim(root: strawberry.Parent[BoundCase]) -> Fen:
        """The sum that the case was filed for. 执行标的额"""
        return root.record.claim.total

    @guarded("cases:read", graphql_type=Money)
    def recovered(root: strawberry.Parent[BoundCase]) -> Fen:
        """What has been recovered: as the register says, and by our deductions since. 已执行到位金额"""
        return root.record.claim.all_recovered

    @guarded("cases:read", graphql_type=Money)
    def remaining(root: strawberry.Parent[BoundCase], info: Info) -> Fen:
        """What is still owed today; see `claimNow`. 未履行金额"""
        return root.record.claim_on(civil_date(info.context.now())).total

    @guarded("cases:read", graphql_type=CaseClaim)
    def claim_now(root: strawberry.Parent[BoundCase], info: Info) -> ShownClaim:
        """What the claim comes to today, part by part: what orders may reach (G6). 当前债权"""
        return ShownClaim(root.record.claim_on(civil_date(info.context.now())))

    @guarded("cases:read")
    def purpose(root: strawberry.Parent[BoundCase]) -> Purpose:
        """What the case was opened for in this request. 查询目的"""
        return Purpose(root.authority.purpose)

    @guarded("cases:read", graphql_type=list[Party])
    def applicants(root: strawberry.Parent[BoundCase]) -> Sequence[PartyRecord]:
        """Who applied for enforcement. 申请执行人"""
        return root.record.applicants

    @guarded("cases:read")
    def handlers(root: strawberry.Parent[BoundCase]) -> list[CaseOfficer]:
        """Officers to whom the case is assigned. 承办人"""
        return [
            CaseOfficer(
                name=entry.officer.name,
                credential=entry.officer.credential,
                capacity=entry.capacity,
            )
            for entry in root.record.officers
        ]

    @guarded("cases:read", graphql_type=list[DEBTOR])
    def debtors(root: strawberry.Parent[BoundCase]) -> Sequence[Subject]:
        """The obligors of the case, as the file lists them. 被执行人"""
        return root.debtors

    @guarded("cases:read", graphql_type=DEBTOR | None)
    def debtor(root: strawberry.Parent[BoundCase], id_number: IdNumberArgument) -> Subject:
        """The obligor with this number; `NOT_AN_OBLIGOR` for anyone else. 被执行人"""
        return root.debtor(id_number)

    @guarded("orders:read", graphql_type=CaseCover)
    async def cover(root: strawberry.Parent[BoundCase], info: Info) -> Cover:
        """How far the case's orders cover its claim. 覆盖情况"""
        today = civil_date(info.context.now())
        return await info.context.database.read(lambda c: cover_of(c, root.record, today))

    @guarded(
        *((scope, "orders:read") for scope in dict.fromkeys(CONTROL_SCOPE.values())),
        graphql_type=ShownPlan | None,
        gathers=True,
    )
    async def control_plan(
        root: strawberry.Parent[BoundCase],
        info: Info,
        amount: AmountArgument = None,
        floors: FloorsArgument = (),  # type: ignore[assignment]  # never changed
        wishes: WishesArgument = (),  # type: ignore[assignment]
    ) -> Planned:
        """Which assets to control for the claim as it is today, by rule and explained line by line; it
        orders nothing, see `draftControlPlan`. 控制方案"""
        made = await planned(root, info.context, amount, floors, wishes)
        made.remark(info.path.as_list(), info.context)
        return made

    @guarded("orders:read", graphql_type=list[Order])
    async def expiring(
        root: strawberry.Parent[BoundCase], info: Info, days: DaysArgument
    ) -> list[ShownOrder]:
        """Orders whose holds end within so many days, the earliest first: renew or lift. 即将届满"""
        if not 0 <= days <= MOST_DAYS:
            raise BadInput(f"days must be 0 to {MOST_DAYS}.")
        now = info.context.now()
        found = await info.context.database.read(
            lambda c: expiring(c, root.record.number, days=days, now=now)
        )
        return [ShownOrder(order) for order in found]

    @guarded("tax-refunds:read", "tax-refunds:control", graphql_type=list[RefundWatch])
    async def refund_watches(root: strawberry.Parent[BoundCase], info: Info) -> list[ShownWatch]:
        """Refunds that are watched for this case, the oldest first. 退税监测"""
        number = root.record.number
        found = await info.context.database.read(lambda c: watches_of_case(c, number))
        info.context.saw(*(one.id_number for one in found))
        return [ShownWatch(one) for one in found]

    @guarded("orders:read")
    async def tasks(root: strawberry.Parent[BoundCase], info: Info) -> list[CaseTask]:
        """What has to be done about the case's orders, the most urgent first. 待办事项"""
        now = info.context.now()
        return await info.context.database.read(lambda c: tasks_of(c, root.record, now))

    @guarded("orders:read")
    async def discrepancies(root: strawberry.Parent[BoundCase], info: Info) -> list[Discrepancy]:
        """Where the departments' statements differ from what the court knows of its holds. 控制登记差异"""
        return await open_of_case(info.context, root.record.number)

    @guarded("cases:manage", graphql_type=list[Delegation])
    async def delegations(root: strawberry.Parent[BoundCase], info: Info) -> list[DelegationRecord]:
        """Powers of attorney that were registered in the case, newest first. 授权委托书"""
        number = root.record.number
        return await info.context.database.read(lambda c: delegations_in(c, number))

    @guarded("orders:read")
    async def orders(
        root: strawberry.Parent[BoundCase],
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
    ) -> OrderConnection:
        """Control orders of the case, oldest first, at most 100 a page. 查控指令"""
        return await orders_page(
            info.context.database, root.record.number, first=first, after=after
        )


@strawberry.type
class CaseQueries:
    @guarded("cases:read", graphql_type=Case | None)
    def case(  # noqa: PLR0913, PLR0917 -- the arguments of a field
        self,
        info: Info,
        number: CaseNumberArgument,  # noqa: ARG002 -- opened ahead
        purpose: PurposeArgument,  # noqa: ARG002
        document: DocumentArgument = None,  # noqa: ARG002
        reason: ReasonArgument = None,  # noqa: ARG002
        family_reason: FamilyReasonArgument = None,  # noqa: ARG002
    ) -> BoundCase:
        """One case that the caller handles, opened for a purpose. 查询案件"""
        [opened] = info.context.opened[str(info.path.key)]
        if isinstance(opened, Refused):
            raise opened
        return opened

    @guarded("cases:read", graphql_type=list[Case | None])
    def cases(  # noqa: PLR0913, PLR0917 -- as above
        self,
        info: Info,
        numbers: CaseNumbersArgument,  # noqa: ARG002 -- opened ahead
        purpose: PurposeArgument,  # noqa: ARG002
        document: DocumentArgument = None,  # noqa: ARG002
        reason: ReasonArgument = None,  # noqa: ARG002
        family_reason: FamilyReasonArgument = None,  # noqa: ARG002
    ) -> list[BoundCase | Refused]:
        """Up to 50 cases at once, in the order asked; null and an error for each that does not open. 批量查询案件"""
        opened = info.context.opened[str(info.path.key)]
        for refusal in opened:
            if isinstance(refusal, BadInput):
                raise refusal
        return opened


async def open_cases(
    context: Context,
    numbers: Sequence[CaseNumber],
    purpose: Purpose,
    fields: Mapping[str, frozenset[Purpose]],
    said: Stated = NOTHING_STATED,
) -> "list[BoundCase | Refused]":
    """Open each of *numbers* for *purpose*, or say why it does not open."""
    if len(numbers) > MOST_CASES:
        return [BadInput(f"At most {MOST_CASES} cases at once.")]
    found, openings, submitted = await context.database.read(
        lambda connection: (
            *_found(connection, context, numbers, purpose),
            _submitted(connection, context, numbers),
        )
    )
    opened: list[BoundCase | Refused] = []
    for number in numbers:
        document, told = said.document, False
        try:
            case = bind(
                found.get(number),
                caller=context.caller,
                purpose=purpose,
                fields=fields,
                request_id=context.request_id,
                opening=openings.get(number),
                under_approval=submitted.get(number, {}),
                covers_family=covers_family(context, said),
            )
            subjects = [party.id_number for party in case.record.obligors]
            await owed(context, said, purpose, subjects, outside=case.is_outside)
            if owes_reason(context, said, frozenset(fields)):
                raise AffiliateReasonRequired
            told = await told_of(context, case, said, frozenset(fields))
            opened.append(case)
            document = document or case.record.basis_document_number
        except Refused as refusal:
            opened.append(refusal)
        context.rests_on(
            Ground(
                purpose=purpose,
                case=number,
                refused=isinstance(opened[-1], Refused),
                document=document,
                reason=said.reason,
                family=None if said.family is None else said.family.value,
                told=told,
            )
        )
    return opened


def _found(
    connection: Connection, context: Context, numbers: Sequence[CaseNumber], purpose: Purpose
) -> tuple[Mapping[str, CaseRecord], Mapping[str, OpeningRecord]]:
    """Return those of *numbers* that the caller may open, and emergencies; `bind` judges them again.

    What others handle is not even read: it takes as long as what is not there.
    """
    caller = context.caller
    oversees = purpose is Purpose.SUPERVISION and caller.may("command:read")
    opened = _openings(connection, context)
    found = {
        number: find_case(
            connection,
            number,
            assigned_to=None if oversees or number in opened else caller.subject,
        )
        for number in dict.fromkeys(numbers)
    }
    return {number: case for number, case in found.items() if case is not None}, opened


def _submitted(
    connection: Connection, context: Context, numbers: Sequence[CaseNumber]
) -> Mapping[str, UnderApproval]:
    """Return what is up for approval; to who approves nothing it would open nothing."""
    if not context.caller.may("orders:approve"):
        return {}
    return departments_under_approval(connection, numbers)


def _openings(connection: Connection, context: Context) -> Mapping[str, OpeningRecord]:
    """Return what the caller opened in an emergency; looked up whatever the cases are."""
    if not context.caller.may("cases:break-glass"):
        return {}
    return standing_openings(connection, context.caller.subject, context.now())
