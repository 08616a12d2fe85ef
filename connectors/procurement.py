"""
Finance (财政): government procurement and government investment projects (政府采购、政府投资项目).

Source:
    docs/departments/procurement.md
"""

from typing import Final

from connectors.columns import Column
from connectors.forms import Amount, Number, fen
from connectors.register import Register
from connectors.rest_department import RestDepartment, rest_question

CONTRACTS: Final = Register(
    "ProcurementRecord",
    [
        Column("project_code", "projectCode"),
        Column("project_name", "projectName"),
        Column("supplier_name", "supplierName"),
        Column("supplier_uscc", "supplierUscc", Number),
        Column("contract_amount", "contractAmount", Amount, fen),
        Column("paid_amount", "paidAmount", Amount, fen),
        Column("status", "status"),
    ],
)


class ProcurementConnector(RestDepartment):
    department = "finance"
    stem = "procurement"

    contracts_of = rest_question(CONTRACTS, "/v1/contracts:batch")
