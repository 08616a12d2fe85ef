"""Looking at people behind a debtor: with a reason, or not at all; the supervisor is told."""

from functools import partial
from typing import Final

import strawberry

from domain.affiliates import FamilyReason, reaches_affiliates, reaches_relations
from domain.case_number import CaseNumber
from domain.purpose import Purpose
from resolvers.arguments import AfterArgument, FirstArgument
from resolvers.binding import BoundCase
from resolvers.context import Context, Info
from resolvers.declare import guarded
from resolvers.duty_of_reason import Stated
from resolvers.paging import PageInfo, cursor_of, place_of
from resolvers.refusals import Refused
from resolvers.scalars import DateTime
from resolvers.subject import Subject
from storage.affiliate_looks import affiliate_looks_page, note_affiliate_look

_FROM_COURT: Final = "court"


class AffiliateReasonRequired(Refused):
    code = "AFFILIATE_REASON_REQUIRED"

    def __init__(self) -> None:
        super().__init__(
            "People behind a debtor are no obligors: say in `reason` why you look at them, in 6 to 500 "
            "characters. 查询关联人须说明理由"
        )


def owes_reason(context: Context, said: Stated, coordinates: frozenset[str]) -> bool:
    """Whether a case is opened for fields of people behind its debtors, without a reason."""
    needed = context.affiliates_need_reason and reaches_affiliates(coordinates)
    return needed and said.reason is None


def covers_family(context: Context, said: Stated) -> bool:
    """Whether a case is opened for the families of its debtors too."""
    return said.family is not None or not context.affiliates_need_reason


async def told_of(
    context: Context, case: BoundCase, said: Stated, coordinates: frozenset[str]
) -> bool:
    """Tell the supervisor, before anybody is asked, that *case* leads to people behind its debtors.

    Their family is that already when only its names are asked for.

    Returns:
        Whether anybody was told.
    """
    family = said.family if reaches_relations(coordinates) else None
    behind = reaches_affiliates(coordinates) or family is not None
    if context.affiliates_need_reason and behind:
        await context.database.write(
            partial(
                note_affiliate_look,
                case_number=case.record.number,
                officer=context.caller.subject,
                purpose=case.authority.purpose,
                family_reason=None if family is None else family.value,
                at=context.now(),
                request=context.request_id,
            )
        )
    return context.affiliates_need_reason and behind


def require_reason_behind(context: Context, subject: Subject) -> None:
    """Refuse to ask about somebody behind a debtor whose case was opened without a reason.

    Raises:
        AffiliateReasonRequired: nobody is asked; also for a debtor reached from an order, whatever
            reason is given there: nobody was told.
    """
    if not subject.level or not context.affiliates_need_reason:
        return
    about = (subject.authority.case_number, subject.authority.purpose)
    for one in context.grounds:
        if (
            one.purpose is not None
            and (one.case, one.purpose.value) == about
            and one.told
            and one.reason
        ):
            return
    raise AffiliateReasonRequired


@strawberry.type(
    description="Somebody looked at people behind a debtor; whom, and why, is in the record. 关联人查询通知"
)
class AffiliateLook:
    case_number: CaseNumber = strawberry.field(description="In which case. 执行案号")
    officer: str = strawberry.field(description="Who looked. 查询人")
    purpose: Purpose = strawberry.field(description="What for. 目的")
    family_reason: FamilyReason | None = strawberry.field(
        description="Why at spouse and family, if at them. 查询家属理由"
    )
    at: DateTime = strawberry.field(description="When. 时间")
    request: str = strawberry.field(description="The request, as the record has it. 请求编号")


@strawberry.type(description="A page of notices. 关联人查询通知分页")
class AffiliateLookPage:
    nodes: list[AffiliateLook] = strawberry.field(description="The notices. 通知")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


@strawberry.type
class AffiliateQueries:
    @guarded("command:read")
    async def affiliate_looks(
        self, info: Info, first: FirstArgument, after: AfterArgument = None
    ) -> AffiliateLookPage:
        """Who looked at people behind debtors, oldest first, at most 100 a page. 关联人查询通知"""
        behind = place_of(after, first)
        if info.context.caller.organisation != _FROM_COURT:
            return AffiliateLookPage(
                nodes=[], page_info=PageInfo(has_next_page=False, end_cursor=None)
            )
        found = await info.context.database.read(
            partial(affiliate_looks_page, first=first + 1, after=behind)
        )
        shown = found[:first]
        return AffiliateLookPage(
            nodes=[
                AffiliateLook(
                    case_number=one.case_number,
                    officer=one.officer,
                    purpose=Purpose(one.purpose),
                    family_reason=(
                        None if one.family_reason is None else FamilyReason(one.family_reason)
                    ),
                    at=DateTime(one.at),
                    request=one.request,
                )
                for one in shown
            ],
            page_info=PageInfo(
                has_next_page=len(found) > first,
                end_cursor=cursor_of(shown[-1].at, shown[-1].id) if shown else None,
            ),
        )
