"""The application: settings in, ASGI app out. Every part is made and introduced here, once."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys, keep_secret
from auth.passwords import Passwords
from auth.routes import oauth_routes
from auth.scopes import Entitlements
from connectors.address import DepartmentAddress
from connectors.answer_cache import AnswerCache, open_store
from connectors.departments import CONNECTORS, Departments
from connectors.endpoints import EndpointCalls
from connectors.http import Trust
from connectors.metrics import DepartmentMetrics
from domain.closed_hours import ClosedHours, parse_closed_hours
from domain.measure import catalogue
from gateway.accounts import StoredAccounts
from gateway.clockwork import Clockwork
from gateway.contexts import Contexts, utc_now
from gateway.delivery import Deliveries
from gateway.engine import Engine, EngineSettings
from gateway.forms.routes import form_routes
from gateway.graphiql_page import GraphiqlConfig, graphiql_routes
from gateway.http import GraphQLOverHTTP
from gateway.order_documents import document_routes
from gateway.public.routes import public_routes
from gateway.schema import build_graph
from gateway.screening_http import screening_routes
from gateway.settings import SHORTEST_KEY, Settings
from gateway.trusted import TrustedDocuments, read_manifest
from gateway.webhooks import Webhooks
from gateway.websocket import GraphQLOverWebSocket
from resolvers.order_events import OrderEvents
from resolvers.screening import Screener
from resolvers.watched_list import WatchedList
from storage.bell import open_bell
from storage.database import Database, open_database
from storage.migration import migrate

GRAPHIQL_CLIENT: Final = "graphiql"
_FIRST_QUERY: Final = """{
  viewer { role organisation scopes }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The parts of a running gateway that its owner may need."""

    app: Starlette
    database: Database
    issuer: Issuer


def build_gateway(
    settings: Settings,
    *,
    logins: tuple[tuple[str, str], ...] = (),
    first_query: str = _FIRST_QUERY,
    departments: Departments | None = None,
) -> Gateway:
    """Make the gateway; no department is asked before the app starts up.

    Args:
        logins: user and password pairs that GraphiQL shows, in the demo.
        first_query: what GraphiQL opens with.
        departments: instead of those that *settings* name.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database)
    keys = SigningKeys.load_or_create(settings.data_dir / "signing-keys.json")
    entitlements = Entitlements.from_catalogue()
    issuer = Issuer(
        url=settings.issuer,
        audience=settings.audience,
        keys=keys,
        accounts=StoredAccounts(database),
        entitlements=entitlements,
        passwords=Passwords(),
        access_token_seconds=settings.access_token_seconds,
        demo=settings.demo,
    )
    guard = Guard(
        keys.public,
        settings.issuer,
        settings.audience,
        entitlements=entitlements,
        longest_seconds=settings.access_token_seconds,
    )
    registry = CollectorRegistry()
    metrics = DepartmentMetrics(registry)
    pseudonym_key = _pseudonym_key(settings)
    cache = None
    if settings.cache != "off":
        cache = AnswerCache(open_store(settings.cache), pseudonym_key[:64], metrics)
    if departments is None:
        departments = Departments.open(department_addresses(settings), metrics=metrics, cache=cache)
    bell = open_bell(settings.database)
    events = OrderEvents(database, bell)
    watched = WatchedList(database, events, pseudonym_key[:64])
    screener = Screener(database, watched, catalogue(), pseudonym_key[:64])
    contexts = Contexts(
        database=database,
        departments=departments,
        events=events,
        pseudonym_key=pseudonym_key,
        screener=screener,
        plain_webhooks=settings.demo,
        documents_required=settings.documents_required,
    )
    engine = Engine(
        build_graph(),
        contexts,
        EngineSettings(
            cost_of_operation=settings.cost_of_operation,
            cost_per_minute=settings.cost_per_minute,
            seconds=settings.request_seconds,
            explains_to_all=settings.demo,
        ),
    )
    trusted = TrustedDocuments(
        {client: read_manifest(path) for client, path in settings.trusted_documents.items()},
        only=settings.trusted_only_clients,
        remembered_for=settings.persisted_query_clients,
    )
    deliveries = Deliveries(
        database,
        departments.control,
        events,
        utc_now,
        lease=timedelta(seconds=settings.delivery_lease_seconds),
        inboxes=settings.inbox_departments,
        closed=_closed_hours(settings),
    )
    clockwork = Clockwork(
        database,
        events,
        utc_now,
        timedelta(seconds=settings.clock_seconds),
        departments.control_ports(),
        timedelta(seconds=settings.reconcile_seconds),
    )

    endpoints = EndpointCalls()
    webhooks = Webhooks(database, events, utc_now, endpoints)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await migrate(database)
        if bell is not None:
            bell.start()
        await watched.open()
        watched.start()
        webhooks.start()
        deliveries.start()
        clockwork.start()
        try:
            yield
        finally:
            await clockwork.stop()
            await deliveries.stop()
            await webhooks.stop()
            await endpoints.aclose()
            await watched.stop()
            if bell is not None:
                await bell.stop()
            await departments.aclose()
            await database.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/graphql", GraphQLOverHTTP(engine, guard, trusted)),
            WebSocketRoute("/graphql", GraphQLOverWebSocket(engine, guard, trusted)),
            Route("/", _home),
            Route("/health", _health),
            Route("/metrics", _metrics(registry)),
            *document_routes(database, guard, utc_now, most=settings.document_bytes),
            *form_routes(database, guard),
            *screening_routes(screener, guard, utc_now, per_minute=settings.screened_per_minute),
            *public_routes(database, utc_now, per_minute=settings.public_per_minute),
            *oauth_routes(issuer),
            *graphiql_routes(_graphiql(settings, logins, first_query)),
        ],
    )
    return Gateway(app=app, database=database, issuer=issuer)


