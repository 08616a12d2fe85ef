"""Two registers' entries are one asset by its own number, and by nothing else."""

import pytest

from domain.same_asset import asset_key

VIN = "LSVAM4187C2184847"


def key(kind: str, **values: object) -> tuple[str, ...] | None:
    return asset_key(kind, values.get)


def test_one_number_is_one_asset_whoever_registers_it() -> None:
    police = key("vehicle", vin=VIN, plate_number="示A12345")
    tax = key("vehicle", vin=f" {VIN.lower()} ")

    assert police == tax == ("vehicle", VIN)


def test_an_account_number_means_something_at_its_bank_alone() -> None:
    one = key("bankDeposit", institution_code="0102", account_number="6222")
    other = key("bankDeposit", institution_code="0103", account_number="6222")

    assert one != other


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param("vehicle", {}, id="no number"),
        pytest.param("vehicle", {"vin": " "}, id="an empty one"),
        pytest.param("vehicle", {"vin": ValueError()}, id="a broken one"),
        pytest.param("bankDeposit", {"account_number": "6222"}, id="half of it"),
        pytest.param("securities", {"security_code": "600000"}, id="a kind without one"),
    ],
)
def test_where_nothing_tells_nothing_is_taken_for_the_same(
    kind: str, values: dict[str, object]
) -> None:
    assert key(kind, **values) is None
