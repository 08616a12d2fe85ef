"""The application: settings in, ASGI app out. Every part is made and introduced here, once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from auth.issuer import Issuer
from auth.record_keys import RecordKeys
from connectors.answer_cache import AnswerCache, open_store
from connectors.departments import Departments
from connectors.endpoint_addresses import EndpointAddresses, network_to_call
from connectors.endpoints import EndpointCalls
from connectors.metrics import DepartmentMetrics
from connectors.tax_refunds import TaxRefundsConnector
from connectors.tracing import NO_TRACES, Tracer, TraceSettings, open_tracer
from domain.cover import CoverPolicy
from domain.identity import subject_id
from gateway.access import Access
from gateway.clockwork import Clockwork
from gateway.connected import closed_hours, department_addresses, manual_departments
from gateway.contexts import Contexts, utc_now
from gateway.declarations import Declarations
from gateway.delivery import Deliveries
from gateway.engine import Engine
from gateway.engine_settings import EngineSettings
from gateway.forms.entry_routes import entry_form_routes
from gateway.forms.routes import form_routes
from gateway.health import health_route, silent_issuers, unwritten_record
from gateway.http import GraphQLOverHTTP
from gateway.issuers import Guest
from gateway.kept_keys import pseudonym_key as read_pseudonym_key
from gateway.kept_keys import range_secret
from gateway.list_snapshot_http import snapshot_routes
from gateway.list_snapshots import Snapshots
from gateway.metrics import DatabaseMetrics, GatewayMetrics
from gateway.metrics_port import MetricsPort
from gateway.observed import Observed
from gateway.order_documents import document_routes
from gateway.plain_record import PlainRecord
from gateway.public.routes import public_routes
from gateway.range_http import range_routes
from gateway.record_export_http import export_routes
from gateway.record_http import record_routes
from gateway.record_keeper import RecordKeeper
from gateway.record_origin import record_origin
from gateway.record_ownership import require_own_record
from gateway.record_workers import record_workers
from gateway.recorder import Recorder, RecordUnavailable
from gateway.request_record import RequestRecord
from gateway.schema import build_graph
from gateway.screening_http import screening_routes
from gateway.settings import Settings
from gateway.start_record import started
from gateway.step_up import StepUp
from gateway.tracker import tracker_routes
from gateway.trusted import TrustedDocuments, read_manifest
from gateway.webhooks import Webhooks
from gateway.websocket import GraphQLOverWebSocket
from resolvers.declare import Scopes
from resolvers.order_events import OrderEvents
from resolvers.persons import DistinctPersons
from resolvers.screening import Screener
from resolvers.watched_list import WatchedList
from resolvers.watched_ranges import WatchedRanges
from storage.bell import open_bell
from storage.database import Database, open_database
from storage.migration import migrate

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The parts of a running gateway that its owner may need."""

    app: Starlette
    database: Database
    issuer: Issuer


