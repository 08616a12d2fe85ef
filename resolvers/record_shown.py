"""An entry of the record as auditors see it: in the graph, and in what they take away."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.identity import IdNumber
from resolvers.record_reading import OpenedEntry


class ShownEntry:
    """An entry with officers and cases in the clear, and people as pseudonyms."""

    __slots__ = ("entry", "subjects")

    def __init__(self, entry: OpenedEntry, pseudonym: Callable[[IdNumber], str]) -> None:
        self.entry = entry
        self.subjects = [pseudonym(IdNumber(one)) for one in _list(entry.personal, "subjects")]

    @property
    def number(self) -> str:
        return str(self.entry.row.n)

    @property
    def at(self) -> datetime:
        return self.entry.at

    @property
    def kind(self) -> str:
        return self.entry.row.kind

    @property
    def unit(self) -> str:
        return self.entry.row.unit

    @property
    def decision(self) -> str:
        return self.entry.row.decision

    @property
    def leaf_hash(self) -> str:
        return self.entry.row.hash.hex()

    @property
    def leaf(self) -> str:
        return self.entry.row.leaf.decode()

    @property
    def who(self) -> str | None:
        return _text(self.entry.personal, "who")

    @property
    def cases(self) -> list[str]:
        return _list(self.entry.personal, "cases")

    @property
    def refused_cases(self) -> list[str]:
        return _list(self.entry.personal, "refusedCases")

    @property
    def documents(self) -> list[str]:
        return _list(self.entry.personal, "documents")

    @property
    def reasons(self) -> list[str]:
        return _list(self.entry.personal, "reasons")

    @property
    def accounts(self) -> list[str]:
        return _list(self.entry.personal, "accounts")

    @property
    def purpose(self) -> str | None:
        return _text(self.entry.leaf, "purpose")

    @property
    def legal_basis(self) -> list[str]:
        return _list(self.entry.leaf, "basis")

    @property
    def outside(self) -> bool:
        return bool(self.entry.leaf.get("outside"))

    @property
    def client(self) -> str | None:
        return _text(self.entry.leaf, "client")

    @property
    def role(self) -> str | None:
        return _text(self.entry.leaf, "role")

    @property
    def request_id(self) -> str | None:
        return _text(self.entry.leaf, "request")

    @property
    def operation(self) -> str | None:
        return _text(self.entry.leaf, "operation")

    @property
    def milliseconds(self) -> int | None:
        return _number(self.entry.leaf, "ms")

    @property
    def cost(self) -> int | None:
        return _number(self.entry.leaf, "cost")

    @property
    def delegations(self) -> list[str]:
        return _list(self.entry.leaf, "delegations")

    @property
    def groups(self) -> list[str]:
        return _list(self.entry.leaf, "groups")

    @property
    def coordinates(self) -> list[str]:
        return _list(self.entry.leaf, "coordinates")

    @property
    def denied(self) -> list[str]:
        return _list(self.entry.leaf, "denied")

    @property
    def codes(self) -> list[str]:
        return _list(self.entry.leaf, "codes")

    @property
    def erased(self) -> bool:
        return self.entry.is_erased


def _list(side: dict[str, Any], member: str) -> list[str]:
    return [str(one) for one in side.get(member) or ()]


def _text(side: dict[str, Any], member: str) -> str | None:
    value = side.get(member)
    return None if value is None else str(value)


def _number(side: dict[str, Any], member: str) -> int | None:
    value = side.get(member)
    return value if isinstance(value, int) else None
