"""One gateway of a court that may be killed at any instant: the real application on a port."""

import argparse
import json
import os
import random
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Connection

from connectors.control import ControlOrder
from gateway import delivery, recorder
from gateway.app import Gateway, build_gateway
from gateway.case_register import read_register
from gateway.demo.departments import SECRET
from gateway.department_settings import Department
from gateway.logs import configure_logs
from gateway.server import run, server_config
from gateway.settings import Settings
from resolvers import receiving
from storage import receipts
from storage.cases import keep_cases, keep_officers
from storage.deliveries import Claimed
from storage.migration import migrate
from storage.record import Placed, RecordDraft, Tip, append, read_tip
from tests.chaos.clerks import LEDGERS
from tests.chaos.recorded import ADDRESS

_FORGOTTEN = 0.1
ROLES = {"executor-1": "court-executor", "approver-1": "court-approver"}


def resend_with_new_keys() -> None:
    """Deliver as a careless program would: every attempt is an order of its own."""
    told = delivery.control_order

    def renamed(claimed: Claimed) -> ControlOrder:
        return replace(told(claimed), key=f"k_{secrets.token_hex(16)}")

    delivery.control_order = renamed


def count_every_receipt() -> None:
    """Keep receipts as a careless program would: one that comes again is another one."""
    kept = receipts.keep_receipt

    def counted(connection: Connection, receipt: receipts.ReceiptRecord) -> bool:
        return kept(connection, replace(receipt, number=secrets.token_hex(8)))

    delivery.keep_receipt = counted  # type: ignore[attr-defined]
    receiving.keep_receipt = counted  # type: ignore[attr-defined]


def forget_entries() -> None:
    """Record as a careless program would: some entries are answered for and never kept."""
    lot = random.Random(1)

    def careless(
        connection: Connection, known: Tip | None, drafts: Sequence[RecordDraft]
    ) -> tuple[Tip, list[Placed]]:
        if lot.random() > _FORGOTTEN:
            return append(connection, known, drafts)
        savepoint = connection.begin_nested()
        _, placed = append(connection, known, drafts)
        savepoint.rollback()
        return read_tip(connection), placed

    recorder.append = careless  # type: ignore[attr-defined]


async def serve(given: argparse.Namespace) -> None:
    if given.sabotage == "resend":
        resend_with_new_keys()
    if given.sabotage == "recount":
        count_every_receipt()
    if given.sabotage == "forget":
        forget_entries()
    ports = json.loads(given.departments.read_text())
    settings = Settings(
        port=given.port,
        public_url=ADDRESS,
        demo=True,
        data_dir=given.place,
        database_url=given.database,
        access_token_seconds=8 * 3600,
        cost_per_minute=10**9,
        persons_per_hour=10**9,
        step_up_seconds=8 * 3600,
        delivery_lease_seconds=given.lease,
        clock_seconds=0.5,
        reconcile_seconds=3600,
        departments={
            one["stem"]: Department(url=one["url"], secret=SecretStr(SECRET), deadline_seconds=2)
            for one in ports
        },
    )
    configure_logs(settings, given.place / f"instance-{given.port}.log")
    gateway = build_gateway(settings)
    await migrate(gateway.database)
    if given.fill:
        officers, cases = read_register(given.register)
        await gateway.database.write(lambda c: keep_officers(c, officers))
        await gateway.database.write(lambda c: keep_cases(c, cases))
        given.tokens.write_text(json.dumps(tokens(gateway)))
    await uvicorn.Server(server_config(gateway.app, port=given.port)).serve()


def tokens(gateway: Gateway) -> dict[str, str]:
    """Return a token for each role of the court and each department with a ledger, by role."""
    departments = {f"dept:{one}": (f"dept:{one}", one) for one in LEDGERS}
    court = {role: (subject, "court") for subject, role in ROLES.items()}
    return {
        role: gateway.issuer.token_for(
            role=role, subject=subject, organisation=organisation, client_id="chaos"
        )
        for role, (subject, organisation) in (court | departments).items()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--place", type=Path, required=True)
    parser.add_argument("--departments", type=Path, required=True)
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--lease", type=float, default=3.0)
    parser.add_argument("--sabotage", choices=["", "resend", "recount", "forget"], default="")
    parser.add_argument("--fill", action="store_true")
    os.environ.pop("CHAKONG_CONFIG", None)
    run(serve(parser.parse_args()))
