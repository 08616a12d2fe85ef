"""The application: settings in, ASGI app out. Every part is made and introduced here, once."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import Final

import structlog
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from auth.binding import Surroundings
from auth.certificates import Terminators
from auth.denials import DenyList
from auth.enrolment import Enrolment
from auth.guard import Guard, NoKeys
from auth.issuer import Issuer
from auth.keys import SigningKeys, keep_secret
from auth.passwords import Passwords
from auth.policy import Policy
from auth.record_keys import RecordKeys
from auth.routes import oauth_routes, published_keys
from auth.scopes import Entitlements
from auth.second_factor import OneTimeCodes
from connectors.address import DepartmentAddress
from connectors.answer_cache import AnswerCache, open_store
from connectors.departments import CONNECTORS, Departments
from connectors.endpoint_addresses import EndpointAddresses, network_to_call
from connectors.endpoints import EndpointCalls
from connectors.http import Trust
from connectors.manual_department import ManualDepartment
from connectors.metrics import DepartmentMetrics
from connectors.tax_refunds import TaxRefundsConnector
from connectors.tracing import NO_TRACES, Tracer, TraceSettings, open_tracer
from domain.closed_hours import ClosedHours, parse_closed_hours
from domain.cover import CoverPolicy
from domain.identity import subject_id
from gateway.accounts import StoredAccounts
from gateway.clockwork import Clockwork
from gateway.contexts import Contexts, utc_now
from gateway.declarations import Declarations
from gateway.delivery import Deliveries
from gateway.engine import Engine, EngineSettings
from gateway.forms.entry_routes import entry_form_routes
from gateway.forms.routes import form_routes
from gateway.graphiql_page import GraphiqlConfig, graphiql_routes
from gateway.health import health_route, silent_issuers, unwritten_record
from gateway.http import GraphQLOverHTTP
from gateway.issuers import Guest, Issuers
from gateway.ledger import StoredLedger, StoredProofs
from gateway.list_snapshot_http import snapshot_routes
from gateway.list_snapshots import Snapshots
from gateway.metrics import DatabaseMetrics, GatewayMetrics
from gateway.metrics_port import MetricsPort
from gateway.observed import Observed
from gateway.order_documents import document_routes
from gateway.people import DemoFactor, StoredEnrolments, StoredFactors, factor_seal
from gateway.plain_record import PlainRecord
from gateway.pseudonym_key import pseudonym_key as read_pseudonym_key
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
from gateway.session_http import session_routes
from gateway.session_pages import SessionParts
from gateway.sessions import Sessions
from gateway.settings import Settings, origin_of
from gateway.standing import Standing
from gateway.start_record import started
from gateway.step_up import StepUp
from gateway.throttle import StoredThrottle
from gateway.tracker import tracker_routes
from gateway.trusted import TrustedDocuments, read_manifest
from gateway.webhooks import Webhooks
from gateway.websocket import GraphQLOverWebSocket
from resolvers.declare import Scopes
from resolvers.order_events import OrderEvents
from resolvers.persons import DistinctPersons
from resolvers.screening import Screener
from resolvers.typed_answers import AnswersOfPeople
from resolvers.watched_list import WatchedList
from resolvers.watched_ranges import WatchedRanges
from storage.bell import open_bell
from storage.database import Database, open_database
from storage.migration import migrate

_LOG = structlog.get_logger()

SIGNING_KEYS: Final = "signing-keys.json"  # in the data directory
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


def build_gateway(  # noqa: PLR0913, PLR0915 -- the composition root: every part, once
    settings: Settings,
    *,
    logins: tuple[tuple[str, str], ...] = (),
    first_query: str = _FIRST_QUERY,
    departments: Departments | None = None,
    guests: Sequence[Guest] = (),
    utc_now: Callable[[], datetime] = utc_now,
) -> Gateway:
    """Make the gateway; no department is asked before the app starts up.

    Args:
        logins: user and password pairs that GraphiQL shows, in the demo.
        first_query: what GraphiQL opens with.
        departments: instead of those that *settings* name.
        guests: issuers to trust besides those that *settings* name, in the demo.
        utc_now: the clock of orders, of the list and of the record; tokens have the machine's.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database)
    keys = SigningKeys.load_or_create(settings.data_dir / SIGNING_KEYS, settings.signing_algorithm)
    entitlements = Entitlements.from_catalogue()
    terminators = Terminators.of(
        settings.tls_terminators,
        settings.client_certificate_header,
        settings.client_certificate_authorities,
    )
    passwords = Passwords()
    seal = factor_seal(settings.data_dir)
    codes = OneTimeCodes(StoredFactors(database), seal, time.time)
    throttle = StoredThrottle(database)
    issuer = Issuer(
        url=settings.issuer,
        audience=settings.audience,
        keys=keys,
        accounts=StoredAccounts(database),
        ledger=StoredLedger(database, longest_seconds=settings.access_token_seconds),
        entitlements=entitlements,
        passwords=passwords,
        policy=access_policy(settings),
        terminators=terminators,
        demo=settings.demo,
        factor=DemoFactor(codes) if settings.demo else codes,
        throttle=throttle,
    )
    enrolment = Enrolment(
        store=StoredEnrolments(database),
        passwords=passwords,
        seal=seal,
        throttle=throttle,
        clock=time.time,
    )
    sessions = Sessions(
        database=database,
        entitlements=entitlements,
        origin=origin_of(settings.issuer),
        longest=settings.session_seconds,
        idle=settings.session_idle_seconds,
        clock=time.time,
    )
    proofs = StoredProofs(database)
    denials = DenyList(proofs.denials)
    standing = Standing(denials)
    issuers = Issuers.of(settings, entitlements, guests)
    guard = Guard(
        keys if settings.embedded_issuer else NoKeys(),
        settings.issuer,
        settings.audience,
        entitlements=entitlements,
        surroundings=Surroundings(
            url=settings.issuer,
            denials=denials,
            first_time=proofs.first_time,
            terminators=terminators,
            nonces=issuer.nonces if settings.dpop_nonces else None,
        ),
        trusted=issuers.trusted,
        longest_seconds=settings.access_token_seconds,
        # The demo's own tokens, which anybody may print, are bound to nothing.
        bound_only=access_policy(settings).needs_bound_tokens and not settings.demo,
    )
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
        standing,
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
        closed=_closed_hours(settings),
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
    )

    webhooks = Webhooks(database, events, utc_now, EndpointCalls(addresses))

    snapshots = Snapshots(database, settings.data_dir / "snapshots", keys, settings.issuer, utc_now)

    keeper = RecordKeeper(database, recorder, record_keys, record_origin(settings))
    vouched = record_workers(settings, database, recorder, record_keys, utc_now)
    ranges = WatchedRanges(
        database, _range_secret(settings), utc_now, least_rows=settings.private_least_rows
    )
    private = (ranges,) if settings.private_screening else ()
    workers = (
        *(*shown, issuers, denials, recorder, keeper, *vouched),
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
            Route("/graphql", GraphQLOverHTTP(engine, guard, trusted, sessions)),
            WebSocketRoute(
                "/graphql", GraphQLOverWebSocket(engine, guard, trusted, standing, sessions)
            ),
            health_route(silent_issuers(issuers.trusted), unwritten_record(recorder)),
            *document_routes(
                database, guard, utc_now, most=settings.document_bytes, record=plain_record
            ),
            *form_routes(database, guard, record=plain_record),
            *entry_form_routes(database, guard, plain_record),
            *screening_routes(
                screener,
                guard,
                utc_now,
                per_minute=settings.screened_per_minute,
                record=plain_record,
            ),
            *(
                range_routes(
                    ranges,
                    guard,
                    per_minute=settings.private_ranges_per_minute,
                    record=plain_record,
                )
                if settings.private_screening
                else ()
            ),
            *snapshot_routes(snapshots, guard, plain_record),
            *record_routes(database, record_keys),
            *export_routes(
                database,
                guard,
                plain_record,
                origin=record_origin(settings),
                pseudonym=partial(subject_id, key=pseudonym_key),
                looks=contexts.looks,
            ),
            *tracker_routes(
                database,
                guard,
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
            *(
                (
                    Route("/", _home),
                    *oauth_routes(issuer, plain_record.signed_in, guard),
                    *session_routes(
                        SessionParts(
                            sessions=sessions,
                            issuer=issuer,
                            enrolment=enrolment,
                            heard=plain_record.signed_in,
                            max_age=settings.step_up_seconds,
                            guard=guard if settings.demo else None,
                        )
                    ),
                    *graphiql_routes(_graphiql(settings, logins, first_query)),
                )
                if settings.embedded_issuer
                else published_keys(issuer)
            ),
        ],
    )
    app.state.sessions = sessions
    app.state.step_up = step_up
    return Gateway(app=app, database=database, issuer=issuer)


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