async def _home(_: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "UP"})


def _metrics(registry: CollectorRegistry) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return show


def department_addresses(settings: Settings) -> list[DepartmentAddress]:
    """Return where the connected departments are.

    Raises:
        ValueError: a stem that no connector has.
    """
    department_of = _department_ids()
    if unknown := settings.departments.keys() - department_of.keys():
        raise ValueError(
            f"no connector for {', '.join(sorted(unknown))}; there are: "
            f"{', '.join(sorted(department_of))}"
        )
    return [
        DepartmentAddress(
            id=department_of[stem],
            url=department.url,
            secret=department.secret.get_secret_value(),
            client_id=department.client_id,
            deadline_seconds=department.deadline_seconds,
            trust=Trust(ca=department.ca_file, identity=department.client_certificate_file),
        )
        for stem, department in settings.departments.items()
    ]


def _closed_hours(settings: Settings) -> dict[str, list[ClosedHours]]:
    ids = _department_ids()
    return {
        ids[stem]: [parse_closed_hours(hours) for hours in department.closed_hours]
        for stem, department in settings.departments.items()
    }


def _department_ids() -> dict[str, str]:
    return {connector.stem: connector.department for connector in CONNECTORS}


def _pseudonym_key(settings: Settings) -> bytes:
    """Return the key of personId hashes, made once when none is configured.

    Raises:
        ValueError: the key file is there and too short to be one.
    """
    given = settings.pseudonym_key.get_secret_value()
    if given:
        return given.encode()
    path = settings.data_dir / "pseudonym-key"
    if not path.exists():
        keep_secret(path, secrets.token_hex(32))
    key = path.read_text(encoding="ascii").encode()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{path} is no key; remove it, and ids of people start anew")
    return key


def _graphiql(
    settings: Settings, logins: tuple[tuple[str, str], ...], first_query: str
) -> GraphiqlConfig:
    return GraphiqlConfig(
        endpoint="/graphql",
        authorize="/oauth/authorize",
        token="/oauth/token",  # noqa: S106 -- an address
        issuer=settings.issuer,
        client_id=GRAPHIQL_CLIENT,
        title="查控 Chakong",
        default_query=first_query,
        version=version("chakong"),
        logins=logins,
    )
