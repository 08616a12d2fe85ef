"""What is logged is on the list: every call in the tree, every key, every form of a value."""

import ast
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.log_events import EVENTS, EVERYWHERE, KEYS
from gateway.logs import allowed, configure_logs
from gateway.settings import Settings
from tests.domain.people import MAN

TREE = Path(__file__).parents[2]
PACKAGES = ("auth", "connectors", "domain", "gateway", "resolvers", "storage")
SPEAKS_TO_ITS_USER = ("gateway/cli/", "gateway/demo/")
SPOKEN = {"print", "sys.stderr.write", "warnings.warn"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "msg", "log", "bind"}


def modules() -> Iterator[tuple[str, ast.AST]]:
    for package in PACKAGES:
        for path in sorted((TREE / package).rglob("*.py")):
            yield str(path.relative_to(TREE)), ast.parse(path.read_text(encoding="utf-8"))


def is_logger(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id.lower() in {"_log", "log", "logger", "_logger"}
    return isinstance(node, ast.Call) and "get_logger" in ast.unparse(node.func)


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for name, module in modules():
        called = {id(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and is_logger(node.value) and node.attr in LEVELS:
                assert id(node) in called, f"{name}:{node.lineno} hands a logger's method on"
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and is_logger(node.func.value)
            ):
                yield f"{name}:{node.lineno}", node


def test_every_log_call_of_the_tree_is_on_the_list_and_nothing_else_is() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)

    for where, call in log_calls():
        assert len(call.args) == 1, f"{where}: an event and keys, nothing else"
        event = call.args[0]
        assert isinstance(event, ast.Constant), f"{where}: an event is a constant"
        assert isinstance(event.value, str), where
        assert all(one.arg is not None for one in call.keywords), f"{where}: keys are written out"
        found[event.value] |= {str(one.arg) for one in call.keywords}

    assert {event: frozenset(keys) for event, keys in found.items()} == dict(EVENTS)


def test_nothing_is_said_past_the_list() -> None:
    past = []
    for name, module in modules():
        if name.startswith(SPEAKS_TO_ITS_USER) or name == "gateway/logs.py":
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {one.name for one in node.names} | {getattr(node, "module", None)}
                if names & {"logging", "traceback"}:
                    past.append(f"{name}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "print",
                "sys.stderr.write",
            }:
                past.append(f"{name}:{node.lineno}")

    assert past == []


def test_every_key_has_a_form_and_every_event_a_line_in_the_handbook() -> None:
    page = (TREE / "docs/operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \|([^|]*)\|", page, re.MULTILINE))

    assert frozenset(KEYS) == frozenset().union(EVERYWHERE - {"event"}, *EVENTS.values())
    for event, keys in EVENTS.items():
        assert set(re.findall(r"`([a-z0-9_]+)`", rows[event])) == keys, event


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param(
            {"event": "order.overdue", "order": "o_0123456789abcdef01234567"},
            {"event": "order.overdue", "order": "o_0123456789abcdef01234567"},
            id="as it should be",
        ),
        pytest.param(
            {"event": "order.overdue", "order": "o_0123456789abcdef01234567", "of": MAN},
            {"event": "order.overdue", "order": "o_0123456789abcdef01234567", "withheld": 1},
            id="a key that is not on the list",
        ),
        pytest.param(
            {"event": "order.overdue", "order": MAN},
            {"event": "order.overdue", "order": "…", "withheld": 1},
            id="a value of another form",
        ),
        pytest.param(
            {"event": f"order of {MAN}", "order": MAN},
            {"event": "event.unknown", "withheld": 2},
            id="an event that is a sentence",
        ),
        pytest.param(
            {"event": "list.not_read", "error": "ValueError", "exc_info": True},
            {"event": "list.not_read", "error": "ValueError", "withheld": 1},
            id="a traceback",
        ),
        pytest.param(
            {"event": "request.answered", "departments": {"traffic-police": "ANSWERED", MAN: "x"}},
            {"event": "request.answered", "departments": "…", "withheld": 1},
            id="somebody among departments",
        ),
        pytest.param(
            {"event": ["order.overdue"], "level": "info"},
            {"event": "event.unknown", "level": "info", "withheld": 1},
            id="no word at all",
        ),
    ],
)
def test_what_is_not_on_the_list_is_withheld_and_counted(
    line: dict[str, Any], shown: dict[str, Any]
) -> None:
    assert allowed(None, "info", line) == shown


@pytest.mark.parametrize(
    "somebody",
    [
        *("990203199001010017", "91990203MA0000015E", "欧阳标记", "示AV5283", "12912345678"),
        *("（2026）示9903执1号", "示9903-0001", "o_990203199001010017", "6222021234567890123"),
        *("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "whsec_c2VjcmV0", "Li Si", "executor 1"),
    ],
)
def test_no_form_takes_what_says_somebody(somebody: str) -> None:
    """But a lone pinyin word is a word: that no such thing is logged, the calls themselves say."""
    assert [key for key, is_of_it in KEYS.items() if is_of_it(somebody)] == []


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    hooks = (sys.excepthook, sys.unraisablehook, threading.excepthook)
    handlers, level = logging.root.handlers[:], logging.root.level
    monkeypatch.setattr(sys, "stderr", written)
    logging.captureWarnings(capture=False)  # a command that ran in this process began it
    configure_logs(Settings(log_level="debug"))
    yield written
    logging.captureWarnings(capture=False)
    logging.root.handlers[:], logging.root.level = handlers, level
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.filterwarnings("default")
def test_libraries_threads_and_warnings_are_told_of_without_their_words(lines: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(MAN)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError:
        logging.getLogger("sqlalchemy").exception("failed for %s", MAN)
        sys.excepthook(*sys.exc_info())
    logging.getLogger("authlib").debug("token %s", MAN)
    warnings.warn(str(MAN), stacklevel=1)
    structlog.get_logger().info("order of %s", MAN)
    structlog.get_logger().info("order.overdue", order=MAN)

    text = lines.getvalue()
    told = [json.loads(line)["event"] for line in text.splitlines()]
    assert MAN not in text
    assert told == [
        "process.failed",
        "library.warned",
        "process.failed",
        "library.warned",
        "event.unknown",
        "order.overdue",
    ]