def access_policy(settings: Settings) -> Policy:
    """Return what the embedded authorization server demands; `resource` may name us in three ways."""
    return Policy(
        profile=settings.access_profile,
        access_token_seconds=settings.access_token_seconds,
        refresh_token_seconds=settings.refresh_token_seconds,
        dpop_nonces=settings.dpop_nonces,
        resources=frozenset(
            {
                settings.audience,
                settings.issuer,
                f"{settings.issuer}/",
                f"{settings.issuer}/graphql",
            }
        ),
    )


def _scopes_of(declarations: Declarations, coordinate: str) -> Scopes | None:
    try:
        return declarations.of(coordinate).scopes
    except (KeyError, LookupError):
        return None


async def _home(_: Request) -> Response:
    return RedirectResponse("/graphiql")


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
            stem=stem,
            url=department.url,
            secret=department.secret.get_secret_value(),
            client_id=department.client_id,
            deadline_seconds=department.deadline_seconds,
            trust=Trust(ca=department.ca_file, identity=department.client_certificate_file),
        )
        for stem, department in settings.departments.items()
    ]


def manual_departments(settings: Settings, database: Database) -> list[ManualDepartment]:
    """Return the departments whose people type answers in.

    Raises:
        ValueError: a stem of none of them.
    """
    known = {one.stem: one for one in CONNECTORS if issubclass(one, ManualDepartment)}
    if unknown := settings.manual_departments.keys() - known.keys():
        raise ValueError(
            f"nobody types answers for {', '.join(sorted(unknown))}; there are: "
            f"{', '.join(sorted(known))}"
        )
    answers = AnswersOfPeople(database, settings.manual_departments, utc_now)
    return [known[stem](answers) for stem in settings.manual_departments]


def _closed_hours(settings: Settings) -> dict[str, list[ClosedHours]]:
    ids = _department_ids()
    return {
        ids[stem]: [parse_closed_hours(hours) for hours in department.closed_hours]
        for stem, department in settings.departments.items()
    }


def _department_ids() -> dict[str, str]:
    return {
        connector.stem: connector.department
        for connector in CONNECTORS
        if not issubclass(connector, ManualDepartment)  # nobody has its address
    }


def _range_secret(settings: Settings) -> bytes:
    """Return the secret of the ranges, made once; departments get what is derived from it."""
    path = settings.data_dir / "range-secret"
    if not path.exists():
        keep_secret(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _graphiql(
    settings: Settings, logins: tuple[tuple[str, str], ...], first_query: str
) -> GraphiqlConfig:
    return GraphiqlConfig(
        endpoint="/graphql",
        session="/session",
        hands_in=settings.demo,
        title="查控 Chakong",
        default_query=first_query,
        version=version("chakong"),
        logins=logins,
    )
