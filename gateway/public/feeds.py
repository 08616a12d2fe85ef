"""What was published, and what was removed, for media: JSON Feed 1.1 and Atom (RFC 4287)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from lxml import etree

from gateway.public.published import Published, Removal
from gateway.public.words import CONDUCT, PERFORMANCE, ZH

_ATOM: Final = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; its *id* is the entry's in both feeds, so that a removal takes a publication back."""

    id: str
    title: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Items, the newest first.

    Attributes:
        name: of its addresses: ``feed`` or ``removals``.
        home: the gateway's own address, without a slash at the end.
    """

    name: str
    title: str
    author: str
    home: str
    page: str
    items: Sequence[Item]


def published_feed(found: Sequence[Published], home: str) -> Feed:
    return Feed(
        name="feed",
        title=ZH["title"],
        author=found[0].court if found else ZH["title"],
        home=home,
        page="/public",
        items=[
            Item(id=one.entry_id, title=one.name, words=_words(one), at=one.published_at)
            for one in found
        ],
    )


def removals_feed(found: Iterable[Removal], home: str) -> Feed:
    """Return the notices: who published an entry learns by its id that it is gone (CAP-116)."""
    return Feed(
        name="removals",
        title=ZH["removals"],
        author=ZH["title"],
        home=home,
        page="/public/removals",
        items=[
            Item(id=one.entry_id, title=one.name, words=ZH["removed_item"], at=one.at)
            for one in found
        ],
    )


def json_feed(feed: Feed) -> bytes:
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "language": "zh-CN",
            "home_page_url": f"{feed.home}{feed.page}",
            "feed_url": f"{feed.home}/public/{feed.name}.json",
            "items": [
                {
                    "id": one.id,
                    "title": one.title,
                    "content_text": one.words,
                    "date_published": one.at.isoformat(),
                }
                for one in feed.items
            ],
        }
    )


def atom_feed(feed: Feed, now: datetime) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    _add(root, "id", f"{feed.home}/public/{feed.name}.atom")
    _add(root, "title", feed.title)
    _add(root, "updated", (feed.items[0].at if feed.items else now).isoformat())
    author = etree.SubElement(root, f"{{{_ATOM}}}author")
    _add(author, "name", feed.author)
    for one in feed.items:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", f"urn:chakong:{one.id}")
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at.isoformat())
        _add(entry, "content", one.words)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _words(one: Published) -> str:
    conduct = "；".join(CONDUCT[kind][0] for kind in one.conduct)
    return (
        f"{one.name}，{one.number}，{one.case_number}，{one.court}，{conduct}，"
        f"{PERFORMANCE[one.performance][0]}"
    )
