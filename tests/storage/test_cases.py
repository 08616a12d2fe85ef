"""The register's import and our own deductions: neither overwrites the other."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

import pytest

from domain.money import Fen
from domain.registered_claim import ClaimParts
from storage.cases import CaseRecord, find_case, keep_cases
from storage.database import Database
from storage.orders import add_order
from storage.recoveries import add_recovery, recovered_by
from tests.storage.test_orders import CASE, order

pytestmark = pytest.mark.anyio
RECEIVED: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def known(database: Database) -> CaseRecord:
    found = await database.read(partial(find_case, number=CASE))
    assert found is not None
    return found


async def deducted(database: Database) -> None:
    await database.write(lambda c: add_order(c, order(), event="DRAFT"))
    await database.write(
        lambda c: add_recovery(
            c,
            "o_1",
            receipt_number="R1",
            case_number=CASE,
            fen=Fen(30_00),
            received_at=RECEIVED,
        )
    )


async def test_an_import_leaves_what_we_recovered(database: Database) -> None:
    before = await known(database)
    await deducted(database)

    await database.write(partial(keep_cases, register=[before]))

    after = await known(database)
    assert after.claim.all_recovered == before.claim.recovered + 30_00
    assert await database.read(partial(recovered_by, order_id="o_1")) == 30_00


async def test_an_import_that_has_our_deduction_says_so(database: Database) -> None:
    before = await known(database)
    await deducted(database)
    newer = replace(
        before.claim, recovered=Fen(before.claim.recovered + 30_00), recovered_as_of=RECEIVED
    )

    await database.write(partial(keep_cases, register=[replace(before, claim=newer)]))

    assert (await known(database)).claim.all_recovered == before.claim.recovered + 30_00


async def test_the_parts_of_a_claim_come_back_and_go_again(database: Database) -> None:
    before = await known(database)
    parts = ClaimParts(
        principal=Fen(100_00),
        agreed_interest=Fen(5_00),
        costs=Fen(3_00),
        enforcement_fee=Fen(1_00),
        perform_by=date(2026, 5, 7),
    )
    divided = replace(before, claim=replace(before.claim, parts=parts))

    await database.write(partial(keep_cases, register=[divided]))
    assert await known(database) == divided
    await database.write(partial(keep_cases, register=[before]))
    assert await known(database) == before
