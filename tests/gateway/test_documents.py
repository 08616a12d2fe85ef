"""Files in, documents out: what is refused, and who reads what."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.clockwork import Clockwork
from resolvers import order_approval
from resolvers.order_events import OrderEvents
from storage.orders import OrderRecord
from storage.tables.orders import documents
from tests.gateway.paper_office import MOST, Office, open_office, pdf, sha256_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


async def stored(office: Office) -> int:
    rows = select(documents.c.sha256)
    return len(await office.world.database.read(lambda c: c.scalars(rows).all()))


async def test_an_upload_is_answered_with_its_hash(office: Office) -> None:
    content = pdf("a ruling")

    answer = await office.upload(content)

    assert answer.status_code == 201
    assert answer.json() == {
        "sha256": sha256_of(content),
        "size": len(content),
        "mediaType": "application/pdf",
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_the_same_file_is_stored_once_and_the_answer_does_not_show_it(
    office: Office,
) -> None:
    content = pdf("the same")

    first, *others = await asyncio.gather(*(office.upload(content) for _ in range(12)))

    assert {(one.status_code, one.text) for one in others} == {(201, first.text)}
    assert await stored(office) == 1


async def in_pieces(content: bytes, seen: list[int], size: int = 64) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        seen.append(start)
        yield content[start : start + size]


async def test_a_file_may_come_in_pieces_of_unknown_number(office: Office) -> None:
    content = pdf("piece by piece", size=1000)

    answer = await office.upload(in_pieces(content, []))

    assert answer.json()["sha256"] == sha256_of(content)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param(b"", 422, "NOT_A_PDF", id="empty"),
        pytest.param(b"%PDF", 422, "NOT_A_PDF", id="four bytes"),
        pytest.param(b"PK\x03\x04" + pdf(), 422, "NOT_A_PDF", id="an archive before it"),
        pytest.param(b"<script>alert(1)</script>" + pdf(), 422, "NOT_A_PDF", id="a page"),
        pytest.param(b"%PDF-9.9\n" + pdf()[9:], 422, "NOT_A_PDF", id="no such version"),
        pytest.param(pdf(size=900)[:-8], 422, "PDF_INCOMPLETE", id="cut at its end"),
        pytest.param(pdf(size=900)[:500], 422, "PDF_INCOMPLETE", id="half of it"),
        pytest.param(pdf() + b"PK\x03\x04archive", 422, "PDF_INCOMPLETE", id="more behind it"),
        pytest.param(pdf().replace(b"\n9\n", b"\n99999\n"), 422, "PDF_INCOMPLETE", id="nowhere"),
        pytest.param(pdf(size=MOST + 1), 413, "DOCUMENT_TOO_LARGE", id="too large"),
    ],
)
async def test_what_is_no_whole_pdf_is_refused_and_not_stored(
    office: Office, content: bytes, status: int, code: str
) -> None:
    answer = await office.upload(content)

    assert answer.status_code == status
    assert [one["extensions"]["code"] for one in answer.json()["errors"]] == [code]
    assert await stored(office) == 0


async def test_the_largest_document_is_taken(office: Office) -> None:
    content = pdf(size=MOST - 60)
    content = pdf(size=MOST - 60 + MOST - len(content))
    assert len(content) == MOST

    assert (await office.upload(content)).status_code == 201


@pytest.mark.parametrize(
    ("content", "read_at_most"),
    [
        pytest.param(b"GIF89a" + b"x" * 4000, 2, id="no PDF"),
        pytest.param(pdf(size=100 * MOST), MOST // 64 + 2, id="too large, length unsaid"),
    ],
)
async def test_what_is_refused_early_is_not_read_to_its_end(
    office: Office, content: bytes, read_at_most: int
) -> None:
    seen: list[int] = []

    answer = await office.upload(in_pieces(content, seen))

    assert answer.status_code in {413, 422}
    assert len(seen) <= read_at_most


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({"content_type": "text/html"}, 415, "UNSUPPORTED_MEDIA_TYPE", id="type"),
        pytest.param({"content_encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE", id="gzip"),
        pytest.param(
            {"content_digest": f"sha-256=:{base64.b64encode(b'0' * 32).decode()}:"},
            400,
            "DIGEST_DIFFERS",
            id="another hash",
        ),
    ],
)
async def test_headers_that_say_otherwise_are_refused(
    office: Office, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await office.upload(pdf(), **headers)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert await stored(office) == 0


async def test_a_digest_that_is_right_is_taken(office: Office) -> None:
    content = pdf("with a digest")
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()

    answer = await office.upload(content, content_digest=f"sha-512=:AAAA:, sha-256=:{digest}:")

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "by", ["approver-1", "supervisor-1", "dept:housing-fund-center", "auditor-1"]
)
async def test_only_who_drafts_uploads(office: Office, by: str) -> None:
    answer = await office.upload(pdf(), by=by)

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await stored(office) == 0


async def ordered(office: Office, state: str) -> tuple[OrderRecord, str]:
    """Return an order in *state* with a ruling, and the ruling's hash."""
    world = office.world
    order = await world.drafted(world.freeze())
    sha256 = await office.attached(order, "RULING", pdf("ruling"), "裁定书 之一.pdf")
    if state != "DRAFT":
        submitted = await world.take("executor-1", order_approval.submit, order.id)
        await world.take(
            "approver-1", order_approval.approve, order.id, str(submitted.document_hash)
        )
    if state == "SENT":
        await world.send(order)
    return order, sha256


