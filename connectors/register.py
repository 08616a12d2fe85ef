"""A department's register as a table: its columns make the record, and say how it lies on a wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, get_args, get_type_hints

import msgspec

from connectors.columns import Column
from connectors.json_shape import JsonShape, records
from connectors.json_subjects import SubjectList
from connectors.question import Projection

KEY: Final = "source_record_id"  # asked for where nothing is wanted: records are then only counted


class Register:
    """One kind of record that a department keeps.

    Args:
        name: of the record, such as ``VesselRecord``.
        columns: its fields. ``as_of`` is the answer's own and has no column.

    Attributes:
        record: a frozen struct with an attribute for each column and ``as_of``; all of them None
            unless asked for and there (see `connectors.records`).
        shape: how it lies on a JSON wire.
    """

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        fields: list[tuple[str, Any, Any]] = [(one.attribute, _hint(one), None) for one in columns]
        self.record: type[Any] = msgspec.defstruct(
            name, [*fields, ("as_of", datetime | None, None)], frozen=True, kw_only=True, gc=False
        )
        self.columns = tuple(columns)
        self.shape: JsonShape[Any] = JsonShape(self.record, columns)
        self._keyed = any(one.attribute == KEY for one in columns)

    def wire(self, want: Projection) -> tuple[str, ...]:
        """Return the department's words for *want*, in the table's order."""
        return self.shape.wire(want)

    def asked(self, want: Projection) -> Projection:
        """Return *want*, or the record's own number where nothing is wanted."""
        return want if want - {"as_of"} or not self._keyed else Projection({*want, KEY})

    def subjects(self, *, subject: str, found: str, rows: str) -> SubjectList[Any]:
        """Return the reader of a list of subjects in these words."""
        return SubjectList(self.shape, subject=subject, found=found, rows=rows)


def _hint(column: Column) -> Any:
    """Return what the record's attribute is, as a type; None is always in it."""
    if column.read is None:
        return column.form | None
    if column.read is records:
        [words] = get_args(column.form)
        record = get_type_hints(words.record).get("return")
        return tuple[record, ...] | None  # type: ignore[valid-type]
    return get_type_hints(column.read)["return"]
