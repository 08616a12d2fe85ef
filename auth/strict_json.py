"""JSON that says one thing: UTF-8, no name twice, no NaN, no bottomless nesting."""

import json
from typing import Any, NoReturn


def json_object(text: bytes) -> dict[str, Any]:
    """Return the object that *text* is.

    Raises:
        ValueError: it is none, or other parsers could read it otherwise (RFC 8259, section 4).
    """
    try:
        parsed = _DECODER.decode(text.decode("utf-8"))
    except RecursionError:
        raise ValueError("This is nested too deeply.") from None
    if not isinstance(parsed, dict):
        raise ValueError("This is no JSON object.")  # noqa: TRY004 -- one error for all of it
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A member name is repeated.")
    return members


def _refused(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused)
