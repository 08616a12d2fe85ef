"""What the forms of an order say: its facts, brought together once for all of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from domain import catalogue
from domain.civil_time import civil_date
from domain.identity import is_organization
from domain.masks import mask_id_number, mask_name
from domain.order import OrderEvent, OrderState
from gateway.forms.wording import limit
from storage.cases import find_case, find_officers
from storage.order_events import events_of_order
from storage.orders import OrderRecord, find_order
from storage.receipts import ReceiptRecord, receipts_of

_UNAPPROVED: Final = frozenset(
    {
        OrderState.DRAFT,
        OrderState.PENDING_APPROVAL,
        OrderState.REJECTED,
        OrderState.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An order with the names of whom and what it is about.

    Attributes:
        officers: name and credential number of each; a dash for a name that is not registered.
        subject, subject_number: of the obligor, masked where the reader may not have them.
        placed: the order whose hold this one renews, lifts or deducts from.
        approved_on: Asia/Shanghai; None before.
        served_at: when the department said that it had received the order.
        receipt: its latest answer.
    """

    order: OrderRecord
    court: str
    department: str
    asset: str
    officers: tuple[tuple[str, str], ...]
    subject: str = field(repr=False)
    subject_number: str = field(repr=False)
    of_organization: bool
    placed: OrderRecord | None
    approved_on: date | None
    served_at: datetime | None
    receipt: ReceiptRecord | None

    @property
    def is_approved(self) -> bool:
        return OrderState(self.order.state) not in _UNAPPROVED

    @property
    def of_shares(self) -> bool:
        return self.order.quantity is not None

    @property
    def limit(self) -> str:
        """How much is ordered, in words and figures."""
        asked = self.order.quantity if self.of_shares else self.order.amount
        return limit(asked, of_shares=self.of_shares)

    @property
    def subject_line(self) -> str:
        """``张三（公民身份号码：…）``."""
        label = "统一社会信用代码" if self.of_organization else "公民身份号码"
        return f"{self.subject}（{label}：{self.subject_number}）"

    @property
    def officers_line(self) -> str:
        """``执行员甲（公务证号示9903-0001）、…``."""
        return "、".join(f"{name}（公务证号{number}）" for name, number in self.officers) or "—"

    @property
    def asset_line(self) -> str:
        """``机动车（登记编号：…）``."""
        return f"{self.asset}（登记编号：{self.order.record or '—'}）"


def paper_of(connection: Connection, order: OrderRecord, *, raw: bool) -> Paper:
    """Return what the forms of *order* say.

    Args:
        raw: whether the reader may have the obligor's name and number unmasked.
    """
    case = find_case(connection, order.case_number)
    if case is None:
        raise LookupError("an order always has its case")
    registered = find_officers(connection, order.officers)
    names = {credential: officer.name for credential, officer in registered.items()}
    moments = {event.event: event.at for event in events_of_order(connection, order.id)}
    approved = moments.get(OrderEvent.APPROVE.value)
    receipts = receipts_of(connection, order.id)
    organization = is_organization(order.id_number)
    number = str(order.id_number)
    return Paper(
        order=order,
        court=case.court_name,
        department=catalogue.department(order.department).zh,
        asset=catalogue.asset_kind(order.asset_kind).zh,
        officers=tuple((names.get(one, "—"), one) for one in order.officers),
        subject=order.subject_name
        if raw
        else mask_name(order.subject_name, organization=organization),
        subject_number=number if raw else mask_id_number(number),
        of_organization=organization,
        placed=None if order.hold_order is None else find_order(connection, order.hold_order),
        approved_on=None if approved is None else civil_date(approved),
        served_at=moments.get(OrderEvent.RECEIVE.value),
        receipt=receipts[-1] if receipts else None,
    )
