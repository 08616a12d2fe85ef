"""A control order as it lies in JSON: the names of docs/departments/README.md."""

import msgspec

from sandbox.orders import Order


class OrderBody(msgspec.Struct, rename="camel"):
    """What every order says; a page adds the limit in its own unit."""

    case: str
    court: str
    action: str
    subject: str
    subject_name: str
    record: str
    months: int
    document_hash: str
    ruling: str
    officers: tuple[str, str]
    hold_key: str | None = None

    def order(self, key: str, *, document_hash: str, limit: int) -> Order:
        """Return the order with *key*. ValueError if it cannot be read."""
        return Order(
            key=key,
            document_hash=document_hash,
            case=self.case,
            court=self.court,
            action=self.action,
            hold_key=self.hold_key,
            subject=self.subject,
            name=self.subject_name,
            record=self.record,
            limit=limit,
            months=self.months,
            ruling=self.ruling,
        )
