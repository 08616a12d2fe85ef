"""Text that people write and every department can carry: printable, of a length, not blank."""

import unicodedata
from typing import Final

# Control, surrogate, private use, unassigned; format characters show nothing and hide much.
_UNFIT: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Cf"})
_LINE_ENDS: Final = frozenset("\n")


class UnfitText(ValueError):
    """The text holds what no document may hold; the message repeats nothing of it."""


def plain_text(text: str, *, most: int, lines: bool = False) -> str:
    """Return *text* without blanks around it.

    Args:
        most: characters.
        lines: whether line ends may stand in it.

    Raises:
        UnfitText: blank, too long, or with control, format, surrogate or unassigned characters,
            which XML 1.0 and SQL text cannot carry or readers cannot see.
    """
    stripped = text.strip()
    if not stripped:
        raise UnfitText("must not be blank")
    if len(stripped) > most:
        raise UnfitText(f"must have at most {most} characters")
    for place, character in enumerate(stripped, start=1):
        if lines and character in _LINE_ENDS:
            continue
        if unicodedata.category(character) in _UNFIT:
            raise UnfitText(f"has an unprintable character at position {place}")
    return stripped
