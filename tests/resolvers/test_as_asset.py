"""How records of kinds read as assets: by the catalogue's names, or by what a kind says instead."""

from dataclasses import dataclass
from typing import Any

import pytest

from connectors.errors import DepartmentContractBroken
from connectors.records import EncumbranceRecord, HoldRecord
from domain.cover import CoverPolicy
from domain.found_asset import (
    ExemptionHint,
    FoundAsset,
    PriorHold,
    controllable_fen,
    exemption_hint,
)
from domain.money import Fen
from resolvers.as_asset import AsAsset

POLICY = CoverPolicy()
BROKEN = DepartmentContractBroken("land-resources")


def read(kind: str, as_asset: AsAsset, hidden: tuple[str, ...] = (), **values: Any) -> FoundAsset:
    """Return a record with *values* read as an asset, by a reader who does not see *hidden*."""
    known = {"source_record_id": "1", **values}
    record = type("Record", (), known)()
    reading = as_asset.reads(kind, frozenset(known) | set(as_asset.label))
    return reading.found(record, sees=lambda one: one not in hidden)


@dataclass
class Row:
    """A kind, what its record says, and what may be controlled of it."""

    kind: str
    values: dict[str, Any]
    controllable: int | None


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            Row("bankDeposit", {"balance": 900, "available_balance": 700, "holds": ()}, 700),
            id="money that nothing holds",
        ),
        pytest.param(
            Row(
                "bankDeposit",
                {"balance": 900, "holds": (HoldRecord(amount=Fen(300), state="ACTIVE"),)},
                600,
            ),
            id="money less its holds",
        ),
        pytest.param(
            Row(
                "bankDeposit",
                {"balance": 900, "holds": (HoldRecord(amount=Fen(300), state="WAITING"),)},
                900,
            ),
            id="a waiting hold takes nothing",
        ),
        pytest.param(
            Row("bankDeposit", {"balance": 900, "holds": BROKEN}, None), id="holds nobody can read"
        ),
        pytest.param(
            Row("vatRefund", {"approved_amount": 900, "refund_status": "UNDER_REVIEW"}, 0),
            id="a refund under review is an expectation",
        ),
        pytest.param(
            Row(
                "vatRefund",
                {"approved_amount": 900, "tax_arrears": 100, "refund_status": "APPROVED"},
                800,
            ),
            id="an approved refund less tax arrears",
        ),
        pytest.param(
            Row("vatRefund", {"approved_amount": 900, "refund_status": "PAID"}, 0),
            id="a refund that was paid: its money is in the account",
        ),
        pytest.param(
            Row("vatRefund", {"approved_amount": 900, "refund_status": "REJECTED"}, 0),
            id="a refund that was rejected",
        ),
        pytest.param(
            Row("securities", {"market_value": 1000, "quantity": 10, "available_quantity": 3}, 300),
            id="shares that nothing binds",
        ),
        pytest.param(
            Row("realEstate", {"mortgage_amount": 100, "co_owner_share": "50"}, None),
            id="a house without a value",
        ),
        pytest.param(
            Row(
                "realEstate",
                {"appraised_value": 1100, "mortgage_amount": 100, "co_owner_share": "50"},
                500,
            ),
            id="half a house, less its mortgage",
        ),
        pytest.param(
            Row("realEstate", {"appraised_value": 1100, "co_owner_share": "half"}, None),
            id="a share nobody can read",
        ),
        pytest.param(
            Row(
                "vessel",
                {"appraised_value": 900, "encumbrances": (EncumbranceRecord(kind="MORTGAGE"),)},
                None,
            ),
            id="a mortgage without an amount",
        ),
        pytest.param(
            Row(
                "vehicle",
                {"appraised_value": 900, "holds": (HoldRecord(state="ACTIVE", rank=1),)},
                0,
            ),
            id="a sealed thing: the next seal waits",
        ),
        pytest.param(
            Row("realEstate", {"appraised_value": 900, "co_owner_share": None}, 900),
            id="a house without a share is the owner's",
        ),
        pytest.param(
            Row(
                "realEstate",
                {"appraised_value": 900, "co_ownership": "共同共有", "co_owner_share": None},
                None,
            ),
            id="a house in common without a share",
        ),
        pytest.param(
            Row(
                "realEstate",
                {"appraised_value": 900, "co_ownership": "单独所有", "co_owner_share": None},
                900,
            ),
            id="a house of one owner without a share",
        ),
        pytest.param(
            Row(
                "realEstate",
                {"appraised_value": 900, "co_ownership": BROKEN, "co_owner_share": None},
                None,
            ),
            id="a house nobody can read whose it is",
        ),
        pytest.param(
            Row("vehicle", {"appraised_value": 900, "mortgaged": True, "encumbrances": ()}, None),
            id="a car that is mortgaged, nobody says for how much",
        ),
        pytest.param(
            Row("vehicle", {"appraised_value": 900, "mortgaged": BROKEN, "encumbrances": ()}, None),
            id="a car nobody can read whether it is mortgaged",
        ),
        pytest.param(
            Row("vehicle", {"appraised_value": 900, "mortgaged": False, "encumbrances": ()}, 900),
            id="a car that is not mortgaged",
        ),
        pytest.param(
            Row(
                "vehicle",
                {
                    "appraised_value": 900,
                    "mortgaged": True,
                    "encumbrances": (EncumbranceRecord(kind="MORTGAGE", amount=Fen(100)),),
                },
                800,
            ),
            id="a car less its mortgage",
        ),
        pytest.param(
            Row("realEstate", {"appraised_value": 1100, "mortgage_amount": BROKEN}, None),
            id="a mortgage nobody can read",
        ),
        pytest.param(
            Row(
                "vatRefund",
                {"approved_amount": 900, "tax_arrears": BROKEN, "refund_status": "APPROVED"},
                None,
            ),
            id="tax arrears nobody can read",
        ),
        pytest.param(
            Row("securities", {"market_value": 1000, "quantity": BROKEN, "holds": ()}, None),
            id="shares nobody can count",
        ),
    ],
)
def test_what_may_be_controlled_is_read_by_the_catalogues_names(row: Row) -> None:
    found = read(row.kind, AsAsset(), **row.values)

    assert controllable_fen(found, POLICY) == row.controllable


