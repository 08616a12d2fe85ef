"""What every resolver is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

from auth.caller import Caller
from domain.identity import IdNumber
from storage.database import Database

if TYPE_CHECKING:
    from connectors.question import Question
    from resolvers.asking import Asking
    from resolvers.binding import BoundCase
    from resolvers.order_events import OrderEvents
    from resolvers.refusals import Refused
    from resolvers.screening import Screener


@dataclass(slots=True, kw_only=True)
class Context:
    """One request's surroundings; never shared between requests.

    Attributes:
        now: the clock, UTC.
        pseudonym: the keyed hash of a subject's number (I-44).
        opened: what `case` and `cases` opened, by response key of the root field.
        masked: coordinates that were shown masked in this answer.
        documents_required: whether ruling and notice must be there as files to submit (G3).
        plain_webhooks: whether endpoints without TLS may be named; in the demo alone.
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
    plain_webhooks: bool = False
    opened: "dict[str, list[BoundCase | Refused]]" = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)

    @property
    def screening(self) -> "Screener":
        """Raises LookupError: this gateway was made without a list."""
        if self.screener is None:
            raise LookupError("this gateway keeps no list")
        return self.screener


Info = strawberry.Info[Context, None]
