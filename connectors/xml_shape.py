"""From a department's XML to records: one element for each field, attributes in repeated ones."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec
from lxml import etree

from connectors.bounds import Remarks
from connectors.columns import Column, broken_value
from connectors.forms import Amount, Rank, fen
from connectors.question import Answer, Projection
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
        self,
        department: str,
        rows: Sequence[etree._Element],
        want: Projection,
        as_of: datetime,
    ) -> Answer[tuple[R, ...]]:
        """Return the records in *rows*.

        A value that has another form than agreed, or came twice, is an error in its place.
        """
        wanted = {
            f"{{{self._namespace}}}{one.wire}": one
            for one in self._columns
            if one.attribute in want
        }
        unlisted: set[str] = set()
        read = [self._values(row, wanted, unlisted) for row in rows]
        at = {"as_of": as_of} if "as_of" in want else {}
        for values, broken, _ in read:
            values.update(dict.fromkeys(broken, broken_value(department)))
        return Answer(
            value=tuple(self._record(**values, **at) for values, _, _ in read),
            as_of=as_of,
            overdelivered=sum(extra for _, _, extra in read),
            damaged=any(broken for _, broken, _ in read),
            remarks=Remarks(unknown_codes=frozenset(unlisted)) if unlisted else None,
        )

    def _values(
        self, row: etree._Element, wanted: Mapping[str, Column], unlisted: set[str]
    ) -> tuple[dict[str, Any], set[str], int]:
        """Return the values of *row*, which attributes are broken, and how many nobody asked for.

        Attributes with a code that no list has are added to *unlisted*.
        """
        values: dict[str, Any] = {one.attribute: [] for one in wanted.values() if one.always}
        lists = tuple(values)
        broken: set[str] = set()
        extra = 0
        for child in row:
            one = wanted.get(child.tag)
            if one is None:
                extra += 1
                continue
            try:
                if one.always and one.read is not None:
                    values[one.attribute].append(one.read(child))
                else:
                    values[one.attribute] = _value(one, child, values)
            except ValueError:
                code = None if one.attribute in values or len(child) else one.unlisted(child.text)
                if code is None:
                    broken.add(one.attribute)
                else:
                    values[one.attribute] = code
                    unlisted.add(one.attribute)
        values.update((name, tuple(values[name])) for name in lists)
        return values, broken, extra


def _value(one: Column, element: etree._Element, before: Mapping[str, Any]) -> Any:
    if one.attribute in before or len(element):
        raise ValueError("a value came twice, or is not text")
    value = msgspec.convert(element.text or "", one.form)
    return value if one.read is None else one.read(value)


class Attributes:
    """The attributes of one element, read by form; an empty one is as good as none."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def text(self, name: str) -> str | None:
        return self._element.get(name) or None

    def as_form(self, name: str, form: Any) -> Any:
        """Return the attribute as *form*, None if it is empty. ValueError if it has another.

        A form is text's own: an instant that is written as a number of seconds is none.
        """
        text = self.text(name)
        return None if text is None else msgspec.convert(text, form)

    def rank(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError("not a number")
        found: int = msgspec.convert(int(text), Rank)
        return found

    def day(self, name: str) -> date | None:
        found: date | None = self.as_form(name, date)
        return found

    def money(self, name: str) -> Fen | None:
        return fen(self.as_form(name, Amount))
