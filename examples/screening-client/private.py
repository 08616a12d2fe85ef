"""Screening without telling the court whom: ask for a range, judge at one's own desk. Standard library only.

Role 0 of a row is the person himself, 1 the organization itself; whom your measures reach else, `measures`
of the graph says. A HIT is reported with `screen` for that one person: people decide about it.
"""

import hmac
import json
import struct
import unicodedata
import urllib.request
from base64 import b64decode
from typing import Any

_ROW, _MARK = 32, 12


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


class AnswerRefused(Exception):
    """The answer is not of this range under these keys: fetch the keys again. It is no NO_HIT."""


class PrivateScreening:
    def __init__(self, court: str, token: str) -> None:
        self._court, self._headers = court, {"Authorization": f"Bearer {token}"}
        self.fetch_keys()

    def fetch_keys(self) -> None:
        """Fetch the keys of this month; they stay at this desk."""
        given = self._asked("/screen/ranges/keys", None)
        self._period, self._bits = given["period"], given["bits"]
        self._range_key, self._row_key = (
            bytes.fromhex(given[key]) for key in ("rangeKey", "rowKey")
        )

    def verdict(self, number: str, name: str) -> tuple[str, int | None]:
        """Return HIT, NO_HIT or UNDECIDED (the number is listed, under another name), and as what.

        *number* has 18 characters and a right check digit, *name* is in simplified characters.
        """
        digest = _keyed(self._range_key, b"number:" + number.encode())[:16]
        wanted = int.from_bytes(digest[:8], "big") >> (64 - self._bits)
        question = {"period": self._period, "ranges": [wanted]}
        [answer] = self._asked("/screen/ranges", question)["answers"]
        bits, sequence, rows = answer["bits"], answer["sequence"], b64decode(answer["rows"])
        sealed = _keyed(self._row_key, f"answer:{bits}:{wanted}:{sequence}:".encode() + rows)
        if not hmac.compare_digest(sealed.hex(), answer["seal"]) or bits != self._bits:
            raise AnswerRefused
        spelled = unicodedata.normalize("NFKC", name).replace(" ", "")
        person = _keyed(self._range_key, b"person:" + (number + spelled).encode())[:15]
        known = {rows[at : at + _MARK]: rows[at : at + _ROW] for at in range(0, len(rows), _ROW)}
        nth, other = 0, None
        while True:
            veil = _keyed(self._row_key, digest + struct.pack(">BQI", bits, sequence, nth))
            row = known.get(veil[:_MARK])
            if row is None:
                return ("NO_HIT", None) if other is None else ("UNDECIDED", other)
            plain = bytes(a ^ b for a, b in zip(veil, row, strict=True))
            if plain[17:] == person:
                return "HIT", plain[16]
            nth, other = nth + 1, plain[16] if other is None else other

    def _asked(self, path: str, question: object) -> Any:
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(  # noqa: S310 -- the court's own address
            f"{self._court}{path}", body, self._headers
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
            return json.load(answer)
