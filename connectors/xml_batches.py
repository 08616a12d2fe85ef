"""
XML message batches over HTTP: a sealed header, a body of requests, and a batch of answers to them.

Each side seals what it says: a digest over the canonical body, keyed with what both know. It stands
where the electronic seal (电子签章) stands once a seal service signs. Bytes are decoded by Python, whose
GB18030 knows all of Unicode, before XML sees them, and a document type declaration is refused
unparsed: no entity is ever declared, let alone expanded.

Source:
    docs/departments/banks.md
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from connectors import calls
from connectors.charset import LONGEST_DECLARATION, decoded_text
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    OutcomeUnknown,
)
from connectors.forms import Instant, utc
from connectors.http import DepartmentClient
from connectors.question import Authority
from connectors.xml_shape import Attributes

NAMESPACE: Final = "urn:chakong:batch:1"
_DECLARED: Final = re.compile(
    rb"""\s*<\?xml [^>]*encoding=["'](?P<charset>GB18030|UTF-8)["'][^>]*\?>""", re.IGNORECASE
)
_OK: Final = 200
# Canonical XML sorts both, in the square of their number.
_MOST_ATTRIBUTES: Final = 64  # of one element
_MOST_PREFIXES: Final = 256  # of namespaces, in one message


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def request(name: str, /, **attributes: str | None) -> etree._Element:
    """Return one request of a batch; an attribute that is None is left out.

    Raises:
        ValueError: a value has a character that XML cannot carry.
    """
    made = etree.Element(tag(name))
    for attribute, value in attributes.items():
        if value is not None:
            made.set(attribute, value)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The batch of answers to one of ours; its seal fits.

    Attributes:
        as_of: aware, UTC.
        entries: one answer a request, in whatever order.
    """

    as_of: datetime
    entries: Sequence[etree._Element]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """The way of batches to one department.

    Attributes:
        charset: ``GB18030`` or ``UTF-8``, in which we write; what comes back says what it is.
        sender: who we are, where no authority says it.
    """

    client: DepartmentClient
    department: str
    path: str
    seal_key: str = field(repr=False)
    charset: str = "GB18030"
    sender: str = "COURT"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def ask(
        self,
        kind: str,
        requests: Sequence[etree._Element],
        authority: Authority | None = None,
        **about: str,
    ) -> Answered:
        """Send a batch of *requests*; return the answers.

        Args:
            kind: ``QUERY``, ``OUTCOME`` or ``STATEMENT``.
            about: what holds for all of them.

        Raises:
            DepartmentError: no answer, or one that is not what was agreed.
        """
        number, content = self._message(kind, requests, authority, about)
        reply = await calls.ask(
            self.client,
            self.department,
            "POST",
            self.path,
            body=content,
            headers=self._headers(),
        )
        return self._answer(number, reply)

    async def order(self, order: etree._Element, authority: Authority) -> Answered:
        """Send a batch with one *order*, once.

        Raises:
            DepartmentUnreachable, DepartmentBusy, DepartmentRefused: nothing was done.
            OutcomeUnknown: anything else.
        """
        number, content = self._message("ORDER", [order], authority, {})
        reply = await calls.order(
            self.client, self.department, self.path, body=content, headers=self._headers()
        )
        try:
            return self._answer(number, reply)
        except (DepartmentBusy, DepartmentRefused):
            raise
        except DepartmentError as error:
            raise OutcomeUnknown(self.department) from error

    def _message(
        self,
        kind: str,
        requests: Sequence[etree._Element],
        authority: Authority | None,
        about: dict[str, str],
    ) -> tuple[str, bytes]:
        """Return the number and the bytes of a sealed message."""
        number = secrets.token_hex(12)
        root = etree.fromstring(f'<Batch xmlns="{NAMESPACE}"/>')
        header, body = etree.SubElement(root, tag("Header")), etree.Element(tag("Body"), about)
        body.extend(requests)
        root.append(body)
        for name, text in (
            ("MessageId", number),
            ("Type", kind),
            ("Sender", self.sender if authority is None else authority.organisation),
            ("SentAt", self.now().isoformat(timespec="milliseconds")),
            ("Count", str(len(requests))),
        ):
            etree.SubElement(header, tag(name)).text = text
        if authority is not None:
            said = etree.SubElement(header, tag("Authority"))
            said.set("case", authority.case_number)
            said.set("officer", authority.officer)
            said.set("organisation", authority.organisation)
            said.set("purpose", authority.purpose)
            said.set("requestId", authority.request_id)
        seal = etree.SubElement(header, tag("Seal"), algorithm="HMAC-SHA256")
        seal.text = self._sealed(body)
        declared = f'<?xml version="1.0" encoding="{self.charset}"?>'
        whole: str = declared + etree.tostring(root, encoding="unicode")
        return number, whole.encode(self.charset)

    def _sealed(self, body: etree._Element) -> str:
        canonical: bytes = etree.tostring(body, method="c14n", exclusive=True, with_comments=False)
        return hmac.new(self.seal_key.encode(), canonical, hashlib.sha256).hexdigest()

    def _headers(self) -> dict[str, str]:
        return {"Content-Type": f"application/xml; charset={self.charset}"}

    def _answer(self, number: str, reply: calls.Reply) -> Answered:
        if reply.status != _OK:
            raise calls.refusal(self.department, reply)
        root = parsed(self.department, reply.body)
        header, body = root.find(tag("Header")), root.find(tag("Body"))
        if root.tag != tag("Batch") or header is None or body is None or len(root) != 2:  # noqa: PLR2004 -- these two
            raise self._broken("not a batch")
        try:
            seal = self._sealed(body)
        except etree.C14NError:  # a namespace that is no address has no canonical form
            raise self._broken("there is no sealing what it says") from None
        if not hmac.compare_digest((header.findtext(tag("Seal")) or "").encode(), seal.encode()):
            raise self._broken("the seal does not fit the answer")
        if (header.findtext(tag("Type")), header.findtext(tag("InReplyTo"))) != ("ANSWER", number):
            raise self._broken("the answer is to something else")
        if header.findtext(tag("Count")) != str(len(body)):
            raise self._broken("more or fewer answers than it says")
        try:
            at = Attributes(body).as_form("asOf", Instant)
            as_of = None if at is None else utc(at)
        except ValueError:
            as_of = None
        if as_of is None:
            raise self._broken("answers without their instant")
        return Answered(as_of=as_of, entries=list(body))

    def _broken(self, because: str) -> DepartmentContractBroken:
        return DepartmentContractBroken(self.department, because)


def parsed(department: str, content: bytes) -> etree._Element:
    """Return the root of *content*.

    Raises:
        DepartmentContractBroken: not XML that says it is GB18030 or UTF-8 and is, or with a document
            type declaration.
    """
    declared = _DECLARED.match(content, 0, LONGEST_DECLARATION)
    if declared is None:
        raise DepartmentContractBroken(department, "not XML in GB18030 or UTF-8")
    text = decoded_text(department, content[declared.end() :], declared["charset"].decode())
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DepartmentContractBroken(department, "a document type declaration")
    if text.count("xmlns:") > _MOST_PREFIXES:
        raise DepartmentContractBroken(department, "more namespaces than anybody needs")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):  # their messages may quote the answer
        raise DepartmentContractBroken(department, "not XML") from None
    if any(len(one.attrib) > _MOST_ATTRIBUTES for one in root.iter()):
        raise DepartmentContractBroken(department, "more attributes than any record has")
    return root
