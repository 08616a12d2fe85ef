"""
Transport (交通运输部门): registered vessels (船舶), and their sealing and seizure.

Source:
    docs/departments/vessels.md
"""

from typing import Final

from connectors.asset_columns import ENCUMBRANCES, HOLDS, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import DecimalText
from connectors.register import Register
from connectors.rest_department import RestDepartment, rest_question

VESSELS: Final = Register(
    "VesselRecord",
    [
        *owner_columns(),
        Column("vessel_name", "vesselName"),
        Column("registration_number", "registrationNumber"),
        Column("imo_number", "imoNumber"),
        Column("tonnage", "grossTonnage", DecimalText),
        Column("home_port", "homePort"),
        ENCUMBRANCES,
        HOLDS,
        record_number("VS"),
    ],
)


class VesselsConnector(RestDepartment):
    department = "transport"
    stem = "vessels"
    carries = frozenset({"QUERY", "SEAL", "SEIZE", "RENEW", "LIFT"})

    vessels_of = rest_question(VESSELS, "/v1/vessels:batch")
