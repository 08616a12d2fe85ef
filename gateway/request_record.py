"""Between engine and recorder: an answer leaves with its receipt, or does not leave."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from graphql import OperationType

from auth.caller import Caller
from auth.record_keys import RecordKeys
from domain.record import RecordKind
from gateway.disclosure import Requested, is_recorded, refusal_recorded, request_recorded
from gateway.plan import Plan
from gateway.recorder import Recorder
from gateway.response import Response
from resolvers.context import Context

_REFUSALS: Final = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """Records the requests of one gateway."""

    recorder: Recorder
    keys: RecordKeys
    now: Callable[[], datetime]

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
        recorded = request_recorded(
            self.keys,
            context,
            plan,
            requested,
            kind=_kind(plan),
            decision="REFUSED" if nothing and codes else "ANSWERED",
            codes=codes,
            milliseconds=round((time.perf_counter() - started) * 1000),
            cost=body["extensions"]["cost"]["actual"],
            at=self.now(),
        )
        placed = await self.recorder.record(recorded.draft)
        body["extensions"]["receipt"] = recorded.receipt(placed).shown()

    async def refused(self, caller: Caller, requested: Requested, response: Response) -> None:
        """Record a request that reached for more than its token may have, or its proof was good for.

        Raises:
            RecordUnavailable: then that is the answer.
        """
        if response.status not in _REFUSALS:
            return
        errors = response.body["errors"]
        draft = refusal_recorded(
            self.keys,
            caller,
            requested,
            codes=[error["extensions"]["code"] for error in errors],
            denied=[
                error["extensions"]["coordinate"]
                for error in errors
                if "coordinate" in error["extensions"]
            ],
            at=self.now(),
        )
        await self.recorder.record(draft)


def _kind(plan: Plan) -> RecordKind:
    step = plan.operation.operation is OperationType.MUTATION
    return RecordKind.STEP if step else RecordKind.DISCLOSURE