def test_a_sole_dwelling_is_exempt_from_disposal_and_special_funds_are_in_doubt() -> None:
    house = read("realEstate", AsAsset(), sole_dwelling=True)
    account = read("bankDeposit", AsAsset(), special_purpose_flag="PENSION")
    relief = read("bankDeposit", AsAsset(), special_purpose_flag="RELIEF", balance=9, holds=())

    assert len(house.exempt) == 1
    assert "necessary dwelling" in house.exempt[0]
    assert account.doubtful == ("PENSION",)
    assert controllable_fen(relief, POLICY) == 0


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param("bankDeposit", {"special_purpose_flag": BROKEN}, id="a mark of money"),
        pytest.param("realEstate", {"sole_dwelling": BROKEN}, id="a mark of a dwelling"),
    ],
)
def test_a_mark_nobody_can_read_is_looked_at_before_anything_is_ordered(
    kind: str, values: dict[str, Any]
) -> None:
    found = read(kind, AsAsset(), balance=900, holds=(), **values)

    assert (found.exempt, found.doubtful) == ((), ("UNREADABLE",))
    assert exemption_hint(found, natural_person=False) is ExemptionHint.REVIEW


def test_a_kind_may_say_what_its_words_are() -> None:
    pooled = "pooled customer settlement account at the custody bank"
    said = AsAsset("broker_name", value="net_value", exempt={"pooled": pooled})

    found = read("securitiesSettlementFunds", said, net_value=700, pooled=True)

    assert (found.value, found.exempt) == (700, (pooled,))
    assert controllable_fen(found, POLICY) == 0


def test_a_masked_amount_is_not_known_and_neither_is_what_comes_of_it() -> None:
    hidden = ("balance", "available_balance")

    found = read("bankDeposit", AsAsset(), hidden, balance=900, available_balance=700)

    assert (found.value, found.available) == (None, None)
    assert controllable_fen(found, POLICY) is None


def test_who_holds_it_and_since_when_is_kept() -> None:
    hold = HoldRecord(case_number="（2026）示9903执1号", quantity=3, state="ACTIVE")

    found = read("securities", AsAsset(), quantity=9, holds=(hold,), pledged_quantity=2)

    assert found.holds == (PriorHold(waiting=False, quantity=3, case_number=hold.case_number),)
    assert found.pledged is True


@pytest.mark.parametrize(
    ("as_asset", "error"),
    [
        pytest.param(AsAsset("nothing_such"), LookupError, id="a label it does not have"),
        pytest.param(AsAsset(value="nothing_such"), LookupError, id="a value it does not have"),
        pytest.param(AsAsset(exempt={"usage": "because"}), LookupError, id="an unknown exemption"),
    ],
)
def test_a_declaration_that_does_not_fit_its_record_is_refused(
    as_asset: AsAsset, error: type[Exception]
) -> None:
    with pytest.raises(error):
        as_asset.reads("vehicle", frozenset({"usage", "source_record_id"}))
