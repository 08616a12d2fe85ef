"""What tests of departments that keep money share: a court before one, and records free of holds."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.control import Action, ControlOrder, ControlPort
from connectors.question import Authority, Projection, Question
from domain.identity import IdNumber
from domain.money import Fen
from tests.sandbox.district import SECRET, District

AUTHORITY = Authority(
    case_number="（2026）示9903执1号",
    officer="示9903-0001",
    organisation="示例区人民法院",
    purpose="CONTROL",
    request_id="request-1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A court before one department of a district."""

    connector: Any
    district: District

    @property
    def port(self) -> ControlPort:
        port: ControlPort = self.connector
        return port

    async def records(self, question: Question[Any], *wanted: str) -> list[tuple[IdNumber, Any]]:
        """Return who has which record, the principal's first, with *wanted* and what orders need."""
        people = list(self.district.population.names)
        people.remove(self.district.population.principal)
        subjects = [IdNumber(one) for one in (self.district.population.principal, *people)]
        want = Projection({"source_record_id", *wanted})
        ask = question.__get__(self.connector, type(self.connector))
        answers = await ask(subjects, want, AUTHORITY)
        return [(one, row) for one in subjects for row in answers[one].get()]

    def freeze(self, subject: IdNumber, record: str, amount: int, **other: Any) -> ControlOrder:
        """Return an order to freeze *amount* fen of *record*; a query for 0."""
        order = ControlOrder(
            key=os.urandom(8).hex(),
            case_number="（2026）示9903执1号",
            action="QUERY" if not amount else "FREEZE",
            subject=subject,
            subject_name=self.district.population.names[subject],
            record=record,
            amount_fen=Fen(amount),
            months=12 if amount else 0,
            ruling="裁1",
            notice="协1",
            document_hash="a" * 64,
            officers=("示9903-0001", "示9903-0002"),
            court="示例区人民法院",
        )
        return replace(order, **other)

    def about(self, hold: ControlOrder, action: Action, amount: int | None = None) -> ControlOrder:
        """Return an order about *amount* of a hold, or all of it."""
        return replace(
            hold,
            key=os.urandom(8).hex(),
            action=action,
            hold_key=hold.key,
            amount_fen=hold.amount_fen if amount is None else Fen(amount),
            months=12 if action == "RENEW" else 0,
            ruling="裁1之一",
        )


@asynccontextmanager
async def bench(
    district: District, connector: type[Connector], deadline: float = 5
) -> AsyncIterator[Bench]:
    opened = connector.open(
        DepartmentAddress(
            id=connector.department,
            stem=connector.stem,
            url=district[connector.stem].url,
            secret=SECRET,
            deadline_seconds=deadline,
        )
    )
    try:
        yield Bench(connector=opened, district=district)
    finally:
        await opened.aclose()
