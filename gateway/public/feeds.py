"""What was published last, for media: JSON Feed 1.1 and Atom (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from lxml import etree

from gateway.public.published import Published
from gateway.public.words import CONDUCT, PERFORMANCE, ZH

_ATOM: Final = "http://www.w3.org/2005/Atom"


def json_feed(found: Sequence[Published], home: str) -> bytes:
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": ZH["title"],
            "language": "zh-CN",
            "home_page_url": f"{home}/public",
            "feed_url": f"{home}/public/feed.json",
            "items": [
                {
                    "id": one.entry_id,
                    "title": one.name,
                    "content_text": _words(one),
                    "date_published": one.published_at.isoformat(),
                }
                for one in found
            ],
        }
    )


def atom_feed(found: Sequence[Published], home: str, now: datetime) -> bytes:
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    _add(feed, "id", f"{home}/public/feed.atom")
    _add(feed, "title", ZH["title"])
    _add(feed, "updated", (found[0].published_at if found else now).isoformat())
    author = etree.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", found[0].court if found else ZH["title"])
    for one in found:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", f"urn:chakong:{one.entry_id}")
        _add(entry, "title", one.name)
        _add(entry, "updated", one.published_at.isoformat())
        _add(entry, "content", _words(one))
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return written


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _words(one: Published) -> str:
    conduct = "；".join(CONDUCT[kind][0] for kind in one.conduct)
    return (
        f"{one.name}，{one.number}，{one.case_number}，{one.court}，{conduct}，"
        f"{PERFORMANCE[one.performance][0]}"
    )
