"""Marks: texts that stand for a person, and for nothing else, in every form that a line may give them."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from tests.domain.people import organization, resident

NAME: Final = "欧阳标记"
NUMBER: Final = str(resident(date(1990, 7, 7), 977))
FIRM: Final = str(organization("MARK9770"))
CASE: Final = "（2026）示9903执977097号"
CREDENTIAL: Final = "示9903-9770"
RULING: Final = "（2026）示9903执977097号之九"
PLATE: Final = "示AMK977"
VIN: Final = "XX9MARK7700000977"
ACCOUNT: Final = "990203997709770"
PHONE: Final = "12977097709"
REASON: Final = "标记事由九七七"
FILE: Final = "标记裁定书.pdf"
WORD: Final = "mark-zq977"
"""Part of what programs send: keys, passwords, tokens, secrets, user names, paths."""

_NUMBER_LIKE: Final = re.compile(r"(?=(?:.*\d){6})[0-9A-Za-z]{8,}")
_INSTANT: Final = re.compile(r"\d{4}-\d\d.*")


class Marks:
    """What must be found nowhere, by what it is."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._forms: dict[bytes, str] = {}
        for kind, text in {
            "name": NAME,
            "identity number": NUMBER,
            "organisation": FIRM,
            "case": CASE,
            "credential": CREDENTIAL,
            "plate": PLATE,
            "vehicle": VIN,
            "account": ACCOUNT,
            "telephone": PHONE,
            "reason": REASON,
            "file name": FILE,
            "word": WORD,
        }.items():
            self.add(kind, text)

    def __len__(self) -> int:
        return len(self._kinds)

    def add(self, kind: str, text: str) -> None:
        if text in self._kinds:
            return
        self._kinds[text] = kind
        for form in (
            text.encode(),
            json.dumps(text)[1:-1].encode(),
            quote(text, safe="").encode(),
            quote(text, safe="").lower().encode(),
            text.encode("gb18030"),
        ):
            self._forms[form] = f"{kind}: {text}"

    def harvest(self, answer: Any) -> None:
        """Take what departments and the court told of real (synthetic) people as marks, too."""
        for key, text in _texts(answer):
            told = text.strip()
            if (not told.isascii() and len(told) > 1) or (
                _NUMBER_LIKE.fullmatch(told) and not _INSTANT.fullmatch(told)
            ):
                self.add(f"answered {key}", told)

    def found(self, somewhere: bytes) -> list[str]:
        """Return what of them stands there, with a little of what is around it."""
        return [
            f"{what} in …{somewhere[max(0, at - 60) : at + 60]!r}"
            for form, what in self._forms.items()
            if (at := somewhere.find(form)) >= 0
        ]


def _texts(answer: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(answer, str):
        yield key, answer
    elif isinstance(answer, dict):
        for name, one in answer.items():
            yield from _texts(one, name)
    elif isinstance(answer, list):
        for one in answer:
            yield from _texts(one, key)