def build_gateway(  # noqa: PLR0913, PLR0915 -- the composition root: every part, once
    settings: Settings,
    *,
    logins: tuple[tuple[str, str], ...] = (),
    first_query: str | None = None,
    departments: Departments | None = None,
    guests: Sequence[Guest] = (),
    utc_now: Callable[[], datetime] = utc_now,
) -> Gateway:
    """Make the gateway; no department is asked before the app starts up.

    Args:
        logins: user and password pairs that GraphiQL shows, in the demo.
        first_query: what GraphiQL opens with, if not with who is asking.
        departments: instead of those that *settings* name.
        guests: issuers to trust besides those that *settings* name, in the demo.
        utc_now: the clock of orders, of the list and of the record; tokens have the machine's.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database)
    access = Access.open(settings, database, guests)
    registry = CollectorRegistry()
    metrics = DepartmentMetrics(registry)
    seen = GatewayMetrics(registry)
    tracer = open_traces(settings)
    pseudonym_key = read_pseudonym_key(settings)
    cache = None
    if settings.cache != "off":
        cache = AnswerCache(open_store(settings.cache), pseudonym_key[:64], metrics)
    if departments is None:
        departments = Departments.open(
            department_addresses(settings),
            others=manual_departments(settings, database),
            metrics=metrics,
            cache=cache,
            tracer=tracer,
        )
    bell = open_bell(settings.database)
    events = OrderEvents(database, bell)
    watched = WatchedList(database, events, pseudonym_key[:64])
    screener = Screener(database, watched, pseudonym_key[:64], settings.rule_profile)
    addresses = EndpointAddresses(
        map(network_to_call, settings.webhook_networks), anywhere=settings.demo
    )
    record_keys = RecordKeys.load_or_create(settings.data_dir, settings.record_name)
    graph = build_graph(off=settings.groups_off)
    contexts = Contexts(
        database=database,
        departments=departments,
        events=events,
        pseudonym_key=pseudonym_key,
        screener=screener,
        webhook_addresses=addresses,
        documents_required=settings.documents_required,
        profile=settings.rule_profile,
        record_keys=record_keys,
        hidden_for=timedelta(days=settings.record_hidden_days),
        affiliates_need_reason=settings.affiliates_need_reason,
        typed_for=timedelta(days=settings.manual_days),
        declared=partial(_scopes_of, graph.declarations),
        groups_off=settings.groups_off,
        cover_policy=CoverPolicy(haircuts=settings.haircuts),
        inboxes=frozenset(settings.inbox_departments),
        persons=DistinctPersons(database, pseudonym_key, settings.persons_per_hour),
        now=utc_now,
    )
    recorder = Recorder(database, utc_now, tracer=tracer)
    stored = DatabaseMetrics(database, recorder)
    registry.register(stored)
    shown = (
        ()
        if settings.metrics_port is None
        else (MetricsPort(settings.metrics_host, settings.metrics_port, registry, stored, utc_now),)
    )
    step_up = StepUp(max_age=settings.step_up_seconds)
    engine = Engine(
        graph,
        contexts,
        EngineSettings(
            cost_of_operation=settings.cost_of_operation,
            cost_per_minute=settings.cost_per_minute,
            seconds=settings.request_seconds,
            explains_to_all=settings.demo,
            step_up=step_up,
        ),
        RequestRecord(recorder, record_keys, utc_now, seen.disclosed.inc),
        access.standing,
        denied=seen.denied.inc,
        tracer=tracer,
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
        closed=closed_hours(settings),
        tracer=tracer,
    )
    clockwork = Clockwork(
        database,
        events,
        utc_now,
        timedelta(seconds=settings.clock_seconds),
        departments.control_ports(),
        timedelta(seconds=settings.reconcile_seconds),
        settings.rule_profile,
        departments[TaxRefundsConnector] if TaxRefundsConnector in departments else None,  # noqa: SIM401 -- no dict
        settings.inbox_departments,
    )

    webhooks = Webhooks(database, events, utc_now, EndpointCalls(addresses))

    snapshots = Snapshots(
        database, settings.data_dir / "snapshots", access.keys, settings.issuer, utc_now
    )

    keeper = RecordKeeper(database, recorder, record_keys, record_origin(settings))
    vouched = record_workers(settings, database, recorder, record_keys, utc_now)
    ranges = WatchedRanges(
        database, range_secret(settings), utc_now, least_rows=settings.private_least_rows
    )
    private = (ranges,) if settings.private_screening else ()
    workers = (
        *(*shown, access.issuers, access.denials, recorder, keeper, *vouched),
        *(*private, watched, webhooks, snapshots, deliveries, clockwork),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await migrate(database)
        await require_own_record(database, record_keys)
        if bell is not None:
            bell.start()
        await watched.open()
        for worker in workers:
            worker.start()
        with contextlib.suppress(RecordUnavailable):  # then nobody is answered anyhow
            given = settings.model_dump(mode="json")
            await recorder.record(started(record_keys, version("chakong"), given, utc_now()))
        _LOG.info("gateway.started", port=settings.port)
        try:
            yield
        finally:
            _LOG.info("gateway.stopping")
            for worker in reversed(workers):
                await worker.stop()
            if bell is not None:
                await bell.stop()
            await departments.aclose()
            await database.close()
            await asyncio.to_thread(tracer.close)

    plain_record = PlainRecord(recorder, record_keys, utc_now)
    app = Starlette(
        lifespan=lifespan,
        middleware=[Middleware(Observed, metrics=seen, tracer=tracer)],
        routes=[
            Route("/graphql", GraphQLOverHTTP(engine, access.guard, trusted, access.sessions)),
            WebSocketRoute(
                "/graphql",
                GraphQLOverWebSocket(
                    engine, access.guard, trusted, access.standing, access.sessions
                ),
            ),
            health_route(silent_issuers(access.issuers.trusted), unwritten_record(recorder)),
            *document_routes(
                database, access.guard, utc_now, most=settings.document_bytes, record=plain_record
            ),
            *form_routes(database, access.guard, record=plain_record),
            *entry_form_routes(database, access.guard, plain_record),
            *screening_routes(
                screener,
                access.guard,
                utc_now,
                per_minute=settings.screened_per_minute,
                record=plain_record,
            ),
            *(
                range_routes(
                    ranges,
                    access.guard,
                    per_minute=settings.private_ranges_per_minute,
                    record=plain_record,
                )
                if settings.private_screening
                else ()
            ),
            *snapshot_routes(snapshots, access.guard, plain_record),
            *record_routes(database, record_keys),
            *export_routes(
                database,
                access.guard,
                plain_record,
                origin=record_origin(settings),
                pseudonym=partial(subject_id, key=pseudonym_key),
                looks=contexts.looks,
            ),
            *tracker_routes(
                database,
                access.guard,
                record_keys,
                utc_now,
                timedelta(days=settings.record_hidden_days),
                plain_record,
            ),
            *public_routes(
                database,
                utc_now,
                home=settings.issuer,
                per_minute=settings.public_per_minute,
            ),
            *access.routes(settings, plain_record, logins, first_query),
        ],
    )
    app.state.sessions = access.sessions
    app.state.step_up = step_up
    return Gateway(app=app, database=database, issuer=access.issuer)


def open_traces(settings: Settings) -> Tracer:
    if not settings.otlp_endpoint:
        return NO_TRACES
    wanted = TraceSettings(
        endpoint=settings.otlp_endpoint,
        ratio=settings.trace_ratio,
        from_clients=settings.trace_from_clients,
        to_departments=settings.trace_to_departments,
    )
    return open_tracer(wanted, version("chakong"))


def _scopes_of(declarations: Declarations, coordinate: str) -> Scopes | None:
    try:
        return declarations.of(coordinate).scopes
    except (KeyError, LookupError):
        return None
