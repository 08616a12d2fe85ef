"""
Clockwork: the turns of `resolvers.timekeeping`, by one gateway for all of them.

The duty is a row with a lease: a gateway that dies, or is stopped for too long, is relieved by
another one. Doing a turn twice changes nothing the second time.
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from connectors.control import ControlPort
from connectors.errors import DepartmentError
from connectors.tax_refunds import TaxRefundsConnector
from domain.civil_time import civil_date
from domain.deadline import Profile
from gateway.list_clockwork import turn_list
from gateway.refund_clockwork import turn_refunds
from resolvers.excess import release_due, weigh
from resolvers.order_events import OrderEvents
from resolvers.reconciling import Reconciled, reconcile
from resolvers.timekeeping import (
    MOST_AT_ONCE,
    announce_endings,
    drop_forgotten,
    flag_overdue,
    lapse,
)
from storage.database import Database
from storage.duties import take_duty
from storage.excesses import cases_to_weigh, warn_of_excesses
from storage.typed_requests import erase_typed

_LOG = structlog.get_logger()
_DUTY: Final = "clock"
_LEASE_IN_TURNS: Final = 4
_LOOKED_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn did, in numbers of orders.

    Attributes:
        dropped: files that no order has.
        exceeding: cases that were warned of.
        listed: steps on the list and its hits.
    """

    lapsed: int = 0
    overdue: int = 0
    announced: int = 0
    dropped: int = 0
    exceeding: int = 0
    listed: int = 0


class Clockwork:
    def __init__(  # noqa: PLR0913, PLR0917 -- the clock's surroundings
        self,
        database: Database,
        events: OrderEvents,
        now: Callable[[], datetime],
        every: timedelta = timedelta(seconds=30),
        ports: Mapping[str, ControlPort] | None = None,
        reconcile_every: timedelta = timedelta(minutes=10),
        profile: Profile = Profile.DEFAULT,
        bureau: TaxRefundsConnector | None = None,
        inboxes: Collection[str] = (),
    ) -> None:
        """Make the clock; `start` starts it.

        Args:
            every: how often it takes a turn.
            profile: whose numbers the periods of the list are counted by.
            ports: departments whose statement of holds is compared, by id.
            bureau: where refunds are watched, if it is connected.
            inboxes: departments that read their orders here.
        """
        self._database = database
        self._events = events
        self._now = now
        self._every = every
        self._ports = ports or {}
        self._profile = profile
        self._bureau = bureau
        self._inboxes = inboxes
        self._reconcile_every = reconcile_every
        self._reconcile_at = now() + reconcile_every
        self._holder = secrets.token_hex(8)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                if await self._is_on_duty():
                    await self._do_what_is_due()
            except Exception as error:  # noqa: BLE001 -- the clock outlives a bad moment
                _LOG.error("clock.turn_failed", error=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def _do_what_is_due(self) -> None:
        """Do each of the clock's parts; one that fails does not hold the others up."""
        for part in (self._turn_now, self._watch_refunds, self._reconcile_when_due):
            try:
                await part()
            except Exception as error:  # noqa: BLE001 -- as above
                _LOG.error("clock.turn_failed", error=type(error).__name__)

    async def _turn_now(self) -> None:
        await self.turn(self._now())

    async def _is_on_duty(self) -> bool:
        take = partial(
            take_duty,
            name=_DUTY,
            holder=self._holder,
            now=self._now(),
            lease_time=self._every * _LEASE_IN_TURNS,
        )
        return await self._database.write(take)

    async def turn(self, now: datetime) -> Turn:
        """Do all that is due at *now* (aware), however long nobody did."""
        lapsed = overdue = announced = dropped = 0
        while ended := await self._database.write(partial(lapse, now=now)):
            lapsed += len(ended)
            for order in ended:
                _LOG.warning("hold.lapsed", order=order)
            if len(ended) < MOST_AT_ONCE:
                break
        while late := await self._database.write(partial(flag_overdue, now=now)):
            overdue += len(late)
            for order in late:
                _LOG.warning("order.overdue", order=order)
            if len(late) < MOST_AT_ONCE:
                break
        for ending in await self._database.write(partial(announce_endings, now=now)):
            announced += 1
            _LOG.warning("hold.ending", order=ending.order_id, days=ending.days)
        while gone := await self._database.write(partial(drop_forgotten, now=now)):
            dropped += gone
            if gone < MOST_AT_ONCE:
                break
        await self._database.write(partial(erase_typed, now=now))
        weighed = await self._weigh(now)
        exceeding = await self._warn_of_excesses(now)
        listed = await turn_list(self._database, now, self._profile)
        if lapsed or overdue or weighed or listed:
            self._events.announce()
        return Turn(
            lapsed=lapsed,
            overdue=overdue,
            announced=announced,
            dropped=dropped,
            exceeding=exceeding,
            listed=listed,
        )

    async def _weigh(self, now: datetime) -> int:
        """Note what no receipt brings about: an excess that a payment, or the register, made or ended."""
        return sum(
            [
                await self._database.write(partial(weigh, case_number=case, now=now))
                for case in await self._database.read(cases_to_weigh)
            ]
        )

    async def _warn_of_excesses(self, now: datetime) -> int:
        """Warn once a day of every excess that stands (DL-23)."""
        warned = 0
        warn = partial(warn_of_excesses, today=civil_date(now), most=MOST_AT_ONCE)
        while found := await self._database.write(warn):
            warned += len(found)
            for one in found:
                left = (release_due(one.arose_at).on - civil_date(now)).days
                _LOG.warning("case.exceeds", order=one.order_id, days_left=left)
        return warned

    async def _watch_refunds(self) -> None:
        if self._bureau is None:
            return
        if await turn_refunds(self._database, self._bureau, self._now, self._inboxes):
            self._events.announce()

    async def _reconcile_when_due(self) -> None:
        now = self._now()
        if now < self._reconcile_at:
            return
        self._reconcile_at = now + self._reconcile_every
        for department in self._ports:
            try:
                await self.reconcile(department, now)
            except DepartmentError as error:
                _LOG.warning("holds.not_stated", department=department, error=error.code)
            except Exception as error:  # noqa: BLE001 -- what one states is not another's trouble
                _LOG.error("holds.not_stated", department=department, error=type(error).__name__)

    async def reconcile(self, department: str, now: datetime) -> Reconciled:
        """Compare what *department* holds for us with what we know.

        Raises:
            DepartmentError: it could not say.
        """
        statement = await self._ports[department].holds_since(civil_date(now) - _LOOKED_BACK)
        done = await self._database.write(partial(reconcile, department, statement, now))
        if done.moved:
            self._events.announce()
        if done.new:
            _LOG.error("holds.differ", department=department, found=done.new)
        return done
