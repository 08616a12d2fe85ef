"""``chakong demo``: everything started, filled, announced; stopped together."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Connection

from auth.issuer import Issuer
from auth.passwords import Passwords
from domain import catalogue
from gateway.app import build_gateway
from gateway.case_register import read_register
from gateway.demo.configuration import write_configuration
from gateway.demo.departments import SECRET, Simulated, export_cases, running_departments
from gateway.demo.example import example_query
from gateway.demo.guests import guests_of
from gateway.demo.keyed_clients import client_key, keyed_clients
from gateway.demo.lock import held
from gateway.demo.logins import (
    DEBTOR,
    EXECUTOR,
    PASSWORD,
    Login,
    clients,
    demo_grant,
    login_of_role,
    logins,
    organisation_of,
    role_of_system,
    users,
)
from gateway.demo.state import DemoState, keep_state, read_state
from gateway.department_settings import Department
from gateway.logs import configure_logs
from gateway.server import run, server_config
from gateway.settings import Settings
from storage.accounts import ClientRecord, find_user, keep_clients, keep_users
from storage.cases import CaseRecord, keep_cases, keep_officers
from storage.database import Database
from storage.grants import HolderKind, give_grant, grant_in_force
from storage.migration import migrate
from storage.verified_people import VerifiedPerson, keep_verified_person

TOKEN_SECONDS: Final = 8 * 3600
READY_ROLES: Final = (
    "court-executor",
    "court-approver",
    "court-supervisor",
    "dept:traffic-police",
    "data-subject",
    "dept:housing-fund-center",
    "dept:securities-depository",
    "dept:public-security",
    "dept:market-regulation",
    "dept:subdistrict",
    "dept:screening-only",
    "auditor",
    "developer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The options of ``./demo``; other programs rely on them."""

    port: int
    people: int
    seed: int
    latency_ms: int
    data: Path
    reset: bool
    ready_file: Path | None
    trust_issuers: tuple[str, ...] = ()
    trust_audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a demo that answers has to say."""

    document: dict[str, Any]
    logins: list[Login]


class PortTaken(RuntimeError):
    """Something else listens on the port."""


class DifferentPeople(RuntimeError):
    """The data directory holds the demo of another population."""


def run_demo(options: DemoOptions, announce: "Any") -> None:
    """Run until interrupted; call *announce* with `Ready` once every socket answers.

    Raises:
        NoIssuer: what is to be trusted is none.
    """
    guests_of(options.trust_issuers, _audience(options), ())
    options.data.mkdir(parents=True, exist_ok=True)
    with held(options.data):
        _run_alone(options, announce)


def _run_alone(options: DemoOptions, announce: "Any") -> None:
    if options.reset:
        _empty(options.data)
    os.chmod(options.data, 0o700)
    known = read_state(options.data)
    if known is not None and (known.people, known.seed) != (options.people, options.seed):
        raise DifferentPeople(
            f"{options.data} holds {known.people} people of seed {known.seed}; add --reset to "
            "start over, or another --data."
        )
    listener = _listen(options.port)
    try:
        with running_departments(
            (options.data / "departments").resolve(),
            people=options.people,
            seed=options.seed,
            latency_ms=options.latency_ms,
        ) as departments:
            register = options.data / "cases.json"
            if not register.exists():
                export_cases(register, people=options.people, seed=options.seed)
            with contextlib.suppress(KeyboardInterrupt):
                run(_serve(options, departments, register, listener, announce))
    finally:
        listener.close()


def _empty(data: Path) -> None:
    for one in data.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()


def _listen(port: int) -> socket.socket:
    # Named, so that asyncio switches Nagle's algorithm off.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"port {port}: {error.strerror}. Take another with --port.") from error
    listener.listen(1024)
    return listener


async def _serve(
    options: DemoOptions,
    departments: Sequence[Simulated],
    register: Path,
    listener: socket.socket,
    announce: Any,
) -> None:
    settings = _settings(options, departments, listener.getsockname()[1])
    configure_logs(settings, options.data / "gateway.log")
    officers, cases = read_register(register)
    known = logins(officers)
    gateway = build_gateway(
        settings,
        logins=tuple((login.user, PASSWORD) for login in known),
        first_query=example_query(cases[0].number),
        guests=guests_of(options.trust_issuers, _audience(options), known),
    )
    await migrate(gateway.database)
    await _fill(gateway.database, settings, known, officers, cases)
    state = DemoState(
        people=options.people,
        seed=options.seed,
        issuer=settings.issuer,
        logins=known,
    )
    keep_state(options.data, state)
    write_configuration(settings)
    server = uvicorn.Server(server_config(gateway.app))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not running.done():
        await asyncio.sleep(0.005)
    if not running.done():
        ready = Ready(
            document=_ready(settings, gateway.issuer, known, cases, departments), logins=known
        )
        if options.ready_file is not None:
            _write_ready(options.ready_file, ready.document)
        announce(ready)
    await running


def _audience(options: DemoOptions) -> str:
    """Return what `aud` of trusted issuers' tokens must be."""
    return options.trust_audience or str(Settings.model_fields["audience"].default)


