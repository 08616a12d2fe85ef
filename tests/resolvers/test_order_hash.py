"""What is approved is the whole order; what was hashed before an order could say more hashes as it did."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from resolvers.order_steps import document_hash
from storage.database import Database, open_database
from storage.migration import migrate
from storage.orders import OrderRecord

pytestmark = pytest.mark.anyio
AT: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FREEZE: Final = OrderRecord(
    id="o_1",
    case_number=CaseNumber("（2026）示9903执1号"),
    state="DRAFT",
    action="FREEZE",
    asset_kind="bankDeposit",
    department="financial-institutions",
    id_number=IdNumber("990203199003070012"),
    subject_name="示例甲",
    record="BD-00000001",
    amount=Fen(100_00),
    quantity=None,
    months=12,
    purpose="CONTROL",
    reason="未履行",
    ruling_number="（2026）示9903执1号之一",
    notice_number="（2026）示9903执1号之二",
    officers=("示9903-0001", "示9903-0002"),
    drafter="executor-1",
    approver=None,
    document_hash=None,
    delivery_key="k_1",
    created_at=AT,
    changed_at=AT,
)
REFUND: Final = replace(
    FREEZE,
    asset_kind="exportTaxRebate",
    route="VIA_REFUND_ACCOUNT",
    gates=("PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"),
)
SHARES: Final = replace(FREEZE, asset_kind="securities", amount=None, quantity=900)
DEDUCTION: Final = replace(FREEZE, action="DEDUCT", months=0, hold_order="o_0", floor=Fen(5_00))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'chakong.db'}")
    await migrate(opened)
    yield opened
    await opened.close()


async def hashed(database: Database, order: OrderRecord) -> str:
    return await database.read(lambda c: document_hash(c, order))


@pytest.mark.parametrize(
    ("order", "known"),
    [
        pytest.param(
            FREEZE,
            "8058f91a3ee7f5de99c759075a74646a6bd003db77d535f3fd9534f9f992a266",
            id="a freeze",
        ),
        pytest.param(
            REFUND,
            "0efe0eb920e1d74a5d8e593970564fc9cdf7fd0af297aecd7e762b86df4298d6",
            id="a refund",
        ),
        pytest.param(
            SHARES,
            "e276a427de3c298f2833d520d7d999d9cd7208db084de5e22527fd7ff727baaf",
            id="shares",
        ),
        pytest.param(
            DEDUCTION,
            "43f0b83faa034c9d3dd8f27f69321cbbfe0a96ac4b2aa04440ccf40a99bc9059",
            id="a deduction",
        ),
    ],
)
async def test_an_order_of_before_hashes_as_it_did(
    database: Database, order: OrderRecord, known: str
) -> None:
    assert await hashed(database, order) == known


@pytest.mark.parametrize(
    ("order", "said"),
    [
        pytest.param(FREEZE, {"not_exempt": "账户已停发养老金"}, id="why it is not exempt"),
        pytest.param(SHARES, {"value": Fen(900_00)}, id="what it is worth"),
        pytest.param(FREEZE, {"kept_because": "别无其他财产"}, id="why it is held whole"),
        pytest.param(SHARES, {"gates": ("PLEDGE_MARKED",)}, id="that pledged shares are marked"),
    ],
)
async def test_what_the_approver_decides_on_is_in_the_hash(
    database: Database, order: OrderRecord, said: dict[str, Any]
) -> None:
    assert await hashed(database, replace(order, **said)) != await hashed(database, order)
