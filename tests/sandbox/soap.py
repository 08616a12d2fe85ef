"""Envelopes of the traffic police, in GB18030 both ways."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import httpx
from lxml import etree

from tests.sandbox.district import Served

S: Final = "http://schemas.xmlsoap.org/soap/envelope/"
V: Final = "{urn:traffic-police:vehicles}"
_HEADER: Final = {"AJBH": "case", "ZFRY": "officer", "DWBH": "organisation", "YT": "purpose"}


def envelope(content: str, header: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="GB18030"?><soap:Envelope xmlns:soap="{S}" '
        f'xmlns:v="urn:traffic-police:vehicles"><soap:Header>{header}</soap:Header>'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    ).encode("gb18030")


def element(name: str, value: str) -> str:
    return f"<v:{name}>{escape(value)}</v:{name}>"


def owners_question(
    owners: Sequence[str], fields: Sequence[str], authority: Mapping[str, str]
) -> bytes:
    content = "".join(element("ZJHM", owner) for owner in owners)
    content += "".join(element("ZD", field) for field in fields)
    header = "".join(element(wire, authority[word]) for wire, word in _HEADER.items())
    header += element("QQBH", "r1")
    return envelope(
        f"<v:QueryByOwner>{content}</v:QueryByOwner>", f"<v:Authority>{header}</v:Authority>"
    )


def post(served: Served, content: bytes, *, timeout: float = 5) -> httpx.Response:
    return served.http.post(
        f"{served.url}/services/VehicleService",
        content=content,
        headers={"Content-Type": "text/xml; charset=GB18030"},
        timeout=timeout,
    )


def body_of(answer: httpx.Response) -> Any:
    """Return the one element in the body of an answer."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        found = etree.fromstring(answer.content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not XML") from error
    assert found.getroottree().docinfo.encoding == "GB18030"
    [content] = found.findall(f"{{{S}}}Body/*")
    return content


def record_of(car: Any) -> dict[str, Any]:
    """Return what is said of one vehicle; repeated elements are lists of their attributes."""
    record: dict[str, Any] = {}
    for field in car:
        name = field.tag.removeprefix(V)
        if field.attrib:
            record.setdefault(name, []).append(dict(field.attrib))
        else:
            record[name] = field.text
    return record


def fault_of(answer: httpx.Response) -> str:
    """Return the page's code in a fault."""
    assert answer.status_code == 500
    fault = body_of(answer)
    assert fault.findtext("faultcode") == "soap:Client"
    return str(fault.findtext(f"detail/{V}Code"))
