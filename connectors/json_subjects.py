"""
A list of subjects on a JSON wire: decoded in one pass when all of it is as agreed.

One value of another form makes the whole pass fail; only then each subject is read for itself, so
that it costs its own field.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec

from connectors.errors import DepartmentContractBroken
from connectors.forms import utc
from connectors.json_shape import JsonShape, Said, decoded
from connectors.question import Answer, Projection

R = TypeVar("R")

_KEPT_PROJECTIONS: Final = 256
_NULL: Final = msgspec.Raw(b"null")


class SubjectList(Generic[R]):
    """Entries of ``{subject, found, rows}`` in a department's own words.

    Args:
        single: *rows* is one object or null, not a list.
    """

    def __init__(
        self, shape: JsonShape[R], *, subject: str, found: str, rows: str, single: bool = False
    ) -> None:
        self._shape = shape
        self._subject = subject
        self._found = found
        self._rows = rows
        self._single = single
        self._whole = lru_cache(maxsize=_KEPT_PROJECTIONS)(self._decoder)
        entry: Any = self._entry("Entry", msgspec.Raw, msgspec.Raw, _NULL)
        self._unread: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[entry])

    def answers(
        self, department: str, raw: msgspec.Raw | bytes, want: Projection, as_of: datetime
    ) -> list[tuple[str, Answer[Any]]]:
        """Return what was said of each subject: records, or one record or None if *single*.

        Raises:
            DepartmentContractBroken: it is no list of subjects.
        """
        try:
            instant = utc(as_of)
        except ValueError:
            raise DepartmentContractBroken(department, "an instant that is none") from None
        try:
            return self._in_one_pass(department, raw, want, instant)
        except (ValueError, RecursionError):
            read = self._shape.single if self._single else self._shape.many
            return [
                (one.subject, read(department, Said(one.found, one.rows), want, instant))
                for one in decoded(department, self._unread, raw)
            ]

    def _in_one_pass(
        self, department: str, raw: msgspec.Raw | bytes, want: Projection, as_of: datetime
    ) -> list[tuple[str, Answer[Any]]]:
        read, single = self._shape.reader(want), self._single
        heard: list[tuple[str, Answer[Any]]] = []
        for entry in self._whole(want).decode(raw):
            rows = entry.rows
            answer: Answer[Any]
            if entry.found and rows is not None:
                value = read((rows,), as_of)[0] if single else read(rows, as_of)
                answer = Answer(value=value, as_of=as_of)
            elif not entry.found and not rows:
                answer = Answer(value=None if single else (), as_of=as_of)
            else:
                answer = Answer(
                    error=DepartmentContractBroken(department, "neither known nor unknown")
                )
            heard.append((entry.subject, answer))
        return heard

    def _decoder(self, want: Projection) -> msgspec.json.Decoder[Any]:
        row: Any = self._shape.row(want)
        entry: Any = self._entry("Entry", bool, (row if self._single else list[row]) | None, None)
        return msgspec.json.Decoder(list[entry])

    def _entry(self, name: str, found: Any, rows: Any, without: Any) -> type[Any]:
        return msgspec.defstruct(
            name,
            [("subject", str), ("found", found), ("rows", rows, without)],
            rename={"subject": self._subject, "found": self._found, "rows": self._rows},
        )
