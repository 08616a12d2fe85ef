"""What every resolver is given."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import strawberry

from auth.caller import Caller
from auth.record_keys import RecordKeys
from connectors.endpoint_addresses import EndpointAddresses
from domain.case_number import CaseNumber
from domain.cover import CoverPolicy
from domain.deadline import Profile
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers.looks_under_way import Looks
from storage.database import Database

if TYPE_CHECKING:
    from connectors.question import Question
    from resolvers.asking import Asking
    from resolvers.binding import BoundCase
    from resolvers.declare import Scopes
    from resolvers.order_events import OrderEvents
    from resolvers.persons import DistinctPersons
    from resolvers.refusals import Refused
    from resolvers.screening import Screener


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What one part of a request rests on.

    Attributes:
        case: that it asked for, if it asked for one; *refused* if it did not open.
        document: the number of the paper that is the reason.
        reason: in words, where there had to be some; *family* as a code, where debtors' families
            were asked about.
        told: whether the supervisor was told that it leads to people behind debtors.
    """

    purpose: Purpose | None
    case: CaseNumber | None = None
    refused: bool = False
    document: str | None = None
    reason: str | None = None
    family: str | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What has to be said of a value that is shown.

    Attributes:
        path: where the value stands in the answer.
        code: ``TRUNCATED``, ``REPEATED`` or ``UNKNOWN_CODE``.
        details: never personal data.
    """

    path: list[str | int]
    code: str
    department: str
    details: dict[str, object]

    def shown(self) -> dict[str, object]:
        return {
            "path": self.path,
            "code": self.code,
            "department": self.department,
            **self.details,
        }


@dataclass(slots=True, kw_only=True)
class Context:
    """One request's surroundings; never shared between requests.

    Attributes:
        now: the clock, UTC.
        pseudonym: the keyed hash of a subject's number (I-44).
        opened: what `case` and `cases` opened, by response key of the root field.
        seen: about whom something of the court's own was shown, in the order it was.
        tried: about whom something was asked that was refused.
        outside: whom it looks at outside an active case.
        looks: the same while they are under way, seen by the gateway's other requests.
        grounds: what it rests on.
        delegations: by which of them the caller sees what is somebody else's.
        masked: coordinates that were shown masked in this answer.
        remarks: what has to be said of values that are shown, by where they stand.
        documents_required: whether ruling and notice must be there as files to submit (G3).
        profile: whose numbers the periods of the list are counted by.
        webhook_addresses: where units' endpoints may be.
        hidden_for: how long a look-up may be kept from whom it was about.
        record_keys: open the record for who may read it.
        affiliates_need_reason: whether who looks at people behind a debtor says why.
        typed_for: how long a typed answer is shown.
        persons: about how many different people the caller may ask; None is no limit.
        cover_policy: what things are expected to lose when they are sold.
        inboxes: departments that read their orders here.
        groups_off: kinds of data that this deployment does not have.
        declared: the scopes that a field needs, by its coordinate.
        fields_wanted: what the document selects of a question's records, for late asking.
    """

    caller: Caller
    database: Database
    asking: "Asking"
    events: "OrderEvents"
    now: Callable[[], datetime]
    pseudonym: Callable[[IdNumber], str]
    request_id: str
    fields_wanted: "Callable[[Question[Any]], frozenset[str]]"
    documents_required: bool = False
    screener: "Screener | None" = None
    profile: Profile = Profile.DEFAULT
    record_keys: RecordKeys | None = None
    hidden_for: timedelta = timedelta(days=30)
    affiliates_need_reason: bool = False
    typed_for: timedelta = timedelta(days=30)
    persons: "DistinctPersons | None" = None
    groups_off: Collection[str] = frozenset()
    cover_policy: CoverPolicy = field(default_factory=CoverPolicy)
    inboxes: frozenset[str] = frozenset()
    declared: "Callable[[str], Scopes | None]" = lambda _: None
    webhook_addresses: EndpointAddresses = field(default_factory=EndpointAddresses)
    opened: "dict[str, list[BoundCase | Refused]]" = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    seen: dict[IdNumber, None] = field(default_factory=dict)
    tried: dict[IdNumber, None] = field(default_factory=dict)
    outside: dict[IdNumber, None] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    grounds: list[Ground] = field(default_factory=list)
    delegations: list[str] = field(default_factory=list)

    def saw(self, *numbers: IdNumber) -> None:
        """Note that something of the court's own about *numbers* is shown; the record names them."""
        self.seen.update(dict.fromkeys(numbers))

    def rests_on(self, ground: Ground) -> None:
        """Note what a part of the request rests on; the same ground once."""
        if ground not in self.grounds:
            self.grounds.append(ground)

    async def asks_about(self, numbers: Collection[IdNumber]) -> None:
        """Count whom the caller asks about, before anybody is asked.

        Raises:
            TooManyPersons: more than anybody may in an hour.
        """
        if self.persons is not None:
            await self.persons.ask(self.caller.subject, numbers)

    async def reached(self, numbers: Collection[IdNumber]) -> None:
        """Count to whom the answers led."""
        if self.persons is not None:
            await self.persons.reach(self.caller.subject, numbers)

    @property
    def record_reader(self) -> RecordKeys:
        """Raises LookupError: this gateway keeps no record."""
        if self.record_keys is None:
            raise LookupError("this gateway keeps no record")
        return self.record_keys

    def scopes_of(self, coordinate: str) -> "Scopes | None":
        """Return the scope alternatives of a field; None if there is no such field."""
        return self.declared(coordinate)

    @property
    def screening(self) -> "Screener":
        """Raises LookupError: this gateway was made without a list."""
        if self.screener is None:
            raise LookupError("this gateway keeps no list")
        return self.screener


Info = strawberry.Info[Context, None]
