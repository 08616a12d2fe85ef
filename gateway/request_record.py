"""Between engine and recorder: an answer leaves with its receipt, or does not leave."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from graphql import OperationType

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.purpose import Purpose
from domain.record import RecordKind
from gateway.disclosure import (
    ANSWERED,
    REFUSED,
    Recorded,
    Requested,
    is_recorded,
    request_recorded,
)
from gateway.plan import Plan
from gateway.recorder import Recorder
from gateway.refusal_entry import refusal_recorded
from gateway.request_ids import current_request, request_milliseconds
from gateway.response import RequestRefused
from resolvers.context import Context

# What is no slip of the pen: reaching for more than one may have, or for too much.
_RECORDED: Final = frozenset(
    {
        "UNAUTHORIZED_FIELD_OR_TYPE",
        "FORBIDDEN",
        "INSUFFICIENT_USER_AUTHENTICATION",
        "COST_TOO_HIGH",
        "RATE_LIMITED",
        "TOO_MANY_PERSONS",
    }
)
_KIND_OF: Final = {Purpose.AUDIT: RecordKind.AUDIT, Purpose.SCREENING: RecordKind.SCREENING}
_MOST_KEPT: Final = 10_000


@dataclass(slots=True)
class RequestRecord:
    """Records the requests of one gateway.

    Attributes:
        disclosed: told how many fields of people left in an answer.
    """

    recorder: Recorder
    keys: RecordKeys
    now: Callable[[], datetime]
    disclosed: Callable[[int], None] = lambda _: None
    _limited: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def require(self, plan: Plan) -> None:
        """Refuse, before anybody is asked, what could not be recorded.

        Raises:
            RecordUnavailable: see `Recorder.require`.
        """
        if is_recorded(plan):
            self.recorder.require()

    async def answered(
        self,
        context: Context,
        plan: Plan,
        requested: Requested,
        body: dict[str, Any],
        started: float,
    ) -> None:
        """Record an answer and put its receipt into *body*.

        Raises:
            RecordUnavailable: it may not leave.
        """
        if not is_recorded(plan):
            return
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        nothing = not any((body.get("data") or {}).values())
        decision = REFUSED if nothing and codes else ANSWERED
        cost = body["extensions"]["cost"]["actual"]
        recorded = self._of(context, plan, requested, decision, codes, cost, started)
        placed = await self.recorder.record(recorded.draft)
        self.disclosed(recorded.disclosed)
        body["extensions"]["receipt"] = recorded.receipt(placed).shown()

    async def failed(
        self,
        context: Context,
        plan: Plan,
        requested: Requested,
        codes: Iterable[str],
        started: float,
    ) -> None:
        """Record a request that ended without an answer after departments may have been asked.

        Raises:
            RecordUnavailable: then that is the answer.
        """
        if is_recorded(plan):
            cost = context.asking.cost
            recorded = self._of(context, plan, requested, "FAILED", codes, cost, started)
            await self.recorder.record(recorded.draft)

    async def refused(self, caller: Caller, requested: Requested, refused: RequestRefused) -> None:
        """Record a request that was refused before anybody was asked, unless it was a mere slip.

        Raises:
            RecordUnavailable: then that is the answer.
        """
        codes = refused.codes
        if not (refused.denied or _RECORDED & set(codes)) or self._is_known(caller, codes):
            return
        draft = refusal_recorded(
            self.keys,
            caller,
            requested,
            codes=codes,
            denied=refused.denied,
            grounds=refused.grounds,
            request=current_request(),
            milliseconds=request_milliseconds(),
            at=self.now(),
        )
        await self.recorder.record(draft)

    def _of(  # noqa: PLR0913, PLR0917 -- an entry's parts
        self,
        context: Context,
        plan: Plan,
        requested: Requested,
        decision: str,
        codes: Iterable[str],
        cost: int,
        started: float,
    ) -> Recorded:
        return request_recorded(
            self.keys,
            context,
            plan,
            requested,
            kind=_kind(plan, context),
            decision=decision,
            codes=codes,
            milliseconds=round((time.perf_counter() - started) * 1000),
            cost=cost,
            at=self.now(),
        )

    def _is_known(self, caller: Caller, codes: Iterable[str]) -> bool:
        """Whether a client was recorded as over its budget in this minute: it may well try on."""
        if "RATE_LIMITED" not in codes:
            return False
        client, minute = f"{caller.client_id} {caller.subject}", f"{self.now():%Y%m%d%H%M}"
        known = self._limited.get(client) == minute
        self._limited[client] = minute
        self._limited.move_to_end(client)
        if len(self._limited) > _MOST_KEPT:
            self._limited.popitem(last=False)
        return known


def _kind(plan: Plan, context: Context) -> RecordKind:
    """Return what happened: screening is a mutation, and told as what it is."""
    for ground in context.grounds:
        if ground.purpose in _KIND_OF:
            return _KIND_OF[ground.purpose]
    step = plan.operation.operation is OperationType.MUTATION
    return RecordKind.STEP if step else RecordKind.DISCLOSURE
