"""One gateway with a list on SQLite that may be killed at any instant: the real application on a port."""

import argparse
import json
import os
from pathlib import Path
from typing import Final

import uvicorn

from gateway.app import build_gateway
from gateway.case_register import read_register
from gateway.logs import configure_logs
from gateway.server import run, server_config
from gateway.settings import Settings
from sandbox.cases import case_register
from sandbox.population import populate
from storage.cases import keep_cases, keep_officers
from storage.migration import migrate

PEOPLE: Final = {
    "executor": ("court-executor", "executor-1", "court"),
    "officer": ("list-officer", "list-officer-1", "court"),
    "president": ("court-president", "president-1", "court"),
    "tourism": ("dept:screening-only", "clerk-1", "tourism"),
}


async def serve(place: Path, port: int) -> None:
    settings = Settings(
        port=port,
        public_url="http://chaos.invalid",
        demo=True,
        data_dir=place,
        access_token_seconds=8 * 3600,
        clock_seconds=0.3,
    )
    configure_logs(settings, place / "instance.log")
    gateway = build_gateway(settings)
    await migrate(gateway.database)
    tokens = place / "tokens.json"
    if not tokens.exists():
        register = place / "register.json"
        register.write_text(json.dumps(case_register(populate(1, 300), 1)))
        officers, cases = read_register(register)
        await gateway.database.write(lambda c: keep_officers(c, officers))
        await gateway.database.write(lambda c: keep_cases(c, cases))
        given = {
            who: gateway.issuer.token_for(
                role=role, subject=subject, organisation=organisation, client_id="chaos"
            )
            for who, (role, subject, organisation) in PEOPLE.items()
        }
        tokens.write_text(json.dumps(given))
    await uvicorn.Server(server_config(gateway.app, port=port)).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--place", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    os.environ.pop("CHAKONG_CONFIG", None)
    run(serve(given.place, given.port))
