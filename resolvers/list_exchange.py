"""`listChanges`: what a unit takes over of the list, behind its own cursor, gapless and resumable."""

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import Connection

from domain.entry import LISTED, DisclosureMode
from domain.identity import IdNumber
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import Date, DateTime
from storage.entries import EntryRecord, entries_of
from storage.list_changes import (
    ListChange,
    acknowledge,
    changes_after,
    last_change,
    note_told,
)

_TAKERS: Final = ("list:subscribe",)
_MOST: Final = 500
_LONGEST_CURSOR: Final = 18
_LISTED: Final = frozenset(state.value for state in LISTED)

ChangeCursor = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="`cursor` of the last change you took over; from the beginning if left out. 游标"
    ),
]


class CursorAhead(Refused):
    """A cursor of another list, or of this one before it was restored from a copy."""

    code = "CURSOR_AHEAD"

    def __init__(self) -> None:
        super().__init__(
            "The list has not come that far; begin again with a snapshot. 游标超前，请重新获取快照"
        )


@strawberry.type(description="A change of the list, as a unit takes it over. 名单变动")
class ListChangeItem:
    cursor: strawberry.ID = court_field("Go on behind it. 游标", *_TAKERS, attribute="cursor")
    kind: str = court_field(
        "`LISTED`, `CHANGED` or `REMOVED`. 变动种类", *_TAKERS, attribute="kind"
    )
    entry_id: strawberry.ID = court_field("The entry. 名单编号", *_TAKERS, attribute="entry_id")
    version: int = court_field("Its version now. 版本", *_TAKERS, attribute="version")
    at: DateTime = court_field("When it changed. 时间", *_TAKERS, attribute="at")
    id_number: IdNumber | None = court_field(
        "Number; null once the entry is removed. 证件号码", *_TAKERS, attribute="id_number"
    )
    name: str | None = court_field(
        "Name; null once the entry is removed. 姓名/名称", *_TAKERS, attribute="name"
    )
    case_number: str | None = court_field(
        "Its case; null once it is removed. 执行案号", *_TAKERS, attribute="case_number"
    )
    mode: DisclosureMode | None = court_field(
        "Whether it is public: who is told to the employer alone is not published by anybody (三(一)); null once "
        "the entry is removed. 公开方式",
        *_TAKERS,
        attribute="mode",
    )
    term_ends_on: Date | None = court_field(
        "Last day, if it has a term. 期限届满日", *_TAKERS, attribute="term_ends_on"
    )


class ShownChange:
    """A change with its entry as it is now; of a removed one nothing but that it is gone."""

    __slots__ = ("change", "entry")

    def __init__(self, change: ListChange, entry: EntryRecord) -> None:
        self.change = change
        self.entry = entry

    @property
    def cursor(self) -> str:
        return str(self.change.sequence)

    @property
    def kind(self) -> str:
        return self.change.kind if self._listed else "REMOVED"

    @property
    def entry_id(self) -> str:
        return self.change.entry_id

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def at(self) -> datetime:
        return self.change.at

    @property
    def id_number(self) -> Any:
        return self.entry.id_number if self._listed else None

    @property
    def name(self) -> str | None:
        return self.entry.name if self._listed else None

    @property
    def case_number(self) -> str | None:
        return self.entry.case_number if self._listed else None

    @property
    def mode(self) -> DisclosureMode | None:
        return DisclosureMode(self.entry.mode) if self._listed else None

    @property
    def term_ends_on(self) -> Any:
        return self.entry.term_ends_on if self._listed else None

    @property
    def _listed(self) -> bool:
        return self.entry.state in _LISTED


@strawberry.type(description="A page of changes. 变动分页")
class ListChangePage:
    nodes: list[ListChangeItem] = strawberry.field(description="In their order. 变动")
    cursor: strawberry.ID = strawberry.field(description="Go on behind it. 游标")
    has_more: bool = strawberry.field(description="Whether more follow at once. 是否还有")


@strawberry.type
class ExchangeQueries:
    @guarded(*_TAKERS)
    async def list_changes(
        self,
        info: Info,
        after: ChangeCursor = None,
        first: Annotated[int, strawberry.argument(description="1 to 500. 条数")] = 100,
    ) -> ListChangePage:
        """Changes of the list behind your cursor, none left out; your cursor says what you took over. 名单变动"""
        if not 1 <= first <= _MOST:
            raise BadInput(f"first must be 1 to {_MOST}.")
        sequence = sequence_of(after) or 0
        unit, now = info.context.caller.organisation, info.context.now()

        def work(connection: Connection) -> tuple[list[ShownChange], bool]:
            taken(connection, unit, sequence, at=now)
            return told(connection, unit, sequence=sequence, most=first, at=now)

        found, more = await info.context.database.write(work)
        page: list[Any] = found
        info.context.saw(*(one.entry.id_number for one in page if one.name is not None))
        return ListChangePage(
            nodes=page,
            cursor=strawberry.ID(page[-1].cursor if page else str(sequence)),
            has_more=more,
        )


@strawberry.type
class ExchangeSubscriptions:
    @guarded(*_TAKERS, graphql_type=ListChangeItem, subscription=True)
    async def list_changed(
        self, info: Info, after: ChangeCursor = None
    ) -> AsyncGenerator[ShownChange, None]:
        """Each change of the list as it is committed. What is sent is no receipt: say what you took over by
        asking `listChanges` behind it, or with `after` when you come back. 名单变动"""
        context = info.context
        unit = context.caller.organisation
        sequence = sequence_of(after)
        if sequence is None:
            sequence = await context.database.read(last_change)
        else:
            at = context.now()
            await context.database.write(partial(taken, unit=unit, sequence=sequence, at=at))
        while True:
            news = context.events.news()
            work = partial(told, unit=unit, sequence=sequence, most=_MOST, at=context.now())
            changes, _ = await context.database.write(work)
            for change in changes:
                sequence = change.change.sequence
                if change.name is not None:
                    context.saw(change.entry.id_number)
                yield change
            if not changes:
                await context.events.wait(news)


def taken(connection: Connection, unit: str, sequence: int, *, at: datetime) -> None:
    """Note that *unit* says it has taken over everything up to *sequence*.

    Raises:
        CursorAhead: see there; nothing was noted.
    """
    not_ahead(connection, sequence)
    acknowledge(connection, unit, sequence, at=at)


def told(
    connection: Connection, unit: str, *, sequence: int, most: int, at: datetime
) -> tuple[list[ShownChange], bool]:
    """Return up to *most* changes behind *sequence*, and whether more follow; *unit* may have them now."""
    behind = changes_after(connection, sequence, most=most + 1)
    changes = behind[:most]
    if changes:
        note_told(connection, unit, changes[-1].sequence, at=at)
    entries = entries_of(connection, {one.entry_id for one in changes})
    return [ShownChange(one, entries[one.entry_id]) for one in changes], len(behind) > most


def not_ahead(connection: Connection, sequence: int) -> None:
    """Refuse a cursor that the list has not reached: who went on behind it would hear of nothing."""
    if sequence > last_change(connection):
        raise CursorAhead


def sequence_of(after: str | None) -> int | None:
    """Return the place that a cursor stands for; BadInput if it is none of ours."""
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) <= _LONGEST_CURSOR):
        raise BadInput("after is not the cursor of a change.")
    return int(after)
