"""
Insurance companies (保险公司): the cash value of policies (保险产品现金价值), and its freezing.

Source:
    docs/departments/insurance.md
"""

from typing import Annotated, Final

import msgspec

from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, fen
from connectors.register import Register
from connectors.rest_department import RestDepartment, rest_question

_RELATION: Final = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,2}\Z")]  # GB/T 4761

POLICIES: Final = Register(
    "InsuranceRecord",
    [
        *owner_columns(),
        Column("insurer_name", "insurerName"),
        Column("policy_number", "policyNumber"),
        Column("product_name", "productName"),
        Column("cash_value", "cashValue", Amount, fen),
        Column("insured_relation", "insuredRelation", _RELATION),
        ENCUMBRANCES,
        HOLDS,
        record_number("IN"),
    ],
)


class InsuranceConnector(RestDepartment):
    department = "insurers"
    stem = "insurance"
    carries = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"})

    policies_of = rest_question(POLICIES, "/v1/policies:batch")
