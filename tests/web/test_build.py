"""The committed build of the page: what it was built from, and that it loads nothing from outside."""

import hashlib
import re
from pathlib import Path

DIST = Path("gateway/graphiql/dist")
SOURCES = Path("web/graphiql")
LOADS = re.compile(rb"""(?:src|href)\s*=\s*["']?https?://|@import\s+["'(]?\s*https?://""")


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


def test_nothing_in_the_build_loads_from_elsewhere() -> None:
    for path in [DIST / "index.html", *DIST.rglob("*.css")]:
        assert not LOADS.search(path.read_bytes()), path
