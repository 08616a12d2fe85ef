"""The GraphiQL page: built files from this package, and the configuration written into them."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

_DIST: Final = Path(__file__).parent / "graphiql" / "dist"
_OPENING: Final = '<script id="chakong-config" type="application/json">'
_BLANK: Final = _OPENING + "{}</script>"

# Monaco writes style elements, hence 'unsafe-inline' there; 'self' covers ws: of this origin.
_POLICY: Final = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_HEADERS: Final = (
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)
_FOREVER: Final = "public, max-age=31536000, immutable"  # the names hold a hash of the content


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphiqlConfig:
    """What the page must know.

    Args:
        endpoint: path of GraphQL, over HTTP and WebSocket alike.
        session: path under which people sign in and out.
        hands_in: whether a token may be handed in for a session; only ever in the demo.
        logins: user and password pairs to show; only ever in the demo.
    """

    endpoint: str
    session: str
    title: str
    default_query: str
    version: str
    hands_in: bool = False
    logins: tuple[tuple[str, str], ...] = ()


def graphiql_routes(config: GraphiqlConfig) -> list[BaseRoute]:
    """Return the page at /graphiql and its files below it.

    Raises:
        FileNotFoundError: the built files are missing; see web/README.md.
        ValueError: the built page has no place for a configuration.
    """
    page = _page(config)

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=dict(_HEADERS))

    return [
        Route("/graphiql", show, methods=["GET"]),
        Mount("/graphiql/assets", _Assets(directory=_DIST / "assets")),
    ]


def _page(config: GraphiqlConfig) -> str:
    built = (_DIST / "index.html").read_text(encoding="utf-8")
    if built.count(_BLANK) != 1:
        raise ValueError("the built GraphiQL page has no place for a configuration")
    return built.replace(_BLANK, f"{_OPENING}{_json_in_html(_shown(config))}</script>")


def _shown(config: GraphiqlConfig) -> dict[str, object]:
    """Return *config* under the names that web/graphiql/src/config.ts reads."""
    return {
        "endpoint": config.endpoint,
        "session": config.session,
        "handsIn": config.hands_in,
        "title": config.title,
        "defaultQuery": config.default_query,
        "version": config.version,
        "logins": config.logins,
    }


def _json_in_html(value: object) -> str:
    """Return JSON in which no character can end the script element that holds it."""
    text = msgspec.json.encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


class _Assets(StaticFiles):
    """Files that never change under their name."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        response = await super().get_response(path, scope)
        response.headers["x-content-type-options"] = "nosniff"
        if response.status_code in (200, 206, 304):
            response.headers["cache-control"] = _FOREVER
        return response
