"""Damage to the record's database, drawn by lot: a value changed, a row gone, a bit of the file turned."""

import random
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from gateway.record_flaw import Part
from storage.record_events import SOURCES
from storage.tables.access import delegation_events, delegations
from storage.tables.listing import entries, hits, list_corrections
from storage.tables.orders import order_events, orders, refund_watch_events, refund_watches
from storage.tables.record import (
    record_checkpoints,
    record_entries,
    record_lines,
    record_nodes,
    record_people,
    record_stamps,
    record_terms,
)

_DRAWS = 50
_OF_AN_EVENT = ("event", "from_state", "to_state", "actor", "at", "remark")
FOLLOWED = tuple(source.table for source in SOURCES)
"""Tables of events that go into the record."""
COLUMNS = tuple(
    (table, column, part)
    for table, part, columns in (
        (record_entries, Part.ENTRIES, ("n", "leaf", "hash")),
        (record_entries, Part.COLUMNS, ("at", "kind", "unit", "decision")),
        (record_people, Part.PEOPLE, ("n", "sealed")),
        (record_terms, Part.INDEX, ("term", "n")),
        (record_nodes, Part.TREE, ("height", "position", "hash")),
        (record_checkpoints, Part.CHECKPOINTS, ("size", "note")),
        (record_lines, Part.CHECKPOINTS, ("size", "key", "line")),
        (record_stamps, Part.CHECKPOINTS, ("size", "at", "token", "hash")),
        *((source.table, Part.EVENTS, ("sequence", source.about)) for source in SOURCES),
        *((source.table, Part.EVENTS, _OF_AN_EVENT) for source in SOURCES),
        (order_events, Part.EVENTS, ("case_number",)),
        (delegation_events, Part.EVENTS, ("case_number",)),
        (refund_watch_events, Part.EVENTS, ("case_number",)),
        (orders, Part.EVENTS, ("id_number",)),
        (entries, Part.EVENTS, ("id_number",)),
        (hits, Part.EVENTS, ("entry_id",)),
        (list_corrections, Part.EVENTS, ("entry_id",)),
        (delegations, Part.EVENTS, ("giver",)),
        (refund_watches, Part.EVENTS, ("id_number",)),
    )
    for column in columns
)
"""What of the record's tables, of those it follows, and whom their events are about, nobody may change;
where it is found."""
ROWS = (record_entries, record_people, record_terms, record_nodes, *FOLLOWED)
"""Whose rows may not go; a checkpoint that is gone is one that was never signed."""


def change(
    connection: Connection, table: Table, column: str, lot: random.Random
) -> tuple[Row[Any], object]:
    """Flip a bit of a value, or put another one in its place; return the row as it was."""
    rows = [
        row for row in connection.execute(select(table)).all() if getattr(row, column) is not None
    ]
    others = {getattr(row, column) for row in rows} if table.c[column].foreign_keys else set()
    for _ in range(_DRAWS):
        row = lot.choice(rows)
        was = getattr(row, column)
        changed = lot.choice(sorted(others - {was})) if others else another(was, lot)
        here = [key == getattr(row, key.name) for key in table.primary_key]
        try:
            with connection.begin_nested():
                connection.execute(update(table).where(*here).values({column: changed}))
        except IntegrityError:
            continue  # the number is taken: drawn again
        return row, changed
    raise AssertionError(f"{table.name}.{column} lets nothing be changed")


def another(value: Any, lot: random.Random) -> object:
    match value:
        case bytes():
            changed = bytearray(value)
            changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
            return bytes(changed)
        case int():
            return value + lot.choice((-1, 1, 1_000, -1_000))
        case str():
            at = lot.randrange(len(value))
            return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
    raise AssertionError(value)


def remove(connection: Connection, table: Table, lot: random.Random) -> Row[Any]:
    row = lot.choice(connection.execute(select(table)).all())
    here = [key == getattr(row, key.name) for key in table.primary_key]
    connection.execute(delete(table).where(*here))
    return row


def flip(database: Path, lot: random.Random) -> int:
    """Turn one bit of a file; return where."""
    at = lot.randrange(database.stat().st_size)
    with database.open("r+b") as file:
        file.seek(at)
        [byte] = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << lot.randrange(8)]))
    return at
