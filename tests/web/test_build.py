"""The committed build of the page: what it was built from, and that it loads nothing from outside."""

import hashlib
import re
from pathlib import Path

import pytest

DIST = Path("gateway/graphiql/dist")
SOURCES = Path("web/graphiql")
# Where an address is fetched or run; a namespace, a schema's name or a link in words is none of these.
LOADS = re.compile(
    rb"""(?ix)
    (?: \b (?:src|href|action|poster|data) \s* = \s* | \b from \s* | \b import \s* \(? \s*
      | @import \s+ (?:url\()? \s* | url\( \s* | \b (?:importScripts|fetch|open|sendBeacon) \( \s*
      | \b new \s+ (?:Worker|SharedWorker|WebSocket|EventSource|Request) \( \s* )
    ["'`]? \s* (?:https?:|wss?:)? // [a-z0-9]
    """
)


def test_the_build_is_what_its_checksums_say() -> None:
    listed = {
        line[66:]: line[:64] for line in (DIST / "SHA256SUMS").read_text("utf-8").splitlines()
    }
    there = {
        str(path.relative_to(DIST)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in DIST.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }

    assert there == listed


def test_the_lock_file_names_no_registry_and_no_package_runs_scripts() -> None:
    lock = (SOURCES / "package-lock.json").read_text("utf-8")

    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert "ignore-scripts=true" in (SOURCES / ".npmrc").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    "line",
    [
        b'<script src="https://cdn.example/a.js">',
        b"<link href=//cdn.example/a.css>",
        b"@import url(https://cdn.example/a.css)",
        b"@font-face{src:url('//cdn.example/a.woff')}",
        b'import a from"https://cdn.example/a.js"',
        b"import(`https://cdn.example/a.js`)",
        b'new Worker("https://cdn.example/a.js")',
        b'fetch("https://cdn.example/a")',
        b'script.src="https://cdn.example/a.js"',
    ],
)
def test_a_load_from_elsewhere_would_be_seen(line: bytes) -> None:
    assert LOADS.search(line)


@pytest.mark.parametrize(
    "line",
    [
        b'createElementNS("http://www.w3.org/2000/svg","path")',
        b'$schema:"http://json-schema.org/draft-07/schema#"',
        b"// see https://github.com/microsoft/vscode",
        b'import(`./a.js`),fetch("/graphql")',
        b"@font-face{src:url(/graphiql/assets/a.ttf)}",
    ],
)
def test_a_name_is_not_a_load(line: bytes) -> None:
    assert not LOADS.search(line)


def test_nothing_in_the_build_loads_from_elsewhere() -> None:
    read = [path for path in DIST.rglob("*") if path.suffix in {".html", ".js", ".css"}]

    assert {path.suffix for path in read} == {".html", ".js", ".css"}
    found = {path.name: LOADS.findall(path.read_bytes()) for path in read}
    assert not {name: loads for name, loads in found.items() if loads}
