"""Files as documents of orders: when, by whom, and what the approval covers."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import delete, update

from domain.guards import GuardRefused
from domain.order_documents import DocumentKind
from resolvers import order_answers, order_approval, order_drafts
from resolvers.order_attaching import Attachment, DocumentNotUploaded, attach
from resolvers.order_steps import HashDiffers, Idempotency, KeyConflict, OrderNotFound
from resolvers.refusals import BadInput
from storage.documents import AttachmentRecord, DocumentRecord, attachments_of, keep_document
from storage.orders import OrderRecord
from storage.tables.orders import order_documents
from tests.resolvers.order_world import FUND, World, full, open_world, papers

pytestmark = pytest.mark.anyio

RULING: Final = b"%PDF-1.7 the ruling %%EOF"
NOTICE: Final = b"%PDF-1.7 the notice %%EOF"
OTHER: Final = b"%PDF-1.7 something else %%EOF"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


async def uploaded(world: World, content: bytes) -> str:
    document = DocumentRecord(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type="application/pdf",
        uploaded_by="executor-1",
        uploaded_at=world.now,
    )
    await world.database.write(partial(keep_document, document=document, content=content))
    return document.sha256


def as_kind(kind: str, sha256: str, name: str = "文书.pdf") -> Attachment:
    return Attachment(kind=DocumentKind(kind), sha256=sha256, name=name)


async def attached(
    world: World, order: OrderRecord, by: str = "executor-1", **contents: bytes
) -> OrderRecord:
    """Upload and attach *contents*, named by kind."""
    given = tuple(
        [as_kind(kind.upper(), await uploaded(world, one)) for kind, one in contents.items()]
    )
    return await world.take(by, attach, order.id, given)


async def documents_of(world: World, order: OrderRecord) -> list[AttachmentRecord]:
    return await world.database.read(lambda c: attachments_of(c, order.id))


async def with_documents(world: World) -> OrderRecord:
    """Return a submitted order with ruling and notice."""
    order = await world.drafted(world.freeze())
    await attached(world, order, ruling=RULING, notice=NOTICE)
    return await world.take("executor-1", order_approval.submit, order.id)


async def test_a_draft_has_its_documents_and_its_history_says_so(world: World) -> None:
    order = await world.drafted(world.freeze())

    after = await attached(world, order, ruling=RULING, notice=NOTICE)

    assert after.state == "DRAFT"
    assert {one.kind for one in await documents_of(world, order)} == {"RULING", "NOTICE"}
    last = (await world.history(order.id))[-1]
    assert (last.event, last.actor, last.remark) == ("EDIT", "executor-1", "NOTICE, RULING")


async def test_another_ruling_takes_the_place_of_the_one_before(world: World) -> None:
    order = await world.drafted(world.freeze())
    await attached(world, order, ruling=RULING, notice=NOTICE)

    await attached(world, order, ruling=OTHER)

    found = {one.kind: one.sha256 for one in await documents_of(world, order)}
    assert found == {
        "RULING": hashlib.sha256(OTHER).hexdigest(),
        "NOTICE": hashlib.sha256(NOTICE).hexdigest(),
    }


async def test_the_same_key_attaches_once_and_stands_for_nothing_else(world: World) -> None:
    order = await world.drafted(world.freeze())
    given = (as_kind("RULING", await uploaded(world, RULING)),)

    first = await world.take("executor-1", attach, order.id, given, key="k")
    again = await world.take("executor-1", attach, order.id, given, key="k")

    assert again == first
    assert [one.event for one in await world.history(order.id)] == ["DRAFT", "EDIT"]
    other = (as_kind("NOTICE", given[0].sha256),)
    with pytest.raises(KeyConflict):
        await world.take("executor-1", attach, order.id, other, key="k")


async def test_the_hash_covers_ruling_and_notice_and_an_order_without_keeps_its_own(
    world: World,
) -> None:
    plain = await world.submitted(world.freeze(record="HF2"))
    order = await with_documents(world)
    await world.take("approver-1", order_approval.reject, order.id, "换裁定书")
    await world.take("executor-1", order_drafts.revise, order.id, papers(1))

    await attached(world, order, ruling=OTHER)
    again = await world.take("executor-1", order_approval.submit, order.id)

    assert plain.document_hash is not None
    assert again.document_hash != order.document_hash


@pytest.mark.parametrize("state", ["PENDING_APPROVAL", "APPROVED", "SENT", "REJECTED"])
async def test_what_was_submitted_keeps_its_documents(world: World, state: str) -> None:
    order = await with_documents(world)
    seen = str(order.document_hash)
    if state == "REJECTED":
        await world.take("approver-1", order_approval.reject, order.id, "不妥")
    elif state != "PENDING_APPROVAL":
        await world.take("approver-1", order_approval.approve, order.id, seen)
    if state == "SENT":
        await world.send(order)
    before = await documents_of(world, order)

    with pytest.raises(GuardRefused) as refused:
        await attached(world, order, ruling=OTHER)

    assert (refused.value.guard, refused.value.rule) == ("G3", "domain.md 5.8, 6.1")
    assert (await world.order(order.id)).state == state
    assert await documents_of(world, order) == before


async def test_documents_changed_behind_the_gateways_back_are_not_approved(world: World) -> None:
    order = await with_documents(world)
    other = await uploaded(world, OTHER)
    change = update(order_documents).where(order_documents.c.kind == "RULING").values(sha256=other)
    await world.database.write(lambda c: c.execute(change).rowcount)

    with pytest.raises(HashDiffers):
        await world.take("approver-1", order_approval.approve, order.id, str(order.document_hash))

    assert (await world.order(order.id)).state == "PENDING_APPROVAL"


async def test_a_document_taken_away_is_not_approved_either(world: World) -> None:
    order = await with_documents(world)
    gone = delete(order_documents).where(order_documents.c.kind == "NOTICE")
    await world.database.write(lambda c: c.execute(gone).rowcount)

    with pytest.raises(HashDiffers):
        await world.take("approver-1", order_approval.approve, order.id, str(order.document_hash))


async def test_service_receipts_come_after_sending_and_none_is_taken_away(world: World) -> None:
    order = await world.sent(world.freeze())
    seen = order.document_hash

    await attached(world, order, service_receipt=RULING)
    await world.reported(order, full(order, world.today))
    after = await attached(world, order, service_receipt=OTHER)

    found = await documents_of(world, order)
    assert [one.kind for one in found] == ["SERVICE_RECEIPT", "SERVICE_RECEIPT"]
    assert (after.state, after.document_hash) == ("EXECUTED", seen)


async def test_a_returned_order_with_a_service_receipt_is_still_what_was_approved(
    world: World,
) -> None:
    order = await world.sent(world.freeze())
    await attached(world, order, service_receipt=RULING)
    await world.take(f"dept:{FUND}", order_answers.return_, order.id, "印章不清")

    again = await world.take("executor-1", order_answers.supplement, order.id, "补盖印章")

    assert again.state == "SENT"


async def test_a_draft_takes_no_service_receipt(world: World) -> None:
    order = await world.drafted(world.freeze())

    with pytest.raises(GuardRefused) as refused:
        await attached(world, order, service_receipt=RULING)

    assert (refused.value.guard, refused.value.rule) == ("G3", "CPL 87; domain.md 5.8")
    assert await documents_of(world, order) == []


async def test_one_file_is_not_ruling_and_notice_at_once(world: World) -> None:
    order = await world.drafted(world.freeze())
    await attached(world, order, ruling=RULING)

    with pytest.raises(GuardRefused) as refused:
        await attached(world, order, notice=RULING)

    assert (refused.value.guard, refused.value.rule) == ("G3", "I-08; domain.md 5.8")
    assert [one.kind for one in await documents_of(world, order)] == ["RULING"]


@pytest.mark.parametrize(
    "by",
    [
        pytest.param("approver-1", id="of the case, not the drafter"),
        pytest.param("executor-9", id="of no case"),
        pytest.param(f"dept:{FUND}", id="the department"),
    ],
)
async def test_nobody_else_changes_a_draft(world: World, by: str) -> None:
    order = await world.drafted(world.freeze())

    with pytest.raises(OrderNotFound):
        await attached(world, order, by=by, ruling=RULING)

    assert await documents_of(world, order) == []


async def test_a_hash_of_nothing_uploaded_is_refused_and_nothing_is_changed(world: World) -> None:
    order = await world.drafted(world.freeze())
    given = (as_kind("RULING", await uploaded(world, RULING)), as_kind("NOTICE", "0" * 64))

    with pytest.raises(DocumentNotUploaded):
        await world.take("executor-1", attach, order.id, given)

    assert await documents_of(world, order) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param([], "1 to 8", id="none"),
        pytest.param([("SERVICE_RECEIPT", "a" * 64, "n")] * 9, "1 to 8", id="too many"),
        pytest.param(
            [("RULING", "a" * 64, "n"), ("RULING", "b" * 64, "n")], "one RULING", id="two"
        ),
        pytest.param([("RULING", "a" * 63, "n")], "64 hexadecimal", id="short hash"),
        pytest.param([("RULING", "../" + "a" * 61, "n")], "64 hexadecimal", id="a path for a hash"),
        pytest.param([("RULING", "a" * 64, "../../etc/passwd")], "without a path", id="path"),
        pytest.param([("RULING", "a" * 64, "C:\\x.pdf")], "without a path", id="path of Windows"),
        pytest.param([("RULING", "a" * 64, "a\r\nx: y")], "unprintable", id="line end"),
        pytest.param([("RULING", "a" * 64, "\u202efdp.exe")], "unprintable", id="turned around"),
        pytest.param([("RULING", "a" * 64, " ")], "blank", id="blank"),
        pytest.param([("RULING", "a" * 64, "长" * 129)], "at most 128", id="long"),
    ],
)
async def test_what_cannot_be_a_document_is_named(
    world: World, given: list[tuple[str, str, str]], words: str
) -> None:
    order = await world.drafted(world.freeze())

    with pytest.raises(BadInput, match=words):
        await world.take("executor-1", attach, order.id, tuple(as_kind(*one) for one in given))

    assert await documents_of(world, order) == []


async def test_where_documents_are_required_an_order_is_submitted_with_both(world: World) -> None:
    order = await world.drafted(world.freeze())
    strict = replace(world.step("executor-1"), documents_required=True)

    async def submit(key: str) -> Any:
        idempotency = Idempotency(actor="executor-1", key=key)
        return await world.database.write(
            partial(order_approval.submit, order.id, idempotency, strict)
        )

    with pytest.raises(GuardRefused) as without:
        await submit("1")
    await attached(world, order, ruling=RULING)
    with pytest.raises(GuardRefused) as half:
        await submit("2")
    await attached(world, order, notice=NOTICE)
    submitted = await submit("3")

    assert without.value.rule == half.value.rule == "domain.md 5.8, 6.1"
    assert submitted.state == "PENDING_APPROVAL"
