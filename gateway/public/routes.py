"""
``/public``: anybody asks about somebody they can name; nobody reads the list from A to Z.

A search is a POST: whom one looks for stands in no address, no log and no history. Every answer
that finds nobody is the same, whether the person exists or not.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from auth.subscribers import subscriber
from domain.case_number import CaseNumber, parse_case_number
from domain.width import half_width
from gateway.cost import Budgets, OverBudget
from gateway.public.feeds import Feed, atom_feed, json_feed, published_feed, removals_feed
from gateway.public.pages import (
    STYLE,
    measures_page,
    removals_page,
    search_page,
    words_of,
)
from gateway.public.published import Published, Removal, by_case, by_name, latest, removals
from resolvers.catalogue_versions import CatalogueVersions
from storage.database import Database

_POLICY: Final = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_MOST_BYTES: Final = 4096
_LEAST_ENDING: Final = 4
_LEAST_NAME: Final = 2
_READS_A_SEARCH: Final = 10


def public_routes(
    database: Database, now: Callable[[], datetime], *, home: str, per_minute: int
) -> list[Route]:
    """Return the routes.

    Args:
        home: the gateway's own address, which feeds name.
        per_minute: searches of one address; of pages and feeds ten times as many.
    """
    views = _Views(database, now, home.rstrip("/"), per_minute)
    return [
        Route("/public", views.search, methods=["GET", "POST"]),
        Route("/public/removals", views.removals),
        Route("/public/measures", views.measures),
        Route("/public/feed.json", views.json),
        Route("/public/feed.atom", views.atom),
        Route("/public/removals.json", views.removals_json),
        Route("/public/removals.atom", views.removals_atom),
        Route("/public/style.css", views.style),
    ]


class _BadSearch(Exception):
    """The search names nobody well enough."""


class _Views:
    def __init__(
        self, database: Database, now: Callable[[], datetime], home: str, per_minute: int
    ) -> None:
        self._database = database
        self._now = now
        self._home = home
        self._searches = Budgets(per_minute)
        self._reads = Budgets(per_minute * _READS_A_SEARCH)
        self._versions = CatalogueVersions()

    async def search(self, request: Request) -> Response:
        words = _words(request)
        if request.method != "POST":
            return HTMLResponse(search_page(words), headers=_HEADERS)
        try:
            self._searches.spend(_address(request), 1)
            found = await self._found(await _fields(request))
        except OverBudget as over:
            page = search_page(words, said=words["busy"])
            wait = {"retry-after": f"{over.retry_after:.0f}"}
            return HTMLResponse(page, status_code=429, headers=_HEADERS | wait)
        except _BadSearch:
            page = search_page(words, said=words["bad"])
            return HTMLResponse(page, status_code=400, headers=_HEADERS)
        return HTMLResponse(search_page(words, found), headers=_HEADERS)

    async def removals(self, request: Request) -> Response:
        words = _words(request)
        if (refused := self._too_often(request)) is not None:
            return refused
        return HTMLResponse(removals_page(words, await self._removed()), headers=_HEADERS)

    async def measures(self, request: Request) -> Response:
        if (refused := self._too_often(request)) is not None:
            return refused
        await self._database.read(self._versions.follow)
        page = measures_page(_words(request), self._versions.newest)
        return HTMLResponse(page, headers=_HEADERS)

    async def json(self, request: Request) -> Response:
        return await self._feed(request, self._published, json_feed, "application/feed+json")

    async def atom(self, request: Request) -> Response:
        return await self._feed(request, self._published, self._atom, "application/atom+xml")

    async def removals_json(self, request: Request) -> Response:
        return await self._feed(request, self._gone, json_feed, "application/feed+json")

    async def removals_atom(self, request: Request) -> Response:
        return await self._feed(request, self._gone, self._atom, "application/atom+xml")

    async def _feed(
        self,
        request: Request,
        found: Callable[[], Awaitable[Feed]],
        written: Callable[[Feed], bytes],
        media_type: str,
    ) -> Response:
        if (refused := self._too_often(request)) is not None:
            return refused
        return Response(written(await found()), media_type=media_type, headers=_HEADERS)

    def _atom(self, feed: Feed) -> bytes:
        return atom_feed(feed, self._now())

    async def _published(self) -> Feed:
        return published_feed(await self._database.read(latest), self._home)

    async def _gone(self) -> Feed:
        return removals_feed(await self._removed(), self._home)

    async def _removed(self) -> list[Removal]:
        return await self._database.read(partial(removals, now=self._now()))

    def _too_often(self, request: Request) -> Response | None:
        try:
            self._reads.spend(_address(request), 1)
        except OverBudget as over:
            wait = {"retry-after": f"{over.retry_after:.0f}"}
            said = _words(request)["busy"]
            return PlainTextResponse(said, status_code=429, headers=_HEADERS | wait)
        return None

    async def style(self, _: Request) -> Response:
        kept = {**_HEADERS, "cache-control": "public, max-age=3600"}
        return Response(STYLE, media_type="text/css", headers=kept)

    async def _found(self, fields: Mapping[str, str]) -> list[Published]:
        if "case" in fields:
            number = _case_number(fields["case"])
            return await self._database.read(partial(by_case, number=number))
        name = fields.get("name", "").strip()
        ending = half_width(fields.get("partial", "")).upper()
        plain = ending.isascii() and ending.isalnum() and len(ending) >= _LEAST_ENDING
        if not plain or len(name) < _LEAST_NAME or "\0" in name:
            raise _BadSearch
        return await self._database.read(partial(by_name, name=name, ending=ending))


def _case_number(text: str) -> CaseNumber:
    try:
        return parse_case_number(text)
    except ValueError as error:
        raise _BadSearch from error


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form, as browsers send one.

    Raises:
        _BadSearch: too long, or no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise _BadSearch
    try:
        return dict(parse_qsl(body.decode(), strict_parsing=True, max_num_fields=8))
    except (UnicodeDecodeError, ValueError) as error:
        raise _BadSearch from error


def _words(request: Request) -> Mapping[str, str]:
    return words_of(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def _address(request: Request) -> str:
    """Return whom a budget is for."""
    return subscriber("" if request.client is None else request.client.host)
