"""Sealed XML message batches, as the bank side reads and writes them (docs/departments/banks.md)."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from sandbox.wire_log import Authority

NAMESPACE: Final = "urn:chakong:batch:1"
_B: Final = f"{{{NAMESPACE}}}"
_CHARSET: Final = re.compile(
    rb"""<\?xml [^>]*encoding=["'](GB18030|UTF-8)["'][^>]*\?>""", re.IGNORECASE
)


class BadMessage(Exception):
    """What came cannot be read, or its seal does not fit."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    number: str
    kind: str
    charset: str
    authority: Authority | None
    about: dict[str, str]
    requests: Sequence[dict[str, str]]


def read(content: bytes, secret: str) -> Message:
    """Return the message in *content*, whose seal fits. BadMessage if there is none."""
    declared = _CHARSET.match(content)
    if declared is None:
        raise BadMessage("BAD_REQUEST", 400)
    charset = declared[1].decode().upper()
    try:
        text = content[declared.end() :].decode(charset)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(text.encode(), parser)
    except (UnicodeDecodeError, etree.XMLSyntaxError):
        raise BadMessage("BAD_REQUEST", 400) from None
    header, body = root.find(f"{_B}Header"), root.find(f"{_B}Body")
    if header is None or body is None:
        raise BadMessage("BAD_REQUEST", 400)
    seal = header.findtext(f"{_B}Seal") or ""
    if not hmac.compare_digest(seal, _sealed(body, secret)):
        raise BadMessage("BAD_SEAL", 401)
    if header.findtext(f"{_B}Count") != str(len(body)):
        raise BadMessage("BAD_REQUEST", 400)
    said = header.find(f"{_B}Authority")
    return Message(
        number=header.findtext(f"{_B}MessageId") or "",
        kind=header.findtext(f"{_B}Type") or "",
        charset=charset,
        authority=None
        if said is None
        else Authority(
            case=said.get("case", ""),
            officer=said.get("officer", ""),
            organisation=said.get("organisation", ""),
            purpose=said.get("purpose", ""),
        ),
        about={str(name): str(value) for name, value in body.attrib.items()},
        requests=[{str(k): str(v) for k, v in one.attrib.items()} for one in body],
    )


def write(
    answers: Sequence[etree._Element], to: Message, at: datetime, secret: str, sender: str
) -> bytes:
    """Return the sealed batch of *answers* to a message, in that message's charset."""
    root = etree.fromstring(f'<Batch xmlns="{NAMESPACE}"/>')
    header = etree.SubElement(root, f"{_B}Header")
    body = etree.SubElement(root, f"{_B}Body", {"asOf": at.isoformat()})
    body.extend(answers)
    for name, text in (
        ("MessageId", f"B{to.number}"),
        ("InReplyTo", to.number),
        ("Type", "ANSWER"),
        ("Sender", sender),
        ("SentAt", at.isoformat()),
        ("Count", str(len(answers))),
        ("Seal", _sealed(body, secret)),
    ):
        etree.SubElement(header, f"{_B}{name}").text = text
    text = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="{to.charset}"?>{text}'.encode(to.charset)


def element(name: str, words: dict[str, Any]) -> etree._Element:
    """Return an element with *words* as attributes; what has no value is left out."""
    made = etree.Element(f"{_B}{name}")
    for word, value in words.items():
        if value is not None and value != "":
            made.set(word, str(value))
    return made


def record(words: dict[str, Any]) -> etree._Element:
    """Return a record: an element a value, one with attributes for each entry of a list."""
    made = etree.Element(f"{_B}Record")
    for word, value in words.items():
        if isinstance(value, list):
            made.extend(element(word, one) for one in value)
        elif value is not None:
            said = {True: "true", False: "false"}.get(value, value)
            etree.SubElement(made, f"{_B}{word}").text = str(said)
    return made


def receipt(key: str, words: dict[str, Any]) -> etree._Element:
    made = element("Receipt", {"key": key} | {k: v for k, v in words.items() if k != "priorHolds"})
    made.extend(element("PriorHold", one) for one in words["priorHolds"])
    return made


def _sealed(body: etree._Element, secret: str) -> str:
    canonical: bytes = etree.tostring(body, method="c14n", exclusive=True, with_comments=False)
    return hmac.new(secret.encode(), canonical, hashlib.sha256).hexdigest()
