"""The people that every contestant is asked about, and what departments say of them."""

from datetime import date, timedelta
from typing import Any, Final

from sandbox.check_characters import resident_number

SELECTION: Final = """
  idNumber name
  identity { name sexCode birthDate lifeStatus }
  vehicles { plateNumber vin brandModel firstRegisteredOn mortgaged }
  housingFund { accountStatus unitName hasLoan lastContributionOn }
  securities { securityCode securityName market quantity pledgedQuantity }
  relatedPersons { relationCode relatedName person {
    identity { name sexCode } vehicles { plateNumber vin } } }
"""
RELATED: Final = 3  # for each debtor


def numbers(count: int) -> list[str]:
    """Return *count* valid numbers of people who cannot exist."""
    first = date(1950, 1, 1)
    return [
        resident_number(first + timedelta(days=place % 18_000), 1 + place // 18_000)
        for place in range(count)
    ]


def rows(stem: str, number: str, others: list[str], place: int) -> list[dict[str, Any]]:
    """Return all that department *stem* knows of the person at *place* among *others*."""
    tail = number[-6:]
    if stem == "identity":
        return [
            {
                "name": f"示例{tail}",
                "sexCode": "1",
                "birthDate": "1980-01-02",
                "lifeStatus": "ALIVE",
            }
        ]
    if stem == "vehicles":
        return [
            {
                "plateNumber": f"示A{tail[:5]}",
                "vin": f"XX9{tail}{turn}0000000",
                "brandModel": "山河牌SH7180",
                "firstRegisteredOn": "2019-05-06",
                "mortgaged": False,
            }
            for turn in range(2)
        ]
    if stem == "housing_fund":
        return [
            {
                "accountStatus": "01",
                "unitName": "示例市星泰商贸有限公司",
                "hasLoan": True,
                "lastContributionOn": "2026-10",
            }
        ]
    if stem == "securities":
        return [
            {
                "securityCode": f"60000{turn}",
                "securityName": "示例科技",
                "market": "XSHG",
                "quantity": 14400 + turn,
                "pledgedQuantity": 0,
            }
            for turn in range(2)
        ]
    return [
        {
            "relationCode": "10",
            "relatedName": "示例某",
            "relatedIdNumber": others[(place * RELATED + turn + 1) % len(others)],
        }
        for turn in range(RELATED)
    ]
