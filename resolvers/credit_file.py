"""
The credit file (社会信用档案): what of the list the credit platform files about somebody (CAP-096).

There is no second store: a record is an entry and its history, judged on the day it is asked for. It
is reached behind the list's cursor, or by number and name of somebody; who was never listed and who
is under another name are answered alike (ADR 0032).
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.credit_record import CreditState, ListingFacts, Standing, standing
from domain.deadline import Profile
from domain.entry import DisclosureMode, EntryState
from domain.identity import IdNumber
from domain.subject_name import same_spelling
from resolvers import list_words  # noqa: F401 -- what the enums mean
from resolvers.context import Info
from resolvers.declare import Sensitivity, court_field, guarded
from resolvers.list_exchange import ChangeCursor, not_ahead, sequence_of
from resolvers.paging import checked_size
from resolvers.scalars import Date
from storage.credit_records import CreditSource, credit_sources
from storage.entries import entries_of_person
from storage.list_changes import ListChange, changes_after

FILERS: Final = ("credit-file:read",)
# The person sees what the platform sees of him (PIPL art. 45).
_READERS: Final = (*FILERS, "subject:self")
_STATES: Final = frozenset(state.value for state in EntryState)


class ShownCredit:
    """An entry as it stands in the file today."""

    __slots__ = ("_source", "_standing")

    def __init__(self, source: CreditSource, standing: Standing) -> None:
        self._source = source
        self._standing = standing

    @property
    def entry_id(self) -> str:
        return self._source.entry.id

    @property
    def id_number(self) -> IdNumber:
        return self._source.entry.id_number

    @property
    def name(self) -> str:
        return self._source.entry.name

    @property
    def state(self) -> CreditState:
        return self._standing.state

    @property
    def published_on(self) -> date | None:
        published = self._source.entry.published_at
        return None if published is None else civil_date(published)

    @property
    def removed_on(self) -> date | None:
        removed = self._source.entry.removed_at
        return None if removed is None else civil_date(removed)

    @property
    def disclosure_ends_on(self) -> date | None:
        return self._standing.disclosure_ends_on

    @property
    def court(self) -> str:
        return self._source.court

    @property
    def case_number(self) -> CaseNumber | None:
        # Part of what is published (法释〔2017〕7号 art. 6), and so only while it is.
        listed = self._standing.state is CreditState.LISTED
        return self._source.entry.case_number if listed else None

    @property
    def disputed(self) -> bool:
        return self._source.disputed


@strawberry.type(description="A listing, as a credit file has it; nothing owned. 信用记录")
class CreditRecord:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownCredit)

    entry_id: strawberry.ID = court_field("The entry. 名单编号", *_READERS, attribute="entry_id")
    id_number: IdNumber = court_field(
        "Number. 证件号码", *_READERS, attribute="id_number", sensitivity=Sensitivity.PERSONAL
    )
    name: str = court_field(
        "Name. 姓名/名称", *_READERS, attribute="name", sensitivity=Sensitivity.PERSONAL
    )
    state: CreditState = court_field(
        "On the list, or not any more. 状态", *_READERS, attribute="state"
    )
    published_on: Date = court_field(
        "When it was published. 发布日期", *_READERS, attribute="published_on"
    )
    removed_on: Date | None = court_field(
        "When it was removed. 退出日期", *_READERS, attribute="removed_on"
    )
    disclosure_ends_on: Date | None = court_field(
        "Its last day in the file, five years after the conduct ended at most (DL-35); null while that "
        "goes on. 披露期限届满",
        *_READERS,
        attribute="disclosure_ends_on",
    )
    court: str = court_field("Which court. 执行法院", *_READERS, attribute="court")
    case_number: CaseNumber | None = court_field(
        "Its case; null once the entry is removed. 执行案号", *_READERS, attribute="case_number"
    )
    disputed: bool = court_field(
        "A request to correct it is open: mark it so. 是否有异议", *_READERS, attribute="disputed"
    )


class ShownCreditChange:
    """A change of the list with what stands in the file now."""

    __slots__ = ("change", "record")

    def __init__(self, change: ListChange, record: ShownCredit | None) -> None:
        self.change = change
        self.record = record

    @property
    def cursor(self) -> str:
        return str(self.change.sequence)

    @property
    def entry_id(self) -> str:
        return self.change.entry_id


@strawberry.type(description="A change of a credit record. 信用记录变动")
class CreditChange:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownCreditChange)

    cursor: strawberry.ID = court_field("Go on behind it. 游标", *FILERS, attribute="cursor")
    entry_id: strawberry.ID = court_field("The entry. 名单编号", *FILERS, attribute="entry_id")

    @guarded(*FILERS, graphql_type=CreditRecord | None)
    def record(root: strawberry.Parent[ShownCreditChange]) -> ShownCredit | None:
        """As it stands now; null: it is to be in no file, take it out at once. 信用记录"""
        return root.record


@strawberry.type(description="A page of changes. 信用记录变动分页")
class CreditChangePage:
    nodes: list[CreditChange] = strawberry.field(description="In their order. 变动")
    cursor: strawberry.ID = strawberry.field(description="Go on behind it. 游标")
    has_more: bool = strawberry.field(description="Whether more follow at once. 是否还有")


@strawberry.type
class CreditQueries:
    @guarded(*FILERS)
    async def credit_changes(
        self,
        info: Info,
        after: ChangeCursor = None,
        first: Annotated[int, strawberry.argument(description="1 to 100. 条数")] = 100,
    ) -> CreditChangePage:
        """What changed in credit files behind your cursor, none left out. 信用记录变动"""
        checked_size(first)
        sequence = sequence_of(after) or 0
        today, profile = civil_date(info.context.now()), info.context.profile

        def read(connection: Connection) -> list[ShownCreditChange]:
            not_ahead(connection, sequence)
            changes = changes_after(connection, sequence, most=first + 1)
            sources = credit_sources(connection, {one.entry_id for one in changes})
            return [
                ShownCreditChange(one, in_file(sources[one.entry_id], today, profile))
                for one in changes
            ]

        found = await info.context.database.read(read)
        page: list[Any] = found[:first]
        info.context.saw(*(one.record.id_number for one in page if one.record is not None))
        return CreditChangePage(
            nodes=page,
            cursor=strawberry.ID(page[-1].cursor if page else str(sequence)),
            has_more=len(found) > first,
        )

    @guarded(*FILERS, graphql_type=list[CreditRecord])
    async def credit_file(
        self,
        info: Info,
        id_number: Annotated[
            IdNumber, strawberry.argument(description="The whole number. 证件号码")
        ],
        name: Annotated[str, strawberry.argument(description="The whole name. 姓名/名称")],
    ) -> Sequence[ShownCredit]:
        """Listings of somebody that stand in the file; none for who never was listed, and for another
        name. 社会信用档案"""
        # The question is about somebody, whatever comes out: the record names him.
        info.context.saw(id_number)
        records = await info.context.database.read(
            lambda c: file_of(c, id_number, civil_date(info.context.now()), info.context.profile)
        )
        spelled = same_spelling(name)
        return [one for one in records if same_spelling(one.name) == spelled]


def file_of(
    connection: Connection, number: IdNumber, today: date, profile: Profile
) -> list[ShownCredit]:
    """Return what stands in the file of that number, the newest first."""
    ids = [one.id for one in entries_of_person(connection, number, _STATES)]
    sources = credit_sources(connection, ids)
    records = (in_file(sources[one], today, profile) for one in ids)
    return [one for one in records if one is not None]


def in_file(source: CreditSource, today: date, profile: Profile) -> ShownCredit | None:
    """Return the entry as the file has it; None if it is not in it."""
    entry = source.entry
    facts = ListingFacts(
        published_on=None if entry.published_at is None else civil_date(entry.published_at),
        public=entry.mode == DisclosureMode.PUBLIC.value,
        withdrawn=source.withdrawn,
        exit_found_on=entry.exit_found_on,
        term_ends_on=entry.term_ends_on,
        removed_on=None if entry.removed_at is None else civil_date(entry.removed_at),
    )
    found = standing(facts, today, profile)
    return None if found is None else ShownCredit(source, found)
