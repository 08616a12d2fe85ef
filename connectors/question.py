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

if TYPE_CHECKING:
    from datetime import datetime

    from connectors.base import Connector
    from connectors.errors import DepartmentError
    from domain.identity import IdNumber

T = TypeVar("T")


class Authority(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """Under which case, by whom and for what a question is asked; it travels with the question."""

    case_number: str
    officer: str
    organisation: str
    purpose: str
    request_id: str


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
    """

    value: T | None = None
    error: DepartmentError | None = None
    as_of: datetime | None = None
    overdelivered: int = 0
    cached: bool = False
    damaged: bool = False

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
    """

    connector: type[Connector]
    name: str

    def __init__(
        self, ask: Asking[T], *, record: type[Any], plural: bool, limit: int, lifetime: float
    ) -> None:
        self._ask = ask
        self.record = record
        self.plural = plural
        self.limit = limit
        self.lifetime = lifetime
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
        return cast("Asks[T]", self._ask.__get__(instance, owner))

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
    *, record: type[Any], plural: bool, limit: int, lifetime: float = 0
) -> Callable[[Asking[T]], Question[T]]:
    """Declare the decorated connector method as a question; see `Question`."""

    def declare(ask: Asking[T]) -> Question[T]:
        return Question(ask, record=record, plural=plural, limit=limit, lifetime=lifetime)

    return declare
