"""Envelopes, receipts and holds in the traffic police's words (docs/departments/vehicles.md)."""

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree
from starlette.responses import Response

from sandbox.holds import Standing
from sandbox.money import yuan
from sandbox.wire_log import Authority

V: Final = "urn:traffic-police:vehicles"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"


class BadRequest(Exception):
    """A fault for the client; the code is the page's."""


def read(raw: bytes) -> tuple[Any, Authority]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    envelope = etree.fromstring(raw, parser)
    if envelope.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
        raise BadRequest("BAD_REQUEST")
    body = envelope.find(f"{{{_SOAP}}}Body")
    if body is None or len(body) != 1:
        raise BadRequest("BAD_REQUEST")

    def header(name: str) -> str:
        return envelope.findtext(f"{{{_SOAP}}}Header/{{{V}}}Authority/{{{V}}}{name}") or ""

    authority = Authority(
        case=header("AJBH"),
        officer=header("ZFRY"),
        organisation=header("DWBH"),
        purpose=header("YT"),
    )
    return body[0], authority


def envelope(content: Any, status: int = 200) -> Response:
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP, "v": V})
    etree.SubElement(envelope, f"{{{_SOAP}}}Body").append(content)
    raw = etree.tostring(envelope, encoding="GB18030", xml_declaration=True)
    return Response(raw, status, headers={"content-type": "text/xml; charset=GB18030"})


def fault(code: str) -> Response:
    fault = etree.Element(f"{{{_SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = "request refused"
    detail = etree.SubElement(fault, "detail")
    etree.SubElement(detail, f"{{{V}}}Code").text = code
    return envelope(fault, 500)


def write_hold(target: Any, standing: Standing) -> None:
    hold = standing.hold
    entry = etree.SubElement(
        target,
        f"{{{V}}}CFXX",
        JG=hold.authority,
        SX=str(standing.rank),
        JE=yuan(standing.amount),
        ZT=standing.state,
    )
    if standing.ends_on is not None:
        entry.set("JZRQ", standing.ends_on.isoformat())
    if hold.case is not None:
        entry.set("AJBH", hold.case)
        if standing.starts_on is not None:
            entry.set("QSRQ", standing.starts_on.isoformat())


def receipt_in(name: str, receipt: Mapping[str, Any] | None) -> Any:
    answer = etree.Element(f"{{{V}}}{name}")
    if receipt is None:
        return answer
    entry = etree.SubElement(
        answer,
        f"{{{V}}}HZ",
        HZBH=receipt["receiptNumber"],
        CSLX=receipt["action"],
        JG=receipt["result"],
        YQ=yuan(receipt["asked"]),
        KZ=yuan(receipt["controlled"]),
        YY=receipt["reason"],
        JBR=receipt["handler"],
        SJ=receipt["at"],
    )
    _write_place(entry, receipt)
    for prior in receipt["priorHolds"]:
        one = etree.SubElement(entry, f"{{{V}}}ZQ", JG=prior["authority"], JE=yuan(prior["amount"]))
        if prior["expiresOn"] is not None:
            one.set("JZRQ", prior["expiresOn"])
    return answer


def write_standing(target: Any, standing: Mapping[str, Any]) -> None:
    entry = etree.SubElement(
        target,
        f"{{{V}}}CFZT",
        WJBH=standing["key"],
        JLBH=standing["record"],
        XE=yuan(standing["limit"]),
        KZ=yuan(standing["controlled"]),
        ZT=standing["state"],
    )
    _write_place(entry, standing)


def _write_place(entry: Any, words: Mapping[str, Any]) -> None:
    """Write rank and term, as far as there are any."""
    for attribute, member in (("SX", "rank"), ("QSRQ", "startsOn"), ("JZRQ", "endsOn")):
        if words[member] is not None:
            entry.set(attribute, str(words[member]))
