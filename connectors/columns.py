"""A department's table of fields: our attribute, its word, the form on the wire, how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.errors import DepartmentContractBroken
from connectors.forms import UnlistedCode


@dataclass(frozen=True, slots=True)
class Column:
    """One field.

    Attributes:
        attribute: of the record.
        wire: the department's word.
        form: the msgspec type of the value on the wire.
        read: how that becomes the record's value, if it is not the same. ValueError if it cannot.
        open_codes: a code that the form does not list is kept as it was said, and the answer says so.
            Never where a code changes what the law makes of the asset: there it breaks the contract.
        always: lists: there even if empty. Others are null (in XML: left out) without a value.
    """

    attribute: str
    wire: str
    form: Any = str
    read: Callable[[Any], object] | None = None
    always: bool = False
    open_codes: bool = False

    @property
    def json_form(self) -> Any:
        return self.form if self.always else self.form | None

    def unlisted(self, value: object) -> str | None:
        """Return *value* if it is a code that the form does not list and that may be kept."""
        if not self.open_codes:
            return None
        try:
            return msgspec.convert(value, UnlistedCode)
        except ValueError:
            return None

    def unlisted_of_json(self, value: msgspec.Raw) -> str | None:
        """As `unlisted`, of what is not read yet."""
        if not self.open_codes:
            return None
        try:
            return self.unlisted(msgspec.json.decode(value))
        except (ValueError, RecursionError):
            return None


def broken_value(department: str) -> DepartmentContractBroken:
    """Return what stands in a record for a value of another form than agreed."""
    return DepartmentContractBroken(department, "a field has another form")
