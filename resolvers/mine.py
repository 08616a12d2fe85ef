"""What the person behind the token may see of himself: `Query.mine` (PIPL art. 45)."""

from typing import Annotated, Final

import strawberry
from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.delegation import DelegatedPart
from domain.identity import IdNumber
from domain.masks import mask_id_number
from domain.order import SHOWN_TO_DEBTOR
from domain.purpose import Purpose
from resolvers.arguments import FirstArgument
from resolvers.context import Ground, Info
from resolvers.correction_steps import NotVerified
from resolvers.credit_file import CreditRecord, ShownCredit, file_of
from resolvers.declare import guarded
from resolvers.delegation_steps import DelegationNotFound, NotDelegated, seen_by
from resolvers.delegations import Delegation
from resolvers.disclosures import Told, usages_of
from resolvers.list_corrections import ListObjection
from resolvers.list_entries import checked_place
from resolvers.own_listing import SHOWN, OwnListing
from resolvers.own_orders import MOST, OwnOrder, OwnShownOrder
from resolvers.paging import checked_size
from resolvers.scalars import DateTime
from storage.corrections import CorrectionRecord, corrections_about
from storage.delegations import DelegationRecord, delegations_by, delegations_to
from storage.entries import EntryRecord, entries_of_person
from storage.order_lists import orders_of_person
from storage.orders import OrderRecord
from storage.verified_people import number_behind

_SELF: Final = ("subject:self",)


@strawberry.type(description="A look at your data. 信息使用记录")
class DataUse:
    entry: strawberry.ID = strawberry.field(description="Its entry in the record. 留痕序号")
    at: DateTime = strawberry.field(description="When. 时间")
    action: str = strawberry.field(description="What was done, in plain words. 事项")
    action_en: str = strawberry.field(description="The same in English. 英文事项")
    receiver: str = strawberry.field(description="Which unit. 单位")
    receiver_name: str = strawberry.field(description="Its name. 单位名称")


@strawberry.type(description="Who looked at your data. 信息使用情况")
class DataUses:
    nodes: list[DataUse] = strawberry.field(description="Look-ups, the newest first. 记录")
    hidden_for_days: int = strawberry.field(
        description="For so many days at most a look-up may be left out, while the court looks for "
        "property (PIPL arts. 18, 35); then you are told of it. 暂不告知的最长天数"
    )
    end_cursor: str | None = strawberry.field(
        description="Pass it as `before`; null at the end. 游标"
    )


class Myself:
    """The person behind the token, or the one whose delegate he is: then *delegation* says for what."""

    __slots__ = ("delegation", "number")

    def __init__(self, number: IdNumber, delegation: DelegationRecord | None = None) -> None:
        self.number = number
        self.delegation = delegation

    def must_show(self, part: DelegatedPart) -> None:
        """Raises NotDelegated."""
        if self.delegation is not None and part not in self.delegation.parts:
            raise NotDelegated(part)

    def must_be_himself(self) -> None:
        """Raises DelegationNotFound: what is delegated to others is no delegate's to see."""
        if self.delegation is not None:
            raise DelegationNotFound


