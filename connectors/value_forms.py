"""
Forms of the values that may be told outside of the record: in logs and in traces.

None of them can hold a name, a number of a person, case, plate, account or telephone, or a token:
words have no digits in a row and no spaces, ids are those that the gateway draws by lot, numbers
count or measure.
"""

import re
from collections.abc import Callable
from typing import Final

Form = Callable[[object], bool]

_MOST: Final = 10**12  # of a count; what is counted here is far less
_SHORT_OF_A_NUMBER: Final = r"(?!.*\d{4})"


def _text(pattern: str) -> Form:
    matches = re.compile(pattern, re.ASCII).fullmatch

    def is_of_it(value: object) -> bool:
        return isinstance(value, str) and matches(value) is not None

    return is_of_it


WORD: Final = _text(
    _SHORT_OF_A_NUMBER + r"(_?[A-Z][A-Za-z0-9]{0,79}|[A-Z][A-Z0-9_]{0,79}|[a-z_][a-z0-9_]{0,79})"
)
"""A class, a code, a function: `DEPARTMENT_BUSY`, `owned_by`."""

DASHED: Final = _text(_SHORT_OF_A_NUMBER + r"[a-z][a-z0-9-]{0,63}")
"""A department or a unit: `traffic-police`."""

DOTTED: Final = _text(
    _SHORT_OF_A_NUMBER + r"[A-Za-z_][a-z0-9_]{0,39}(\.[A-Za-z_][a-z0-9_]{0,39}){0,7}"
)
"""A logger: `sqlalchemy.pool`."""

PLACE: Final = _text(r"\?|[A-Za-z_<][A-Za-z0-9_<>]{0,79}:[0-9]{1,5}")
"""A function or module, and a line of it."""

ROUTE: Final = _text(r"_OTHER|/[A-Za-z_{}:./-]*")
"""A route as the program names it, places of ids in braces; never an address."""

ISSUER: Final = _text(
    r"https?://(?:(?!\d{4})[A-Za-z0-9.-]){1,253}(?::[0-9]{1,5})?"
    r"(?:/(?:(?!\d{4})[A-Za-z0-9._~-]){0,80}){0,8}"
)
"""An issuer that settings name: `https://court.example/realms/execution`."""

DRAWN: Final = _text(r"[a-z]_[0-9a-f]{24}|[0-9]{1,12}-[0-9a-f]{32}")
"""An id that was drawn by lot: of an order, an entry, a hit, a webhook, a snapshot."""

REQUEST: Final = _text(r"[0-9a-f]{16}")
TRACE: Final = _text(r"[0-9a-f]{32}")
DIGEST: Final = _text(r"[0-9a-f]{64}")
INSTANT: Final = _text(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def count(value: object) -> bool:
    """Whether *value* is a whole number of things."""
    return isinstance(value, int) and not isinstance(value, bool) and -_MOST < value < _MOST


def seconds(value: object) -> bool:
    """Whether *value* is a time that something took or will take."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MOST < value < _MOST


def words_by_department(value: object) -> bool:
    """Whether *value* says one word of each of some departments."""
    return isinstance(value, dict) and all(
        DASHED(name) and WORD(word) for name, word in value.items()
    )
