"""From a department's XML to records: one element for each field, attributes in repeated ones."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec
from lxml import etree

from connectors.columns import Column
from connectors.forms import Yuan, fen
from connectors.question import Projection
from domain.money import Fen

R = TypeVar("R")


class XmlShape(Generic[R]):
    """How one kind of record lies in XML: a value is text, and left out where there is none."""

    def __init__(self, record: type[R], namespace: str, columns: Sequence[Column]) -> None:
        self._record = record
        self._namespace = namespace
        self._columns = tuple(columns)
        self._names: Mapping[str, str] = {one.attribute: one.wire for one in columns}

    def wire(self, want: Projection) -> tuple[str, ...]:
        """Return the words to ask for; see `Projection.wire`."""
        return want.wire(self._names)

    def many(
        self, rows: Sequence[etree._Element], want: Projection, as_of: datetime
    ) -> tuple[tuple[R, ...], int]:
        """Return the records in *rows*, and how many values came that nobody had asked for.

        Raises:
            ValueError: a value has another form, or came twice.
        """
        wanted = {
            f"{{{self._namespace}}}{one.wire}": one
            for one in self._columns
            if one.attribute in want
        }
        read = [self._read(row, wanted, want, as_of) for row in rows]
        return tuple(record for record, _ in read), sum(extra for _, extra in read)

    def _read(
        self,
        row: etree._Element,
        wanted: Mapping[str, Column],
        want: Projection,
        as_of: datetime,
    ) -> tuple[R, int]:
        values: dict[str, Any] = {one.attribute: () for one in wanted.values() if one.always}
        extra = 0
        for child in row:
            one = wanted.get(child.tag)
            if one is None:
                extra += 1
            elif one.always and one.read is not None:
                values[one.attribute] = (*values[one.attribute], one.read(child))
            elif one.attribute in values or len(child):
                raise ValueError("a value came twice, or is not text")
            else:
                value = msgspec.convert(child.text or "", one.form)
                values[one.attribute] = value if one.read is None else one.read(value)
        if "as_of" in want:
            values["as_of"] = as_of
        return self._record(**values), extra


class Attributes:
    """The attributes of one element, read by form; an empty one is as good as none."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def text(self, name: str) -> str | None:
        return self._element.get(name) or None

    def as_form(self, name: str, form: Any) -> Any:
        """Return the attribute as *form*, None if it is empty. ValueError if it has another."""
        text = self.text(name)
        return None if text is None else msgspec.convert(text, form, strict=False)

    def day(self, name: str) -> date | None:
        found: date | None = self.as_form(name, date)
        return found

    def money(self, name: str) -> Fen | None:
        return fen(self.as_form(name, Yuan))
