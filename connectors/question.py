"""
A question: what a connector can be asked, for whom, with which fields, under which authority.

::

    class VehiclesConnector(Connector):
        @question(record=VehicleRecord, plural=True, limit=200)
        async def owned_by(self, subjects, want, authority): ...

    await vehicles.owned_by(subjects, want, authority)   # an ordinary method
    VehiclesConnector.owned_by.department                # what a declaration needs to know
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast, overload

import msgspec

from connectors.bounds import MOST_RECORDS, Remarks, within_bounds

if TYPE_CHECKING:
    from datetime import datetime

    from connectors.base import Connector
    from connectors.errors import DepartmentError
    from domain.identity import IdNumber

T = TypeVar("T")
C = TypeVar("C", bound="Callable[..., Any]")


class Authority(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """Under which case, by whom and for what a question is asked; it travels with the question.

    Attributes:
        covers_family: whether a debtor's spouse and family may be asked about too.
    """

    case_number: str
    officer: str
    organisation: str
    purpose: str
    request_id: str
    covers_family: bool = False


class Projection(frozenset[str]):
    """The record attributes wanted, such as ``{"plate_number", "vin"}``; nothing else is asked."""

    __slots__ = ()

    def wire(self, names: Mapping[str, str]) -> tuple[str, ...]:
        """Return the department's words for what is wanted, in the order of *names*.

        ``as_of`` has no word of its own: every answer carries it.

        Raises:
            ValueError: something is wanted that the department does not have.
        """
        if unknown := self - names.keys() - {"as_of"}:
            raise ValueError(f"no such field at this department: {', '.join(sorted(unknown))}")
        return tuple(word for attribute, word in names.items() if attribute in self)


class Answer(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What a department said about one subject: a value or an error.

    Attributes:
        as_of: aware, UTC; the instant the department's data is from. None with an error.
        overdelivered: values that came without having been asked for; they were dropped.
        cached: it was not asked just now.
        damaged: some values had another form than agreed; in the place of each stands its error,
            a `DepartmentContractBroken`. Everything else is as it was said.
        remarks: what has to be said besides; None for nothing.
    """

    value: T | None = None
    error: DepartmentError | None = None
    as_of: datetime | None = None
    overdelivered: int = 0
    cached: bool = False
    damaged: bool = False
    remarks: Remarks | None = None

    def get(self) -> T:
        """Return the value.

        Raises:
            DepartmentError: this subject has no usable answer.
        """
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


class Asks(Protocol[T]):
    """A question bound to its connector."""

    def __call__(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Coroutine[Any, Any, Mapping[IdNumber, Answer[T]]]: ...


Asking = Callable[
    [Any, Sequence["IdNumber"], Projection, Authority],
    Coroutine[Any, Any, Mapping["IdNumber", Answer[T]]],
]


class Question(Generic[T]):
    """A connector's method together with what a declaration must know about it.

    Attributes:
        connector: the class that asks.
        name: the method's name.
        record: the type of one record.
        plural: each subject has a tuple of records; otherwise one record or None.
        limit: subjects in one call on the wire; larger batches are split by the connector.
        lifetime: seconds an answer may be kept, where a deployment keeps any; 0 for never.
        most: records of one subject that are shown; what is more is cut off, and said to be.
        collecting: how an answer that was pending is collected; None where none ever is.
    """

    connector: type[Connector]
    name: str

    def __init__(  # noqa: PLR0913 -- a question's parts
        self,
        ask: Asking[T],
        *,
        record: type[Any],
        plural: bool,
        limit: int,
        lifetime: float,
        most: int,
    ) -> None:
        self._ask = ask
        self.record = record
        self.plural = plural
        self.limit = limit
        self.lifetime = lifetime
        self.most = most
        self.collecting: Callable[..., Any] | None = None
        update_wrapper(cast("Any", self), ask)

    def __set_name__(self, owner: type[Connector], name: str) -> None:
        self.connector = owner
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: Connector, owner: type[Any]) -> Asks[T]: ...
    def __get__(self, instance: Connector | None, owner: type[Any]) -> Self | Asks[T]:
        if instance is None:
            return self
        ask = self._ask.__get__(instance, owner)

        async def bounded(
            subjects: Sequence[IdNumber], want: Projection, authority: Authority
        ) -> Mapping[IdNumber, Answer[T]]:
            return within_bounds(self, await ask(subjects, want, authority), want)

        return bounded

    def collected(self, collect: C) -> C:
        """Declare the decorated method as how an answer that was pending is collected.

        It is given the claim, the subjects of it, projection and authority; it waits until the answer
        is there or it is cancelled, and returns what one call brought.
        """
        self.collecting = collect
        return collect

    def __repr__(self) -> str:
        return f"<question {self.connector.__name__}.{self.name}>"

    @property
    def department(self) -> str:
        return self.connector.department

    @property
    def stem(self) -> str:
        return self.connector.stem

    @property
    def attributes(self) -> frozenset[str]:
        """All record attributes that may be wanted."""
        return frozenset(self.record.__struct_fields__)


def question(
    *,
    record: type[Any],
    plural: bool,
    limit: int,
    lifetime: float = 0,
    most: int = MOST_RECORDS,
) -> Callable[[Asking[T]], Question[T]]:
    """Declare the decorated connector method as a question; see `Question`."""

    def declare(ask: Asking[T]) -> Question[T]:
        return Question(
            ask, record=record, plural=plural, limit=limit, lifetime=lifetime, most=most
        )

    return declare