async def test_a_document_is_served_as_a_file_in_which_nothing_runs(office: Office) -> None:
    order, sha256 = await ordered(office, "DRAFT")

    answer = await office.get(f"/orders/{order.id}/documents/{sha256}", "executor-1")

    assert answer.status_code == 200
    assert sha256_of(answer.content) == sha256
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="ruling.pdf"; '
        "filename*=UTF-8''%E8%A3%81%E5%AE%9A%E4%B9%A6%20%E4%B9%8B%E4%B8%80.pdf"
    )
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_document_is_also_named_by_its_kind(office: Office) -> None:
    order, sha256 = await ordered(office, "DRAFT")

    answer = await office.get(f"/orders/{order.id}/documents/RULING", "executor-1")

    assert sha256_of(answer.content) == sha256


@pytest.mark.parametrize(
    ("state", "by", "status"),
    [
        pytest.param("DRAFT", "executor-1", 200, id="drafter"),
        pytest.param("DRAFT", "approver-1", 200, id="approver of the case"),
        pytest.param("DRAFT", "supervisor-1", 200, id="supervisor"),
        pytest.param("DRAFT", "executor-9", 404, id="officer of other cases"),
        pytest.param("DRAFT", "dept:housing-fund-center", 404, id="addressee of a draft"),
        pytest.param("APPROVED", "dept:housing-fund-center", 404, id="addressee before sending"),
        pytest.param("SENT", "dept:housing-fund-center", 200, id="addressee"),
        pytest.param("SENT", "dept:traffic-police", 404, id="another department"),
        pytest.param("SENT", "auditor-1", 403, id="without the scope"),
    ],
)
async def test_who_sees_the_order_sees_its_documents(
    office: Office, state: str, by: str, status: int
) -> None:
    order, sha256 = await ordered(office, state)

    answer = await office.get(f"/orders/{order.id}/documents/{sha256}", by)

    assert answer.status_code == status


async def test_what_is_not_yours_and_what_is_not_there_are_answered_alike(office: Office) -> None:
    order, sha256 = await ordered(office, "DRAFT")
    unattached = str((await office.upload(pdf("unattached"))).json()["sha256"])
    other = await office.world.drafted(office.world.freeze(record="HF2"))
    paths: list[tuple[str, str]] = [
        (f"/orders/{order.id}/documents/{sha256}", "executor-9"),
        (f"/orders/o_nobody/documents/{sha256}", "executor-1"),
        (f"/orders/{order.id}/documents/NOTICE", "executor-1"),
        (f"/orders/{order.id}/documents/{unattached}", "executor-1"),
        (f"/orders/{other.id}/documents/{sha256}", "executor-1"),
        (f"/orders/{order.id}/documents/..", "executor-1"),
        (f"/orders/{order.id}/documents/{sha256}%00", "executor-1"),
        ("/orders/%00/documents/RULING", "executor-1"),
    ]

    answers = [await office.get(path, by) for path, by in paths[:5]]
    odd = [await office.get(path, by) for path, by in paths[5:]]

    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert {one.status_code for one in odd} == {404}


@pytest.mark.parametrize(
    "path", ["/documents", "/orders/o_1/documents/RULING", "/orders/o_1/documents/" + "0" * 64]
)
async def test_without_a_token_nobody_learns_anything(office: Office, path: str) -> None:
    answer = await office.get_without_token(path)

    assert answer.status_code == (405 if path == "/documents" else 401)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_what_nobody_attached_goes_after_a_day(office: Office) -> None:
    order, sha256 = await ordered(office, "DRAFT")
    await office.upload(pdf("forgotten"))
    database = office.world.database
    clock: Any = Clockwork(database, OrderEvents(database), lambda: office.world.now)

    early = await clock.turn(office.world.now + timedelta(hours=23))
    late = await clock.turn(office.world.now + timedelta(hours=25))

    assert (early.dropped, late.dropped) == (0, 1)
    assert await stored(office) == 1
    kept = await office.get(f"/orders/{order.id}/documents/{sha256}", "executor-1")
    assert kept.status_code == 200
