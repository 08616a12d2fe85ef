"""
The departments of this deployment: one connector for each address, found by its class.

Connectors are found, not listed: every module of `connectors` is looked through for classes with a
stem, so that a department is added by adding its file.
"""

import asyncio
import contextlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar, cast

import anyio
from prometheus_client import CollectorRegistry

import connectors
from connectors.address import DepartmentAddress
from connectors.answer_cache import AnswerCache
from connectors.base import Connector
from connectors.control import ControlPort
from connectors.errors import DepartmentError, DepartmentTimeout
from connectors.line import Line, SparingPort
from connectors.metrics import DepartmentMetrics
from connectors.question import Answer, Authority, Projection, Question
from connectors.time_left import time_left
from connectors.tracing import NO_TRACES, Tracer
from domain.identity import IdNumber

__all__ = ["CARRIED_BY", "CONNECTORS", "DepartmentAddress", "DepartmentNotConnected", "Departments"]

C = TypeVar("C", bound=Connector)
T = TypeVar("T")


def _connectors() -> tuple[type[Connector], ...]:
    """Return every connector class of the package, by stem."""
    for module in pkgutil.iter_modules(connectors.__path__):
        import_module(f"connectors.{module.name}")
    found: dict[str, type[Connector]] = {}
    waiting: list[type[Connector]] = [Connector]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if "stem" not in vars(one) or not one.__module__.startswith("connectors."):
            continue
        if found.setdefault(one.stem, one) is not one:
            raise TypeError(f"two connectors are called {one.stem}")
    return tuple(found[stem] for stem in sorted(found))


CONNECTORS: Final = _connectors()
CARRIED_BY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {one.department: one.carries for one in CONNECTORS if one.carries}
)
"""What each department takes over its connection (docs/departments/README.md)."""

_BETWEEN_TRIES: Final = 1.0  # seconds, to collect an answer
_LONGEST_COMPANY: Final = 60.0  # seconds to wait for somebody else's call
_Asked = tuple[int, tuple[IdNumber, ...], Projection, str, str, str, str, bool]


class _GivenUp(Exception):
    """Whoever asked went away before the answer came."""


class DepartmentNotConnected(LookupError):
    """This deployment has no address for the department."""