def _settings(options: DemoOptions, departments: Sequence[Simulated], port: int) -> Settings:
    return Settings(
        audience=Settings.model_fields["audience"].default,  # `demo token` has no environment
        port=port,
        demo=True,
        data_dir=options.data,
        access_token_seconds=TOKEN_SECONDS,
        persons_per_hour=100_000,  # whoever tries it out asks about everybody
        step_up_seconds=TOKEN_SECONDS,  # its tokens last as long as it does, and prove two factors
        groups_on=sorted(catalogue.off_by_default() & catalogue.asset_kinds().keys()),
        manual_departments={"subdistrict_clues": organisation_of("dept:subdistrict")},
        departments={d.stem: Department(url=d.url, secret=SecretStr(SECRET)) for d in departments},
    )


async def _fill(
    database: Database,
    settings: Settings,
    known: list[Login],
    officers: Sequence[Any],
    cases: Sequence[CaseRecord],
) -> None:
    """Write register, users and clients; a warm start finds them there."""
    passwords = Passwords()
    filled = await database.read(lambda c: find_user(c, EXECUTOR)) is not None
    page = clients(passwords, f"{settings.issuer}/graphiql")
    # Nobody listens where their codes go: the address says it all.
    keyed = keyed_clients(client_key(settings.data_dir), f"{settings.issuer}/callback")
    await database.write(lambda c: keep_clients(c, keyed))
    await database.write(lambda c: _grant_all(c, known, [*page, *keyed]))
    if filled:
        await database.write(lambda c: keep_clients(c, page[:1]))  # the port may be another one
        return
    people = users(known, passwords)
    await database.write(lambda c: keep_officers(c, officers))
    await database.write(lambda c: keep_cases(c, cases))
    await database.write(lambda c: keep_users(c, people))
    await database.write(lambda c: keep_clients(c, page))
    debtor = VerifiedPerson(
        subject=DEBTOR,
        id_number=cases[0].obligors[0].id_number,
        verified_by="demo",
        verified_at=datetime.now(UTC),
    )
    await database.write(lambda c: keep_verified_person(c, debtor))


def _grant_all(
    connection: Connection, people: Sequence[Login], systems: Sequence[ClientRecord]
) -> None:
    """Give everybody in the demo what their role holds, where it is not given or has run out."""
    now = datetime.now(UTC)
    holders = [
        *((HolderKind.PERSON, one.user, one.role, one.organisation) for one in people),
        *((HolderKind.CLIENT, one.id, one.role, one.organisation) for one in systems),
    ]
    for kind, holder, role, organisation in holders:
        if grant_in_force(connection, kind, holder, now) is None:
            grant = demo_grant(role, organisation, now=now)
            give_grant(connection, kind, holder, grant, by="demo")


def token_of_role(token_for: Callable[..., str], known: list[Login], role: str) -> str:
    """Return a fresh token: of the role's login, or of the system that the role is for.

    Raises:
        ValueError: no such role, or one that nobody signs in to.
    """
    login = login_of_role(known, role)
    if login is not None:
        return token_for(
            role=role,
            subject=login.user,
            organisation=login.organisation,
            client_id="graphiql",
            officer=login.credential,
        )
    system = role.replace(":", "-")
    return token_for(
        role=role_of_system(role),
        subject=system,
        organisation=organisation_of(role),
        client_id=system,
    )


def _ready(
    settings: Settings,
    issuer: Issuer,
    known: list[Login],
    cases: Sequence[CaseRecord],
    departments: Sequence[Simulated],
) -> dict[str, Any]:
    base = settings.issuer
    return {
        "graphql": f"{base}/graphql",
        "graphiql": f"{base}/graphiql",
        "issuer": base,
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/oauth/jwks",
        "tokens": {role: token_of_role(issuer.token_for, known, role) for role in READY_ROLES},
        "cases": [
            {
                "number": case.number,
                "debtors": [party.id_number for party in case.obligors],
                "claimFen": case.claim.total,
            }
            for case in cases
            if case.state == "OPEN" and any(o.officer.id == EXECUTOR for o in case.officers)
        ],
        "departments": [
            {
                "id": d.id,
                "stem": d.stem,
                "url": d.url,
                "protocol": d.protocol,
                "wireLog": d.wire_log,
            }
            for d in departments
        ],
    }


def _write_ready(path: Path, document: dict[str, Any]) -> None:
    """Write *document* whole or not at all; it holds tokens, so nobody else may read it."""
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    draft.replace(path)
