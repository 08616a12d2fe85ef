"""The list as this gateway knows it: an index in memory that follows every change within a second."""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from domain.entry import LISTED
from domain.identity import IdNumber, is_organization
from domain.list_index import Candidate, Listed, ListIndex
from domain.match import Asked
from domain.measure import Catalogue, SubjectType
from domain.subject_name import same_spelling
from resolvers.catalogue_versions import CatalogueVersions
from resolvers.order_events import OrderEvents
from resolvers.refusals import Refused
from storage.database import Database
from storage.entries import EntryRecord, entries_in_chunks, entries_of
from storage.list_changes import changes_after, last_change

_LOG = structlog.get_logger()
_LOOK_EVERY: Final = 0.5  # seconds
_STALE_AFTER: Final = 5.0  # seconds without having looked: then nobody is told NO_HIT
_MOST_AT_ONCE: Final = 500
LISTED_STATES: Final = frozenset(state.value for state in LISTED)
ROLES: Final = tuple(SubjectType)


class ListNotCurrent(Refused):
    """Nobody is told that somebody is not listed by a list that may be old (fail closed)."""

    code = "LIST_NOT_CURRENT"

    def __init__(self) -> None:
        super().__init__(
            "The list cannot be read just now; ask again in a moment. 名单暂不可用，请稍后重试"
        )


class WatchedList:
    """The index and what keeps it current; `start` it, and `stop` it."""

    def __init__(self, database: Database, events: OrderEvents, key: bytes) -> None:
        """*key* is of the index's digests; see `ListIndex`."""
        self._database = database
        self._events = events
        self._key = key
        self._index = ListIndex(key)
        self.versions = CatalogueVersions()
        self._looked_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    @property
    def sequence(self) -> int:
        """The last change that is in the index."""
        return self._index.sequence

    def candidates(self, subjects: Sequence[Asked]) -> list[list[Candidate]]:
        """Return the candidates of each subject, all by one version of the list.

        Raises:
            ListNotCurrent: it was not read lately.
        """
        self._be_current()
        return [self._index.candidates(one) for one in subjects]

    def catalogue(self) -> Catalogue:
        """Return the newest catalogue.

        Raises:
            ListNotCurrent: it was not read lately.
        """
        self._be_current()
        return self.versions.newest

    async def open(self) -> None:
        """Read the whole list, and every version of the catalogue."""
        self._index = await self._database.read(self._build)
        await self._database.read(self.versions.follow)
        self._looked_at = time.monotonic()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def follow(self) -> None:
        """Take over every change of the list and of the catalogue that is committed."""
        await self._database.read(self.versions.follow)
        while changes := await self._database.read(partial(self._news, self._index.sequence)):
            for sequence, entry in changes:
                self._index.apply(sequence, entry.place, list(listed_in(entry)))
        self._looked_at = time.monotonic()
        if self._index.has_grown:
            await self.open()

    def _be_current(self) -> None:
        if time.monotonic() - self._looked_at > _STALE_AFTER:
            raise ListNotCurrent

    async def _run(self) -> None:
        while True:
            news = self._events.news()
            try:
                await self.follow()
            except Exception as error:  # noqa: BLE001 -- it outlives a bad moment, and goes stale
                _LOG.error("list.not_read", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await news.wait()

    def _build(self, connection: Connection) -> ListIndex:
        """Build from one snapshot: what is listed, and the sequence it belongs to."""
        sequence = last_change(connection)
        listed = (
            one
            for page in entries_in_chunks(connection, LISTED_STATES)
            for entry in page
            for one in listed_in(entry)
        )
        return ListIndex(self._key, listed, sequence)

    def _news(self, sequence: int, connection: Connection) -> list[tuple[int, EntryRecord]]:
        changes = changes_after(connection, sequence, most=_MOST_AT_ONCE)
        entries = entries_of(connection, {one.entry_id for one in changes})
        return [(one.sequence, entries[one.entry_id]) for one in changes]


def subjects_of(entry: EntryRecord) -> Iterator[tuple[SubjectType, IdNumber, str]]:
    """Yield the debtor, and who steers a debtor organization (I-35)."""
    organization = is_organization(entry.id_number)
    debtor = SubjectType.DEBTOR_ORGANIZATION if organization else SubjectType.DEBTOR_PERSON
    yield debtor, entry.id_number, entry.name
    if organization:
        for one in entry.associates:
            yield SubjectType(one.role), one.id_number, one.name


def listed_in(entry: EntryRecord) -> Iterator[Listed]:
    """Yield whom an entry lists, in the spelling that is compared; nobody once it is removed."""
    if entry.state in LISTED_STATES:
        for as_, number, name in subjects_of(entry):
            yield Listed(entry.place, ROLES.index(as_), number, same_spelling(name))
