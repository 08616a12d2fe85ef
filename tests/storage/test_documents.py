"""Files and whose papers they are, on both databases."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, inspect, select

from storage.database import Database
from storage.documents import (
    DocumentRecord,
    attach,
    attachments_of,
    content_of,
    detach,
    drop_unattached,
    hold_document,
    keep_document,
)
from storage.migration import migrate
from storage.orders import add_order
from storage.tables import METADATA
from storage.tables.orders import documents
from tests.storage.test_orders import NOW, order

pytestmark = pytest.mark.anyio

A_DAY = timedelta(days=1)
RULING = b"%PDF-1.7 a ruling %%EOF"


def record(content: bytes, at: datetime = NOW, by: str = "executor-1") -> DocumentRecord:
    return DocumentRecord(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type="application/pdf",
        uploaded_by=by,
        uploaded_at=at,
    )


async def uploaded(database: Database, content: bytes, at: datetime = NOW, **by: Any) -> str:
    document = record(content, at, **by)
    await database.write(partial(keep_document, document=document, content=content))
    return document.sha256


async def drafted(database: Database) -> str:
    draft = order(1)
    await database.write(partial(add_order, order=draft, event="DRAFT"))
    return draft.id


async def attached(
    database: Database, order_id: str, sha256: str, *, kind: str = "RULING", name: str = "裁.pdf"
) -> None:
    work = partial(
        attach, order_id=order_id, kind=kind, sha256=sha256, name=name, by="executor-1", at=NOW
    )
    await database.write(work)


async def count(database: Database) -> int:
    return int(await database.read(lambda c: c.scalar(select(func.count(documents.c.sha256)))) or 0)


async def test_the_same_file_is_stored_once_however_many_upload_it_at_once(
    database: Database,
) -> None:
    stored = await asyncio.gather(*(uploaded(database, RULING, by=f"e-{n}") for n in range(8)))

    assert len(set(stored)) == 1
    assert await count(database) == 1
    assert await database.read(lambda c: content_of(c, stored[0])) == RULING


async def test_papers_are_listed_with_the_size_of_their_file(database: Database) -> None:
    order_id = await drafted(database)
    ruling, notice = await uploaded(database, RULING), await uploaded(database, b"%PDF notice")

    await attached(database, order_id, ruling)
    await attached(database, order_id, notice, kind="NOTICE", name="通知.pdf")
    await attached(database, order_id, ruling, name="裁定书.pdf")

    found = await database.read(lambda c: attachments_of(c, order_id))
    assert {(one.kind, one.sha256, one.name, one.size) for one in found} == {
        ("RULING", ruling, "裁定书.pdf", len(RULING)),
        ("NOTICE", notice, "通知.pdf", len(b"%PDF notice")),
    }
    assert {one.at for one in found} == {NOW}


async def test_what_is_detached_is_no_paper_of_the_order_any_more(database: Database) -> None:
    order_id = await drafted(database)
    await attached(database, order_id, await uploaded(database, RULING))

    await database.write(partial(detach, order_id=order_id, kinds=["RULING"]))

    assert await database.read(lambda c: attachments_of(c, order_id)) == []
    assert await count(database) == 1


async def test_what_nobody_attached_goes_after_its_time_and_nothing_else(
    database: Database,
) -> None:
    order_id = await drafted(database)
    kept = await uploaded(database, RULING, NOW - 3 * A_DAY)
    await attached(database, order_id, kept)
    again = await uploaded(database, b"%PDF again", NOW - 3 * A_DAY)
    await uploaded(database, b"%PDF again", NOW)
    forgotten = await uploaded(database, b"%PDF forgotten", NOW - 2 * A_DAY)

    dropped = await database.write(partial(drop_unattached, uploaded_before=NOW - A_DAY, most=100))

    assert dropped == 1
    for sha256, there in ((kept, True), (again, True), (forgotten, False)):
        assert await database.write(partial(hold_document, sha256=sha256)) is there


async def test_dropping_goes_on_while_there_is_more(database: Database) -> None:
    for number in range(5):
        await uploaded(database, b"%%PDF %d" % number, NOW - 2 * A_DAY)
    drop = partial(drop_unattached, uploaded_before=NOW - A_DAY, most=2)

    assert [await database.write(drop) for _ in range(4)] == [2, 2, 1, 0]


async def test_whoever_attaches_while_it_is_dropped_has_it_or_is_told(database: Database) -> None:
    order_id = await drafted(database)

    def take(connection: Connection, sha256: str) -> bool:
        there = hold_document(connection, sha256)
        if there:
            attach(connection, order_id, kind="RULING", sha256=sha256, name="n", by="e", at=NOW)
        return there

    for number in range(20):
        sha256 = await uploaded(database, b"%%PDF race %d" % number, NOW - 2 * A_DAY)
        taken, _ = await asyncio.gather(
            database.write(partial(take, sha256=sha256)),
            database.write(partial(drop_unattached, uploaded_before=NOW - A_DAY, most=10)),
        )

        assert await database.write(partial(hold_document, sha256=sha256)) is taken


async def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    def tables(connection: Connection) -> dict[str, set[str]]:
        seen = inspect(connection)
        return {
            name: {column["name"] for column in seen.get_columns(name)}
            for name in seen.get_table_names()
        }

    await migrate(database)
    made = await database.read(tables)

    wanted = {t.name: {c.name for c in t.columns} for t in METADATA.sorted_tables}
    assert {name: made[name] for name in wanted} == wanted