class Departments:
    """The connectors of one deployment."""

    def __init__(
        self,
        connectors: Iterable[Connector],
        *,
        metrics: DepartmentMetrics | None = None,
        cache: AnswerCache | None = None,
        tracer: Tracer = NO_TRACES,
    ) -> None:
        self._connectors: Mapping[type[Connector], Connector] = {
            type(one): one for one in connectors
        }
        self._metrics = metrics or DepartmentMetrics(CollectorRegistry())
        systems = Counter(one.department for one in self)
        self._lines = {
            one.stem: Line(
                one.department,
                one.deadline,
                self._metrics,
                shown_as=one.department
                if systems[one.department] == 1
                else f"{one.department}/{one.stem}",
            )
            for one in self
        }
        self._cache = cache
        self._tracer = tracer
        self._under_way: dict[_Asked, asyncio.Future[Mapping[IdNumber, Answer[Any]]]] = {}

    @classmethod
    def open(
        cls,
        addresses: Iterable[DepartmentAddress],
        *,
        others: Iterable[Connector] = (),
        metrics: DepartmentMetrics | None = None,
        cache: AnswerCache | None = None,
        tracer: Tracer = NO_TRACES,
    ) -> Self:
        """Return the connectors for *addresses*; nothing is called yet.

        Args:
            others: that need no address: people answer there.

        Raises:
            DepartmentNotConnected: no connector knows a department of that id, or several do and
                the address has no stem.
        """
        opened: list[Connector] = []
        for address in addresses:
            known = [
                one
                for one in CONNECTORS
                if one.department == address.id and address.stem in {"", one.stem}
            ]
            if len(known) != 1:
                raise DepartmentNotConnected(address.id)
            opened.append(known[0].open(address))
        return cls([*opened, *others], metrics=metrics, cache=cache, tracer=tracer)

    def __getitem__(self, connector: type[C]) -> C:
        """Return the connector of that class.

        Raises:
            DepartmentNotConnected: there is none here.
        """
        try:
            return cast("C", self._connectors[connector])
        except KeyError:
            raise DepartmentNotConnected(connector.department) from None

    def connects(self, question: Question[Any]) -> bool:
        """Whether this deployment has an address for whoever answers *question*."""
        return question.connector in self._connectors

    async def ask(
        self,
        question: Question[T],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Put *question* to the department it belongs to: from the cache, with others, or anew.

        Raises:
            DepartmentError: no usable answer for anyone.
            DepartmentNotConnected: there is none here.
        """
        if self._cache is None or not question.lifetime:
            return await self._together(question, subjects, want, authority)
        known = await self._cache.known(question, subjects, want, authority)
        missing = [subject for subject in subjects if subject not in known]
        if not missing:
            return known
        fresh = await self._together(question, missing, want, authority)
        await self._cache.keep(question, fresh, want, authority)
        return {**known, **fresh}

    async def _together(
        self,
        question: Question[T],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Ask, or wait for the same question that is under way for the same authority."""
        asked: _Asked = (
            id(question),
            tuple(subjects),
            want,
            authority.case_number,
            authority.officer,
            authority.organisation,
            authority.purpose,
            authority.covers_family,
        )
        under_way = self._under_way.get(asked)
        if under_way is not None:
            try:
                with anyio.fail_after(time_left(_LONGEST_COMPANY)):
                    return await asyncio.shield(under_way)
            except TimeoutError as error:
                raise DepartmentTimeout(question.department) from error
            except (_GivenUp, DepartmentTimeout):  # of whoever asked first; we still want to know
                if time_left(_LONGEST_COMPANY) <= 0:
                    raise DepartmentTimeout(question.department) from None
                return await self._together(question, subjects, want, authority)
        mine = self._under_way[asked] = asyncio.get_running_loop().create_future()
        try:
            about = {
                "chakong.department": question.department,
                "chakong.question": question.name,
                "chakong.fields": len(want),
                "chakong.subjects": len(subjects),
            }
            with self._tracer.span("department.ask", about):
                answers = await self.put(question, subjects, want, authority)
        except DepartmentError as error:
            mine.set_exception(error)
            mine.exception()  # seen, also when nobody waits
            raise
        except BaseException:
            mine.set_exception(_GivenUp())
            mine.exception()
            raise
        else:
            mine.set_result(answers)
            return answers
        finally:
            del self._under_way[asked]

    async def put(
        self,
        question: Question[T],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Put *question* on its department's line, past cache and company."""
        connector = self[question.connector]
        ask = question.__get__(connector, type(connector))
        line = self.line(question.stem)
        return await line.ask(lambda: ask(subjects, want, authority))

    async def collect(  # noqa: PLR0913 -- a question, its claim, how long
        self,
        question: Question[T],
        claim: str,
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
        *,
        within: float,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Return the answers that were pending under *claim*, as soon as they are there.

        Past cache, company and line: nothing is asked anew, and nobody waits behind it.

        Args:
            within: seconds; a department that cannot be reached is tried again as long as there are some.

        Raises:
            DepartmentError: there will be no answer, or none came in time.
        """
        connector = self[question.connector]
        try:
            with anyio.fail_after(within):
                while True:
                    try:
                        return await connector.collect(question, claim, subjects, want, authority)
                    except DepartmentError as error:
                        if not error.retryable:
                            raise
                    await anyio.sleep(_BETWEEN_TRIES)
        except TimeoutError as error:
            raise DepartmentTimeout(question.department) from error

    def question(self, stem: str, name: str) -> Question[Any]:
        """Return the question of that name.

        Raises:
            DepartmentNotConnected: nobody here is asked such a question.
        """
        for one in self._connectors:
            found = getattr(one, name, None) if one.stem == stem else None
            if isinstance(found, Question):
                return found
        raise DepartmentNotConnected(stem)

    def line(self, stem: str) -> Line:
        return self._lines[stem]

    def add_line(self, stem: str, department: str, deadline: float) -> None:
        """Open a line to a department that no connector here asks."""
        self._lines[stem] = Line(department, deadline, self._metrics)

    def __contains__(self, connector: object) -> bool:
        return connector in self._connectors

    def __iter__(self) -> Iterator[Connector]:
        return iter(self._connectors.values())

    def control(self, department: str) -> ControlPort:
        """Return where orders for the department with that id go.

        Raises:
            DepartmentNotConnected: it is not connected here, or takes no orders.
        """
        for one in self:
            if one.department == department and one.carries:
                return SparingPort(cast("ControlPort", one), self._lines[one.stem])
        raise DepartmentNotConnected(department)

    def control_ports(self) -> dict[str, ControlPort]:
        """Return where orders go, for every department here that takes any."""
        return {one.department: self.control(one.department) for one in self if one.carries}

    async def aclose(self) -> None:
        """Let go of every department, also when one of them cannot be let go of cleanly."""
        async with contextlib.AsyncExitStack() as stack:
            for one in self:
                stack.push_async_callback(one.aclose)
            if self._cache is not None:
                stack.push_async_callback(self._cache.aclose)
