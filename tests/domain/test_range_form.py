"""The form on the wire, once by hand: what a department's code in any language has to reproduce."""

import hashlib

from domain.range_answer import ListRanges
from domain.range_form import number_digest, person_digest, range_of
from tests.domain.people import MAN
from tests.domain.ranges import KEYS, PERIOD, UNIT, listed


def test_a_row_and_its_seal_are_those_of_the_page() -> None:
    digest = hmac_sha256(KEYS.range_key, b"number:990203199001010017")[:16]
    person = hmac_sha256(KEYS.range_key, "person:990203199001010017陈一".encode())[:15]
    veil = hmac_sha256(KEYS.row_key, digest + b"\5" + (7).to_bytes(8) + bytes(4))
    lead = bytes(12) + (41).to_bytes(4) + b"\3" + person
    row = bytes(one ^ other for one, other in zip(veil, lead, strict=True))

    ranges = ListRanges(PERIOD, [listed(41, 3, MAN, "陈一")], 7, bits=5, least_rows=4)
    answer = ranges.answer(UNIT, digest[0] >> 3)

    assert number_digest(KEYS.range_key, MAN) == digest
    assert person_digest(KEYS.range_key, MAN, "陈一") == person
    assert range_of(digest, 5) == digest[0] >> 3 == answer.range
    assert row in {answer.rows[start : start + 32] for start in range(0, 128, 32)}
    sealed = f"answer:5:{answer.range}:7:".encode() + answer.rows
    assert answer.seal == hmac_sha256(KEYS.row_key, sealed)


def test_keys_and_rows_stay_what_they_are() -> None:
    """Departments have code that reads them; another form is another period's, agreed before."""
    ranges = ListRanges(PERIOD, [listed(41, 3, MAN, "陈一")], 7, least_rows=2)

    assert KEYS.range_key.hex() == (
        "98a0e69c3ec22d668d05883dd301d065165ad34b490be914a36284f7bb18a5d9"
    )
    assert KEYS.row_key.hex() == (
        "a1584958f2d31eac2a92795bd4778513031d7f96cc674d004421f34dd91a19df"
    )
    assert ranges.answer(UNIT, 0).rows.hex() == (
        "83f592bd8f71e7d872077a19b0217e6c43bba6dba02ffe4e6bb46eb7bce491e0"
        "bbe82f92c75b37d2520468f4d318c2d8280b0402a78ab0894627849b68ffbbcf"
    )


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Return it as RFC 2104 writes it, so that this page shares nothing with what it tests."""
    inner = bytes(byte ^ 0x36 for byte in key.ljust(64, b"\0"))
    outer = bytes(byte ^ 0x5C for byte in key.ljust(64, b"\0"))
    return hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()
