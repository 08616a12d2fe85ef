"""
``/public``: anybody asks about somebody they can name; nobody reads the list from A to Z.

A search is a POST: whom one looks for stands in no address, no log and no history. Every answer
that finds nobody is the same, whether the person exists or not.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from domain.case_number import CaseNumber, parse_case_number
from domain.width import half_width
from gateway.cost import Budgets, OverBudget
from gateway.public.feeds import atom_feed, json_feed
from gateway.public.pages import (
    STYLE,
    measures_page,
    removals_page,
    search_page,
    words_of,
)
from gateway.public.published import Published, by_case, by_name, latest, removals
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


def public_routes(
    database: Database, now: Callable[[], datetime], *, per_minute: int
) -> list[Route]:
    """Return the routes.

    Args:
        per_minute: searches of one address.
    """
    views = _Views(database, now, Budgets(per_minute))
    return [
        Route("/public", views.search, methods=["GET", "POST"]),
        Route("/public/removals", views.removals),
        Route("/public/measures", views.measures),
        Route("/public/feed.json", views.json),
        Route("/public/feed.atom", views.atom),
        Route("/public/style.css", views.style),
    ]


class _BadSearch(Exception):
    """The search names nobody well enough."""


class _Views:
    def __init__(self, database: Database, now: Callable[[], datetime], budgets: Budgets) -> None:
        self._database = database
        self._now = now
        self._budgets = budgets
        self._versions = CatalogueVersions()

    async def search(self, request: Request) -> Response:
        words = _words(request)
        if request.method != "POST":
            return HTMLResponse(search_page(words), headers=_HEADERS)
        try:
            self._budgets.spend(_address(request), 1)
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
        found = await self._database.read(partial(removals, now=self._now()))
        return HTMLResponse(removals_page(_words(request), found), headers=_HEADERS)

    async def measures(self, request: Request) -> Response:
        await self._database.read(self._versions.follow)
        page = measures_page(_words(request), self._versions.newest)
        return HTMLResponse(page, headers=_HEADERS)

    async def json(self, request: Request) -> Response:
        found = await self._database.read(latest)
        body = json_feed(found, _home(request))
        return Response(body, media_type="application/feed+json", headers=_HEADERS)

    async def atom(self, request: Request) -> Response:
        found = await self._database.read(latest)
        body = atom_feed(found, _home(request), self._now())
        return Response(body, media_type="application/atom+xml", headers=_HEADERS)

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
    return "" if request.client is None else request.client.host


def _home(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
