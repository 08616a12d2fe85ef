"""
What runs by itself in a database that was put back: triggers, views, functions and the like.

No database of ours has any. Whoever made a backup may have left them, to be run by whoever writes.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final


class ForeignObjects(Exception):
    """It has something that no database of ours has."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"it has a {kind}, and no database of ours has one")


_VIRTUAL: Final = re.compile(r"\s*CREATE\s+VIRTUAL", re.IGNORECASE)
_LISTED: Final = re.compile(r"\d+; \d+ \d+ ([A-Z ]+) (?:[a-z_]\w*|-) ")
_OURS: Final = frozenset(
    {
        *("TABLE", "TABLE DATA", "INDEX", "CONSTRAINT", "FK CONSTRAINT", "DEFAULT"),
        *("SEQUENCE", "SEQUENCE OWNED BY", "SEQUENCE SET"),
    }
)
"""Kinds of entries in the list of contents of a pg_dump of ours."""

_MADE_BY_USERS: Final = "oid >= 16384"  # FirstNormalObjectId: what is below, PostgreSQL brought
POSTGRESQL: Final = rf"""
SELECT kind FROM (
  SELECT 'trigger' AS kind FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'event trigger' FROM pg_event_trigger
  UNION ALL SELECT 'function' FROM pg_proc WHERE {_MADE_BY_USERS}
  UNION ALL SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
    WHEN 'f' THEN 'foreign table' ELSE 'relation of kind ' || relkind::text END
    FROM pg_class WHERE {_MADE_BY_USERS} AND relkind NOT IN ('r', 'i', 'S', 't')
  UNION ALL SELECT 'rule' FROM pg_rewrite WHERE {_MADE_BY_USERS} AND rulename <> '_RETURN'
  UNION ALL SELECT 'policy' FROM pg_policy
  UNION ALL SELECT 'check' FROM pg_constraint
    WHERE {_MADE_BY_USERS} AND contype NOT IN ('p', 'u', 'f', 'n')
  UNION ALL SELECT 'computed default' FROM pg_attrdef
    WHERE pg_get_expr(adbin, adrelid) ~ '\w\('
    AND pg_get_expr(adbin, adrelid) !~ '^nextval\(''[a-z_.]+''::regclass\)$'
  UNION ALL SELECT 'computed index' FROM pg_index
    WHERE indexrelid >= 16384 AND (indexprs IS NOT NULL OR pg_get_expr(indpred, indrelid) ~ '\w\(')
  UNION ALL SELECT 'extension' FROM pg_extension WHERE {_MADE_BY_USERS}
  UNION ALL SELECT 'language' FROM pg_language WHERE {_MADE_BY_USERS}
  UNION ALL SELECT 'cast' FROM pg_cast WHERE {_MADE_BY_USERS}
  UNION ALL SELECT 'operator' FROM pg_operator WHERE {_MADE_BY_USERS}
  UNION ALL SELECT 'schema' FROM pg_namespace WHERE {_MADE_BY_USERS} AND nspname !~ '^pg_'
  UNION ALL SELECT 'foreign server' FROM pg_foreign_server
  UNION ALL SELECT 'publication' FROM pg_publication
) AS found ORDER BY kind LIMIT 1
"""  # noqa: S608 -- constants
"""A query for the first kind of what is not ours in a database; no row if there is none."""


def require_ours_in_file(file: Path) -> None:
    """Refuse a SQLite file with anything but tables and indexes.

    Raises:
        ForeignObjects: see there.
        sqlite3.Error, UnicodeDecodeError: it is no database.
    """
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT type, sql FROM sqlite_master").fetchall()
    kinds = {kind for kind, _ in rows} - {"table", "index"}
    if any(sql is not None and _VIRTUAL.match(sql) for _, sql in rows):
        kinds.add("virtual table")
    if kinds:
        raise ForeignObjects(min(kinds))


def require_ours_listed(contents: Iterable[str]) -> None:
    """Refuse a pg_dump by its list of contents (``pg_restore --list``), before any of it is run.

    Raises:
        ForeignObjects: see there.
    """
    for line in contents:
        if not line.strip() or line.startswith(";"):
            continue
        told = _LISTED.match(line)
        kind = "entry that cannot be read" if told is None else told[1]
        if kind not in _OURS:
            raise ForeignObjects(kind.lower())
