"""
From a department's JSON to records: decoded into the projection; what was not asked never enters.

A decoder is built once for every projection (msgspec validates and projects in C). It refuses
words that were not asked for; only then a second, slower look counts and drops them. A value of
another form than agreed costs a third look, value by value: it is an error in its own place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec

from connectors.bounds import Remarks
from connectors.charset import is_garbled
from connectors.columns import Column, broken_value
from connectors.errors import DepartmentContractBroken
from connectors.forms import utc
from connectors.question import Answer, Projection

T = TypeVar("T")
R = TypeVar("R")

_KEPT_PROJECTIONS: Final = 256
_MOST_OBJECTS: Final = 200_000  # of one answer: what is not as agreed is looked at one by one


def decoded(department: str, decoder: msgspec.json.Decoder[T], body: bytes | msgspec.Raw) -> T:
    """Return *body* as *decoder* understands it.

    Raises:
        DepartmentContractBroken: it is not JSON, of another form, or more than anybody can look at.
    """
    if bytes(body).count(b"{") > _MOST_OBJECTS:
        raise DepartmentContractBroken(department, "more records than anybody can look at")
    if is_garbled(body):
        raise DepartmentContractBroken(department, "the answer's characters are garbled")
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError):  # its message quotes the body
        raise DepartmentContractBroken(department, "the answer has another form") from None


class Said(msgspec.Struct, frozen=True):
    """What was said about one subject, unread: one bad word costs this subject alone.

    Attributes:
        found: true or false, if it is as agreed.
        rows: a list, or an object where there is only one.
    """

    found: msgspec.Raw
    rows: msgspec.Raw

    @property
    def is_known(self) -> bool:
        return bytes(self.found) == b"true"

    @property
    def is_unknown(self) -> bool:
        return bytes(self.found) == b"false" and bytes(self.rows) in {b"null", b"[]"}

    def in_a_list(self) -> "Said":
        return Said(self.found, msgspec.Raw(b"[%b]" % bytes(self.rows)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    row: type[Any]
    strict: msgspec.json.Decoder[list[Any]]
    lenient: msgspec.json.Decoder[list[Any]]
    read: Callable[[Sequence[Any], datetime], tuple[Any, ...]]


@dataclass(slots=True)
class _Seen:
    """What stood in a subject's records besides what was agreed.

    Attributes:
        broken: what is put in the place of a value of another form.
    """

    broken: DepartmentContractBroken
    damaged: bool = False
    unlisted: set[str] = field(default_factory=set)

    def note(self, attribute: str, *, is_code: bool) -> None:
        if is_code:
            self.unlisted.add(attribute)
        else:
            self.damaged = True


class JsonShape(Generic[R]):
    """How one kind of record lies on a JSON wire."""

    def __init__(self, record: type[R], columns: Sequence[Column]) -> None:
        self._record = record
        self._columns = tuple(columns)
        self._names: Mapping[str, str] = {one.attribute: one.wire for one in columns}
        self._decoders = {
            one.attribute: msgspec.json.Decoder[Any](one.json_form) for one in columns
        }
        self._compiled = lru_cache(maxsize=_KEPT_PROJECTIONS)(self._compile)

    def wire(self, want: Projection) -> tuple[str, ...]:
        """Return the words to ask for; see `Projection.wire`."""
        return want.wire(self._names)

    def row(self, want: Projection) -> type[Any]:
        """Return the struct of a row on the wire; a word that was not asked for is an error."""
        return self._compiled(want).row

    def reader(self, want: Projection) -> Callable[[Sequence[Any], datetime], tuple[Any, ...]]:
        """Return what makes records of such rows. It raises ValueError where one cannot be read."""
        return self._compiled(want).read

    def many(
        self, department: str, said: Said, want: Projection, as_of: datetime
    ) -> Answer[tuple[R, ...]]:
        """Return the records of one subject; an unknown subject has none.

        A value of another form than agreed is an error in its place; what are no records at all,
        or of somebody neither known nor unknown, is the subject's.
        """
        compiled = self._compiled(want)
        try:
            instant = utc(as_of)
        except ValueError:
            return Answer(error=DepartmentContractBroken(department, "an instant that is none"))
        if said.is_unknown:
            return Answer(value=(), as_of=instant)
        if not said.is_known:
            return Answer(error=DepartmentContractBroken(department, "neither known nor unknown"))
        try:
            return Answer(
                value=compiled.read(compiled.strict.decode(said.rows), instant), as_of=instant
            )
        except (ValueError, RecursionError):
            return self._second_look(department, compiled, said.rows, want, instant)

    def _second_look(
        self,
        department: str,
        compiled: _Compiled,
        raw: msgspec.Raw,
        want: Projection,
        as_of: datetime,
    ) -> Answer[tuple[R, ...]]:
        if bytes(raw).count(b"{") > _MOST_OBJECTS:
            because = "more records than anybody can look at"
            return Answer(error=DepartmentContractBroken(department, because))
        try:
            rows = msgspec.json.decode(raw, type=list[dict[str, msgspec.Raw]])
        except (ValueError, RecursionError):
            return Answer(error=DepartmentContractBroken(department, "no list of records"))
        asked = {*self.wire(want), "__typename"}  # what GraphQL selects where nothing is wanted
        extra = sum(len(row.keys() - asked) for row in rows)
        try:
            value = compiled.read(compiled.lenient.decode(raw), as_of)
        except (ValueError, RecursionError):
            seen = _Seen(broken_value(department))
            records = tuple(self._by_value(row, want, as_of, seen) for row in rows)
            return Answer(
                value=records,
                as_of=as_of,
                overdelivered=extra,
                damaged=seen.damaged,
                remarks=Remarks(unknown_codes=frozenset(seen.unlisted)) if seen.unlisted else None,
            )
        return Answer(value=value, as_of=as_of, overdelivered=extra)

    def _by_value(
        self, row: Mapping[str, msgspec.Raw], want: Projection, as_of: datetime, seen: "_Seen"
    ) -> R:
        values: dict[str, Any] = {"as_of": as_of} if "as_of" in want else {}
        for one in self._columns:
            if one.attribute in want:
                raw = row.get(one.wire)
                if raw is None:
                    values[one.attribute] = seen.broken
                    seen.damaged = True
                    continue
                try:
                    said = self._decoders[one.attribute].decode(raw)
                    values[one.attribute] = said if one.read is None else one.read(said)
                except (ValueError, RecursionError):
                    code = one.unlisted_of_json(raw)
                    values[one.attribute] = seen.broken if code is None else code
                    seen.note(one.attribute, is_code=code is not None)
        return self._record(**values)

    def single(
        self, department: str, said: Said, want: Projection, as_of: datetime
    ) -> Answer[R | None]:
        """Return the only record of one subject, None for an unknown one; see `many`."""
        listed = said if said.is_unknown else said.in_a_list()
        many = self.many(department, listed, want, as_of)
        if many.error is not None:
            return Answer(error=many.error)
        return Answer(
            value=next(iter(many.get()), None),
            as_of=many.as_of,
            overdelivered=many.overdelivered,
            damaged=many.damaged,
            remarks=many.remarks,
        )

    def _compile(self, want: Projection) -> _Compiled:
        columns = tuple(one for one in self._columns if one.attribute in want)
        fields = [(one.attribute, one.json_form) for one in columns]
        strict = msgspec.defstruct("Row", fields, rename=self._names, forbid_unknown_fields=True)
        lenient = msgspec.defstruct("Row", fields, rename=self._names)
        return _Compiled(
            row=strict,
            strict=msgspec.json.Decoder(list[strict]),  # type: ignore[valid-type]  # made above
            lenient=msgspec.json.Decoder(list[lenient]),  # type: ignore[valid-type]  # made above
            read=self._reader(columns, want),
        )

    def _reader(
        self, columns: Sequence[Column], want: Projection
    ) -> Callable[[Sequence[Any], datetime], tuple[Any, ...]]:
        """Return a function from decoded rows to records, written out for this projection.

        Every name in its text is a column of this shape, none comes off a wire.
        """
        names: dict[str, Any] = {"Record": self._record}
        given = []
        for place, one in enumerate(columns):
            value = f"row.{one.attribute}"
            if one.read is not None:
                names[f"read{place}"] = one.read
                value = f"read{place}({value})"
            given.append(f"{one.attribute}={value}")
        if "as_of" in want:
            given.append("as_of=as_of")
        text = f"lambda rows, as_of: tuple([Record({', '.join(given)}) for row in rows])"
        reader: Callable[[Sequence[Any], datetime], tuple[Any, ...]] = eval(text, names)  # noqa: S307 -- see above
        return reader


def records(rows: Sequence[Any] | None) -> tuple[Any, ...] | None:
    """Read a nested list whose structs know their own `record()`."""
    return None if rows is None else tuple(row.record() for row in rows)
