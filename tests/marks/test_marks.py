"""Marked people go through every feature; outside of the record and of permitted answers nobody is found."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from connectors.tracing import ATTRIBUTES, SPANS
from storage.tables import METADATA
from tests.databases import ENGINES, empty_database, opened
from tests.installation import installed
from tests.marks import every_field, marks, waiting
from tests.marks.marks import Marks
from tests.marks.places import CACHE, Places, collector
from tests.marks.walk import Walk

PLACES = (
    "log",
    "standard error",
    "metrics",
    "traces",
    "cache keys",
    "addresses",
    "command lines",
    "file names",
    "contract check",
)


@dataclass(frozen=True)
class Walked:
    """A court after the walk, and all that it left."""

    walk: Walk
    marks: Marks
    places: Places
    left: dict[str, bytes]
    database: str

    def told(self) -> str:
        """Return every row of the database, as text."""
        with opened(self.database).connect() as connection:
            rows = [connection.execute(select(table)).all() for table in METADATA.sorted_tables]
        return repr(rows)


class Taken(BaseHTTPRequestHandler):
    """A unit's endpoint that fails first, in words, and takes what comes then."""

    times = 0

    def do_POST(self) -> None:
        Taken.times += 1
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(500 if Taken.times == 1 else 204)
        self.end_headers()
        if Taken.times == 1:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=ENGINES)
def walked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, endpoint: str
) -> Iterator[Walked]:
    place = tmp_path_factory.mktemp("marks")
    cache = redis.Redis.from_url(CACHE)
    cache.flushdb()
    Taken.times = 0
    with (
        collector() as traces,
        empty_database(request.param, place) as url,
        installed(
            place,
            place / "stderr.txt",
            CHAKONG_DATABASE_URL=url,
            CHAKONG_LOG_LEVEL="debug",
            CHAKONG_METRICS_PORT="0",
            CHAKONG_OTLP_ENDPOINT=traces.endpoint,
            CHAKONG_TRACE_RATIO="1",
            CHAKONG_TRACE_TO_DEPARTMENTS="true",
            CHAKONG_CACHE=CACHE,
            CHAKONG_PRIVATE_SCREENING="true",
            CHAKONG_REQUEST_SECONDS="3",
            CHAKONG_CLOCK_SECONDS="0.5",
            CHAKONG_COST_PER_MINUTE="100000000",
            CHAKONG_PUBLIC_PER_MINUTE="1000",
            OTEL_BSP_SCHEDULE_DELAY="200",
        ) as installation,
    ):
        known = Marks()
        with Walk(installation.start(), place / "state", known) as walk:
            walk.whole_case()
            walk.order()
            walk.listing(endpoint)
            waiting.plan(walk)
            waiting.typed(walk)
            waiting.watched(walk)
            waiting.ticketed(walk)
            waiting.sessions(walk)
            printed = waiting.new_department(walk, place)
            walk.every_root_field()
            walk.streams()
            walk.own_and_audit()
            walk.signing_in()
            walk.bad_input()
            walk.faults()
            for _ in range(40):  # a cache that is too slow is passed over for a while
                if cache.dbsize():
                    break
                time.sleep(0.5)
                walk.who_they_are()
        time.sleep(1)  # the last batch of spans
        places = Places(place / "state", place / "stderr.txt", traces, installation)
        left = {**places.everywhere(port_of(places.log())), "contract check": printed}
        yield Walked(walk, known, places, left, url)
    cache.flushdb()


def port_of(log: bytes) -> int:
    [line] = [
        one for one in map(json.loads, log.splitlines()) if one["event"] == "metrics.listening"
    ]
    return int(line["port"])


@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_found(walked: Walked, place: str) -> None:
    assert walked.marks.found(walked.left[place]) == []


def test_no_refusal_and_no_error_says_who_was_meant(walked: Walked) -> None:
    found = {
        f"{heard.what} {heard.status}": who
        for heard in walked.walk.heard
        if (who := walked.marks.found(heard.told()))
    }

    assert found == {}


def test_no_header_says_who_was_meant(walked: Walked) -> None:
    shown = [
        (heard.what, name, who)
        for heard in walked.walk.heard
        for name, value in heard.headers.items()
        if name
        # Protocol: state and code; a file's own name; a browser's own cookie.
        not in {"location", "content-disposition", "set-cookie"}
        and (who := walked.marks.found(value.encode()))
    ]

    assert shown == []


def test_the_walk_went_everywhere(walked: Walked) -> None:
    """Evidence: who was looked for went through, and there was something to look through."""
    assert len(walked.marks) > 100
    names = {heard.what for heard in walked.walk.heard}
    for root in ("query", "mutation"):
        assert names >= set(every_field.ROOTS[root].fields)  # type: ignore[union-attr]
    assert walked.walk.answered, "the ticket was collected"
    database = walked.told()
    for mark in (marks.REASON, marks.RULING, marks.FILE):
        assert mark in database
    for place in PLACES:
        assert walked.left[place] or place == "standard error", f"nothing to look through: {place}"
    metrics = walked.left["metrics"].decode()
    routes = set(re.findall(r'http_route="([^"]*)"', metrics))
    assert len(routes) > 25, routes


def test_the_handbook_names_what_is_counted_and_nothing_else(walked: Walked) -> None:
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    metrics = walked.left["metrics"].decode()
    families = {
        family.name + "_total" * (family.type == "counter"): family
        for family in text_string_to_metric_families(metrics)
        if not family.name.startswith("process_") and not family.name.endswith("_created")
    }

    told = dict(re.findall(r"^\| `((?:gateway|http)_[a-z_]+)` \|([^|]*)\|", page, re.MULTILINE))
    assert told.keys() == families.keys()
    for name, family in families.items():
        labels = {one for sample in family.samples for one in sample.labels} - {"le"}
        assert labels in ({*re.findall(r"`(\w+)`", told[name])}, set()), name
    for alert in re.findall(r"expr: (.*?)(?:, for|\})", page):
        assert set(re.findall(r"(?:gateway|http)_\w+\b(?!=)", alert)) <= {
            sample.name for family in families.values() for sample in family.samples
        }


def test_every_line_of_the_log_is_of_the_list(walked: Walked) -> None:
    lines = [json.loads(line) for line in walked.left["log"].splitlines()]

    assert not [line for line in lines if "withheld" in line or line["event"] == "event.unknown"]
    answered = [line for line in lines if line["event"] in {"request.answered", "http.answered"}]
    assert len(answered) > 500
    assert all({"request", "trace"} <= line.keys() for line in answered)


def test_every_span_is_of_the_list(walked: Walked) -> None:
    spans = walked.places.traces.spans()

    assert {span.name for span in spans} == set(SPANS)
    assert {one.key for span in spans for one in span.attributes} <= set(ATTRIBUTES)
    assert not [span for span in spans if span.events or span.links or span.status.message]


def test_departments_are_called_at_addresses_that_name_nobody(walked: Walked) -> None:
    told = walked.left["addresses"].decode()
    addresses = set(re.sub(r"\bw_[0-9a-f]{24}\b", "w_", told).split("\n"))  # a watch's own lot

    assert not [one for one in addresses if re.search(r"\d{6}", one.replace("/", ""))], addresses
