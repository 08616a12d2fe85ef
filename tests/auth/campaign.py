"""
``python -m tests.auth.campaign --requests 100000``: malformed requests at the whole gateway.

None may be a server error, lead a browser elsewhere, or put a secret into a log; a refused client or
grant is told one thing, whatever was wrong with it. The same seed sends the same requests.
"""

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Final

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from gateway.app import Gateway, build_gateway
from gateway.logs import configure_logs
from gateway.settings import Settings
from tests.auth.attacked import fill, open_browsers
from tests.auth.door import PROXY
from tests.auth.malformed import CALLBACK, PASSWORD, SECRET, Request, requests, varied, well_formed
from tests.auth.malformed_sessions import Browser, session_requests
from tests.auth.world import A_TOKEN, CHEAP

DRAWN: Final = 20  # requests in one example of Hypothesis
HERE: Final = ("/session/sign-in", "/graphiql")  # where sessions lead
VARIED: Final = 10  # each of them as drawn, and with a stretch of bytes bent


class Tally:
    """What was answered: how often each status, what was told with each error, and what is wrong."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.told: dict[tuple[str, str], set[str]] = {}
        self.wrong: list[str] = []
        self.well_formed: dict[str, int] = {}

    def note(self, request: Request, status: int, headers: dict[str, str], body: bytes) -> None:
        self.statuses[f"{request.path} {status}"] += 1
        if status >= 500:
            self.wrong.append(f"{status}: {request}")
        location = headers.get("location", CALLBACK)
        if not location.startswith(CALLBACK) and location not in HERE:
            self.wrong.append(f"redirect: {request}")
        if request.path.startswith("/session"):
            return  # its errors are GraphQL's in form
        if status in {400, 401} and headers.get("content-type", "").startswith("application/json"):
            error = json.loads(body)
            told = self.told.setdefault((request.path, error["error"]), set())
            told.add(error.get("error_description", ""))

    def generic(self) -> bool:
        """Return whether who is refused for a secret of any kind hears one text per endpoint."""
        return all(
            len(texts) == 1
            for (_, error), texts in self.told.items()
            if error in {"invalid_client", "invalid_grant", "invalid_dpop_proof"}
        )


class Listener(logging.Handler):
    """Hears every logger at DEBUG, and counts what nobody may read there."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.secrets = [SECRET, PASSWORD]
        self.leaks: list[str] = []
        self.heard = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += 1
        shown = f"{record.getMessage()} {record.args}"
        if self.tells(shown):
            self.leaks.append(f"{record.name}: {record.msg!r}")

    def tells(self, text: str) -> bool:
        return bool(A_TOKEN.search(text)) or any(one in text for one in self.secrets)


async def send(app: Any, request: Request, tally: Tally) -> None:
    status, headers, body = 0, {}, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def answer(message: Any) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            body += message.get("body", b"")

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "query_string": request.query,
        "headers": list(request.headers),
        "client": (PROXY, 4711),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    try:
        await app(scope, receive, answer)
    except Exception as error:  # noqa: BLE001 -- a server would make a 500 of it
        tally.wrong.append(f"{type(error).__name__}: {request}")
    tally.note(request, status, headers, body)


def attacked_gateway(place: Path, database: str) -> Gateway:
    settings_ = Settings(
        data_dir=place,
        database_url=database,
        port=8000,
        demo=True,
        tls_terminators=[PROXY],
        log_level="debug",
    )
    configure_logs(settings_, place / "gateway.log")
    gateway = build_gateway(settings_)
    gateway.issuer.server._proofs.passwords._hasher = CHEAP._hasher
    gateway.issuer.login._passwords = CHEAP
    return gateway


def campaign(place: Path, number: int, *, seed_: int, database: str = "") -> tuple[Tally, Listener]:
    """Send *number* requests at a gateway in *place*; return what came of it."""
    gateway = attacked_gateway(place, database)
    tally, listener, browsers = Tally(), Listener(), list[Browser]()
    names = [None, *logging.root.manager.loggerDict]
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(listener)
    runner = asyncio.Runner()
    now = int(time.time())

    async def begin() -> Any:
        running = gateway.app.router.lifespan_context(gateway.app)
        await running.__aenter__()
        await fill(gateway)
        browsers.extend(await open_browsers(gateway))
        listener.secrets += [one.cookie for one in browsers]
        return running

    anything = st.one_of(requests(now), st.deferred(lambda: session_requests(browsers)))

    async def awake() -> None:
        """The loop stood still while requests were drawn: what was revoked is not known again yet (503)."""
        bearer = b"Bearer " + browsers[0].token.encode()
        asks = Request("GET", "/oauth/userinfo", b"", ((b"authorization", bearer),), b"")
        while True:
            asleep = Tally()
            await send(gateway.app, asks, asleep)
            if not asleep.wrong:
                return
            await asyncio.sleep(0.05)

    async def together(batch: list[Request]) -> None:
        await awake()
        await asyncio.gather(*(send(gateway.app, one, tally) for one in batch))

    @seed(seed_)
    @settings(
        max_examples=max(1, number // (DRAWN * VARIED)),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(anything, min_size=DRAWN, max_size=DRAWN), st.integers(0, 2**32))
    def run(drawn: list[Request], number_: int) -> None:
        chance = Random(number_)
        bent = [varied(one, chance) for one in drawn for _ in range(VARIED - 1)]
        runner.run(together([*drawn, *bent]))

    async def whole() -> None:
        await awake()
        for one in well_formed():
            answered = Tally()
            await send(gateway.app, one, answered)
            [status] = answered.statuses
            tally.well_formed[one.path] = int(status.split()[1])

    try:
        running = runner.run(begin())
        runner.run(whole())
        run()
        runner.run(running.__aexit__(None, None, None))
    finally:
        runner.close()
        logging.getLogger().removeHandler(listener)
        structlog.reset_defaults()
    written = (place / "gateway.log").read_text("utf-8") if (place / "gateway.log").exists() else ""
    if listener.tells(written):
        listener.leaks.append("gateway.log")
    return tally, listener


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", default="", help="postgresql://…; SQLite if left out")
    given_ = asked.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        tally, listener = campaign(
            Path(place), given_.requests, seed_=given_.seed, database=given_.database
        )
    told = {
        "requests": sum(tally.statuses.values()),
        "seconds": round(time.monotonic() - begun),
        "wellFormed": tally.well_formed,
        "statuses": dict(sorted(tally.statuses.items())),
        "logRecords": listener.heard,
        "leaks": listener.leaks[:5],
        "genericRefusals": tally.generic(),
        "wrong": tally.wrong[:5],
        "wrongInAll": len(tally.wrong),
    }
    print(json.dumps(told, indent=1, ensure_ascii=False))  # noqa: T201 -- a program
    return int(bool(tally.wrong or listener.leaks or not tally.generic()))


if __name__ == "__main__":
    raise SystemExit(main())