@strawberry.type(description="What the court keeps of the person who asks. 本人信息")
class Mine:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, Myself)

    @guarded(*_SELF)
    def id_number(root: strawberry.Parent[Myself]) -> str:
        """The number the account is bound to, masked. 证件号码"""
        return mask_id_number(root.number)

    @guarded(*_SELF)
    async def disclosures(
        root: strawberry.Parent[Myself],
        info: Info,
        first: FirstArgument,
        before: Annotated[
            str | None, strawberry.argument(description="`endCursor` of the page before. 游标")
        ] = None,
    ) -> DataUses:
        """Who looked at your data, when, what for. 谁查询了我的信息"""
        root.must_show(DelegatedPart.DISCLOSURES)
        checked_size(first)
        context, number = info.context, root.number
        place = None if before is None else checked_place(before)

        def read(connection: Connection) -> Told:
            return usages_of(
                connection,
                context.record_reader,
                number,
                context.now(),
                first=first,
                before=place,
                longest=context.hidden_for,
            )

        told = await context.database.read(read)
        return DataUses(
            nodes=[
                DataUse(
                    entry=strawberry.ID(str(one.n)),
                    at=DateTime(one.at),
                    action=one.zh,
                    action_en=one.en,
                    receiver=one.receiver,
                    receiver_name=one.receiver_name,
                )
                for one in told.usages
            ],
            hidden_for_days=context.hidden_for.days,
            end_cursor=None if told.behind is None else str(told.behind),
        )

    @guarded(*_SELF, graphql_type=list[OwnOrder])
    async def orders(root: strawberry.Parent[Myself], info: Info) -> list[OwnShownOrder]:
        """What was ordered about your property, newest first, once it was carried out. 本人财产控制措施"""
        root.must_show(DelegatedPart.ORDERS)
        number = root.number

        def read(connection: Connection) -> list[OrderRecord]:
            states = [state.value for state in SHOWN_TO_DEBTOR]
            return orders_of_person(connection, number, states, most=MOST)

        return [OwnShownOrder(one) for one in await info.context.database.read(read)]

    @guarded(*_SELF, graphql_type=list[ListObjection])
    async def objections(root: strawberry.Parent[Myself], info: Info) -> list[CorrectionRecord]:
        """Your requests to correct the list, newest first. 本人申请与异议"""
        root.must_show(DelegatedPart.OBJECTIONS)
        number = root.number
        return await info.context.database.read(lambda c: corrections_about(c, number))

    @guarded(*_SELF, graphql_type=list[Delegation])
    async def delegations(root: strawberry.Parent[Myself], info: Info) -> list[DelegationRecord]:
        """Whom you let see this, newest first, also those that are over. 本人授权委托"""
        root.must_be_himself()
        number = root.number
        return await info.context.database.read(lambda c: delegations_by(c, number))

    @guarded(*_SELF, graphql_type=list[Delegation])
    async def entrusted(root: strawberry.Parent[Myself], info: Info) -> list[DelegationRecord]:
        """Who lets you see theirs, newest first: ask `mine(onBehalfOf:)`. 受托事项"""
        root.must_be_himself()
        number = root.number
        return await info.context.database.read(lambda c: delegations_to(c, number))

    @guarded(*_SELF, graphql_type=list[OwnListing])
    async def listing(root: strawberry.Parent[Myself], info: Info) -> list[EntryRecord]:
        """Your entries on the list from the decision on, newest first. 本人名单信息"""
        root.must_show(DelegatedPart.LISTING)
        number = root.number

        def read(connection: Connection) -> list[EntryRecord]:
            states = [state.value for state in SHOWN]
            return entries_of_person(connection, number, states)

        return await info.context.database.read(read)

    @guarded(*_SELF, graphql_type=list[CreditRecord])
    async def credit_file(root: strawberry.Parent[Myself], info: Info) -> list[ShownCredit]:
        """What the credit platform is told of you, and until when. 本人信用档案"""
        root.must_show(DelegatedPart.CREDIT_FILE)
        number, today = root.number, civil_date(info.context.now())
        profile = info.context.profile
        return await info.context.database.read(lambda c: file_of(c, number, today, profile))


@strawberry.type
class MineQueries:
    @guarded(*_SELF, graphql_type=Mine)
    async def mine(
        self,
        info: Info,
        on_behalf_of: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="A delegation to you: then its parts of the other person's. 委托编号"
            ),
        ] = None,
    ) -> Myself:
        """What the court keeps of you; your account must be bound to your number. 本人信息"""
        context = info.context
        caller, today = context.caller, civil_date(context.now())
        document = None
        if on_behalf_of is None:
            number = await context.database.read(lambda c: number_behind(c, caller.subject))
            if number is None:
                raise NotVerified
            person = Myself(number)
        else:
            id_ = str(on_behalf_of)
            delegation = await context.database.read(lambda c: seen_by(c, caller, id_, today))
            person = Myself(delegation.giver, delegation)
            context.delegations.append(delegation.id)
            document = delegation.document
        context.saw(person.number)
        context.rests_on(Ground(purpose=Purpose.SUBJECT_ACCESS, document=document))
        return person
