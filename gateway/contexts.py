"""Makes each request its own surroundings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from auth.caller import Caller
from auth.record_keys import RecordKeys
from connectors.departments import Departments
from connectors.endpoint_addresses import EndpointAddresses
from connectors.question import Question
from domain.cover import CoverPolicy
from domain.deadline import Profile
from domain.identity import IdNumber, subject_id
from gateway.request_ids import current_request
from resolvers.asking import Asking
from resolvers.context import Context
from resolvers.declare import Scopes
from resolvers.looks_under_way import Looks, LooksUnderWay
from resolvers.order_events import OrderEvents
from resolvers.persons import DistinctPersons
from resolvers.screening import Screener
from storage.database import Database

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """What all requests share, and how one request's context is made of it."""

    database: Database
    departments: Departments
    events: OrderEvents
    pseudonym_key: bytes
    now: Callable[[], datetime] = utc_now
    screener: Screener | None = None
    webhook_addresses: EndpointAddresses = field(default_factory=EndpointAddresses)
    documents_required: bool = False
    profile: Profile = Profile.DEFAULT
    record_keys: RecordKeys | None = None
    hidden_for: timedelta = timedelta(days=30)
    affiliates_need_reason: bool = False
    typed_for: timedelta = timedelta(days=30)
    declared: Callable[[str], Scopes | None] = lambda _: None
    groups_off: frozenset[str] = frozenset()
    cover_policy: CoverPolicy = field(default_factory=CoverPolicy)
    inboxes: frozenset[str] = frozenset()
    persons: DistinctPersons | None = None
    looks: LooksUnderWay = field(default_factory=LooksUnderWay)

    def make(
        self, caller: Caller, fields_wanted: Callable[[Question[Any]], frozenset[str]]
    ) -> Context:
        return Context(
            caller=caller,
            database=self.database,
            asking=self._asking(caller),
            events=self.events,
            now=self.now,
            pseudonym=self._pseudonym,
            request_id=current_request(),
            documents_required=self.documents_required,
            fields_wanted=fields_wanted,
            screener=self.screener,
            profile=self.profile,
            record_keys=self.record_keys,
            hidden_for=self.hidden_for,
            affiliates_need_reason=self.affiliates_need_reason,
            typed_for=self.typed_for,
            declared=self.declared,
            groups_off=self.groups_off,
            cover_policy=self.cover_policy,
            inboxes=self.inboxes,
            persons=self.persons,
            webhook_addresses=self.webhook_addresses,
            looks=Looks(self.looks),
        )

    def renew(self, context: Context) -> None:
        """Forget what an event's answer asked: the next event asks anew."""
        context.asking = self._asking(context.caller)
        context.masked.clear()
        context.remarks.clear()
        context.seen.clear()

    def _asking(self, caller: Caller) -> Asking:
        count = None if self.persons is None else partial(self.persons.ask, caller.subject)
        return Asking(self.departments, count)

    def civil(self, moment: datetime) -> str:
        """Return *moment* as people here write it, +08:00."""
        return moment.astimezone(_SHANGHAI).isoformat()

    def _pseudonym(self, number: IdNumber) -> str:
        return subject_id(number, self.pseudonym_key)
