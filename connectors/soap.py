"""
SOAP 1.1 in GB18030: own envelopes out, a hardened parser in.

An answer declares GB18030, or its forerunners GBK and GB2312; its bytes are decoded before XML sees
them, and bytes in another encoding than they declare are a broken contract. A
document type declaration is refused unparsed: no entity is ever declared, let alone expanded.
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from connectors import calls
from connectors.charset import LONGEST_DECLARATION, decoded_text
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    KeyReused,
    OutcomeUnknown,
)
from connectors.http import DepartmentClient

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_DECLARED: Final = re.compile(
    rb"""\s*<\?xml [^>]*encoding=["'](GB18030|GBK|GB2312)["'][^>]*\?>""", re.IGNORECASE
)
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OK: Final = 200
_FAULT: Final = 500


def element(tag: str, text: str) -> str:
    """Return ``<v:tag>text</v:tag>``, escaped.

    Raises:
        ValueError: *text* has a character that XML cannot carry.
    """
    if _NOT_XML.search(text):
        raise ValueError("a character that XML cannot carry")
    return f"<v:{tag}>{escape(text)}</v:{tag}>"


def body_of(department: str, content: bytes) -> etree._Element:
    """Return the only element in the SOAP body of *content*.

    Raises:
        DepartmentContractBroken: not an envelope in the encoding it declares, or with a document type
            declaration.
    """
    declared = _DECLARED.match(content, 0, LONGEST_DECLARATION)
    if declared is None:
        raise DepartmentContractBroken(department, "not XML that declares an agreed encoding")
    text = decoded_text(department, content[declared.end() :], declared[1].decode())
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DepartmentContractBroken(department, "a document type declaration")
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
    except etree.XMLSyntaxError:  # its message may quote the answer
        raise DepartmentContractBroken(department, "not XML") from None
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise DepartmentContractBroken(department, "not a SOAP envelope")
    return bodies[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapService:
    """One service of one department."""

    client: DepartmentClient
    department: str
    path: str
    namespace: str

    async def ask(self, operation: str, body: str, *, header: str = "") -> etree._Element:
        """Send a question; return the answer to it.

        Args:
            body: the children of the operation's element, as XML; see `element`.

        Raises:
            DepartmentError: no answer, a fault, or something that is not the answer.
        """
        content = self._envelope(operation, body, header)
        reply = await calls.ask(
            self.client,
            self.department,
            "POST",
            self.path,
            body=content,
            headers=self._headers(operation),
        )
        return self._answer(operation, reply)

    async def order(self, operation: str, body: str, *, header: str = "") -> etree._Element:
        """Send a control order, once; return the answer to it.

        Raises:
            DepartmentUnreachable, DepartmentBusy, DepartmentRefused, KeyReused: nothing was done.
            OutcomeUnknown: anything else.
        """
        content = self._envelope(operation, body, header)
        headers = self._headers(operation)
        reply = await calls.order(
            self.client, self.department, self.path, body=content, headers=headers
        )
        try:
            return self._answer(operation, reply)
        except (DepartmentBusy, DepartmentRefused, KeyReused):
            raise
        except DepartmentError as error:
            raise OutcomeUnknown(self.department) from error

    def _envelope(self, operation: str, body: str, header: str) -> bytes:
        return (
            '<?xml version="1.0" encoding="GB18030"?>'
            f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:v="{self.namespace}">'
            f"<soap:Header>{header}</soap:Header>"
            f"<soap:Body><v:{operation}>{body}</v:{operation}></soap:Body></soap:Envelope>"
        ).encode("gb18030")

    def _headers(self, operation: str) -> dict[str, str]:
        return {
            "Content-Type": "text/xml; charset=GB18030",
            "SOAPAction": f'"{self.namespace}/{operation}"',
        }

    def _answer(self, operation: str, reply: calls.Reply) -> etree._Element:
        if reply.status not in {_OK, _FAULT}:
            raise calls.refusal(self.department, reply)
        body = body_of(self.department, reply.body)
        if body.tag == f"{{{SOAP}}}Fault":
            code = body.findtext(f"detail/{{{self.namespace}}}Code")
            raise _fault(self.department, code)
        if reply.status != _OK:
            raise calls.refusal(self.department, reply)
        if body.tag != f"{{{self.namespace}}}{operation}Response":
            raise DepartmentContractBroken(self.department, "the answer is to something else")
        return body


def _fault(department: str, code: str | None) -> DepartmentError:
    match code:
        case "KEY_REUSED":
            return KeyReused(department)
        case "BUSY":
            return DepartmentBusy(department)
        case "UNKNOWN_FIELD" | "BAD_REQUEST":
            return DepartmentRefused(department, code)
        case _:
            return DepartmentContractBroken(department, "a fault without a known code")
