"""
The characters of an answer: which encoding was agreed, and how a mix-up shows.

A name that was read in the wrong encoding looks like somebody else's name. So an answer that shows
signs of one is a broken contract as a whole, and none of it is repeated.
"""

import re
from typing import Final

import msgspec

from connectors.errors import DepartmentContractBroken

CODECS: Final = {
    "utf-8": "utf-8",
    # GB18030 reads its forerunners, and Python's knows all of Unicode.
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
"""Encodings that may be agreed with a department, in lower case."""

LONGEST_DECLARATION: Final = 256
"""Bytes in which an XML declaration ends. One that is looked for further and never ends costs the square
of its length: eight million bytes of it would keep everybody waiting for an hour."""

_REPLACED: Final = "\ufffd".encode()  # somebody before us met bytes he could not read
_REPLACED_TWICE: Final = "锟斤拷".encode()  # and somebody after him took that for GBK
_CONTROLS: Final = re.compile(rb"\xc2[\x80-\x9f]")  # UTF-8 that was taken for Latin-1
_ESCAPED: Final = re.compile(
    rb"\\u(?:fffd|00[89][0-9a-f]|951f\\u65a4\\u62f7)", re.IGNORECASE
)  # all three, as JSON may write them
_FIRST_OF_THREE_BYTES: Final = "\u0800"


def is_garbled(text: bytes | msgspec.Raw) -> bool:
    """Whether UTF-8 *text* has what only a mix-up of encodings leaves behind."""
    body = bytes(text)
    # To look for one byte costs next to nothing, and most answers have none of these.
    return (
        (b"\xef" in body and _REPLACED in body)
        or (b"\xc2" in body and _CONTROLS.search(body) is not None)
        or (b"\\" in body and _ESCAPED.search(body) is not None)
        or _REPLACED_TWICE in body
    )


def decoded_text(department: str, content: bytes, charset: str) -> str:
    """Return *content* in the agreed *charset*, a key of `CODECS`.

    Raises:
        DepartmentContractBroken: it is in another, or garbled.
    """
    codec = CODECS[charset.lower()]
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:  # it holds the answer
        raise DepartmentContractBroken(department, f"not {charset.upper()}") from None
    if codec != "utf-8" and _is_utf8(content):
        raise DepartmentContractBroken(department, f"UTF-8 that says it is {charset.upper()}")
    if is_garbled(text.encode("utf-8", "surrogatepass")):
        raise DepartmentContractBroken(department, "the answer's characters are garbled")
    return text


def as_utf8(department: str, content: bytes, charset: str) -> bytes:
    """Return *content* in UTF-8; see `decoded_text`."""
    if charset.lower() == "utf-8":
        return content
    return decoded_text(department, content, charset).encode()


def _is_utf8(content: bytes) -> bool:
    """Whether *content* has Chinese in UTF-8: GBK is next to never valid UTF-8 of three bytes."""
    if content.isascii():
        return False
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return any(one >= _FIRST_OF_THREE_BYTES for one in text)
