"""HTML that cannot be broken out of: whatever is filled in is escaped, unless it is HTML already."""

from collections.abc import Iterable
from html import escape
from string import Formatter
from typing import Any


class Html(str):
    """Text that is HTML: a template that was filled in, never what somebody wrote."""

    __slots__ = ()


def fill(template: str, /, **values: object) -> Html:
    """Return *template* with *values* in its ``{places}``; all but `Html` is escaped."""
    return Html(_Escaping().vformat(template, (), values))


def joined(parts: Iterable[Html]) -> Html:
    return Html("\n".join(parts))


class _Escaping(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return value if isinstance(value, Html) else escape(format(value, format_spec))
