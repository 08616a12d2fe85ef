"""
The fields of a new department: named on the command line, or read off its own document.

Of an OpenAPI 3 document a component schema, of an SDL an object type; nested objects, floats and
what else has no column here are told, not guessed.
"""

import json
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
)

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_OF_THE_FILE: Final = frozenset(
    {"bool", "list", "shows", "str"}
)  # what a record's class body needs
_LARGEST: Final = 4 * 1024 * 1024
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("", "str"),
    "date": (", date", "Date"),
    "integer": (", int", "Long"),
    "boolean": (", bool", "bool"),
    "money": (", Amount, fen", "Money"),
    "decimal": (", DecimalText", "Decimal"),
    "texts": (", tuple[str, ...]", "list[str]"),
}
_OPENAPI: Final = {"string": "text", "integer": "integer", "boolean": "boolean"}
_SCALARS: Final = {
    "String": "text",
    "ID": "text",
    "Int": "integer",
    "Boolean": "boolean",
    "Date": "date",
}


class NoFields(ValueError):
    """The document, or the list of fields, does not say what a department has."""


@dataclass(frozen=True, slots=True)
class NewField:
    """One field of a department.

    Attributes:
        wire: the department's word.
        kind: text, date, integer, boolean, money (yuan text), decimal (text) or texts.
        says: what it means, for the graph's documentation.
    """

    wire: str
    kind: str
    says: str

    @property
    def attribute(self) -> str:
        """The Python name: ``boatName`` is ``boat_name``."""
        name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", self.wire).lower()
        return f"{name}_" if keyword.iskeyword(name) or name in _OF_THE_FILE else name

    @property
    def column(self) -> str:
        return f'Column("{self.attribute}", "{self.wire}"{_KINDS[self.kind][0]}),'

    @property
    def type(self) -> str:
        return _KINDS[self.kind][1]


@dataclass(frozen=True, slots=True)
class Read:
    """Fields, and what of the document has no column."""

    fields: tuple[NewField, ...]
    left: tuple[str, ...] = ()


def fields_of_list(given: list[str]) -> Read:
    """Read ``word:kind:meaning``; kind and meaning may be left out.

    Raises:
        NoFields: a word that is no name, a kind that is not known, a word twice, or nothing.
    """
    found = [_listed(one) for one in given]
    return _checked(found, [])


def fields_of_openapi(path: Path, schema: str) -> Read:
    """Read the component *schema* of an OpenAPI 3 document in JSON.

    Raises:
        NoFields: it is unreadable, or has no such schema with properties.
    """
    document = _document(path)
    try:
        properties = document["components"]["schemas"][schema]["properties"]
        items = [(str(word), dict(says)) for word, says in properties.items()]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NoFields(f"{path.name} has no component schema {schema} with properties") from None
    found: list[NewField] = []
    left: list[str] = []
    for word, says in items:
        kind = _kind_of_openapi(says)
        if kind is None or not _WORD.match(word):
            left.append(f"{word}: {says.get('type', 'no type')}")
        else:
            found.append(NewField(word, kind, _one_line(says.get("description") or word)))
    return _checked(found, left)


def fields_of_sdl(path: Path, name: str) -> Read:
    """Read the object type *name* of an SDL.

    Raises:
        NoFields: it is unreadable, or has no such object type.
    """
    try:
        kind = build_schema(_text(path), assume_valid_sdl=True).type_map.get(name)
    except (GraphQLError, TypeError):
        raise NoFields(f"{path.name} is not a GraphQL schema") from None
    if not isinstance(kind, GraphQLObjectType):
        raise NoFields(f"{path.name} has no object type {name}")
    found: list[NewField] = []
    left: list[str] = []
    for word, field in kind.fields.items():
        known = _kind_of_sdl(field.type)
        if known is None or field.args:
            left.append(f"{word}: {field.type}")
        else:
            found.append(NewField(word, known, _one_line(field.description or word)))
    return _checked(found, left)


def _listed(given: str) -> NewField:
    word, kind, says = [*given.split(":", 2), "", ""][:3]
    if kind and kind not in _KINDS:
        raise NoFields(f"{kind} is no kind of field; there are: {', '.join(_KINDS)}")
    return NewField(word, kind or "text", _one_line(says or word))


def _checked(found: list[NewField], left: list[str]) -> Read:
    if not found:
        raise NoFields("there is no field that a column can be made of")
    names = [one.attribute for one in found]
    for one in found:
        if not _WORD.match(one.wire):
            raise NoFields(f"{one.wire!r} is no name of a field: letters, digits and _ alone")
        if names.count(one.attribute) > 1 or one.attribute in {"as_of", "holds", "encumbrances"}:
            raise NoFields(f"{one.wire} is there twice, or is a name that answers have themselves")
    return Read(tuple(found), tuple(left))


def _kind_of_openapi(says: Mapping[str, Any]) -> str | None:
    kind, form = str(says.get("type")), str(says.get("format"))
    if kind == "string" and form == "date":
        return "date"
    if kind == "string" and form in {"decimal", "money"}:
        return form
    if kind == "array" and isinstance(says.get("items"), dict):
        return "texts" if says["items"].get("type") == "string" else None
    return _OPENAPI.get(kind)  # a number is none of these: money is text, never a float


def _kind_of_sdl(kind: Any) -> str | None:
    if isinstance(kind, GraphQLNonNull):
        return _kind_of_sdl(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "texts" if _kind_of_sdl(kind.of_type) == "text" else None
    if isinstance(kind, GraphQLEnumType):
        return "text"
    return _SCALARS.get(kind.name) if isinstance(kind, GraphQLScalarType) else None


def _document(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except (json.JSONDecodeError, RecursionError):
        raise NoFields(
            f"{path.name} is not JSON; a YAML document is turned into it with `yq -o json`"
        ) from None


def _text(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise NoFields(f"{path.name} is no file, or is larger than {_LARGEST} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NoFields(f"{path.name} cannot be read as UTF-8 text") from None


def _one_line(text: str) -> str:
    """Return *text* as one line that a Python string can hold."""
    kept: Iterator[str] = (one for one in " ".join(str(text).split()) if one.isprintable())
    return "".join(kept).replace("\\", "").replace('"', "'")[:100]
