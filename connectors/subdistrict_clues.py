"""
Subdistricts (街道办事处): where somebody lives and is reached, as their people know it. Typed in by hand.

Source:
    docs/departments/subdistrict_clues.md
"""

from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from connectors.columns import Column
from connectors.manual_department import ManualDepartment, manual_question
from connectors.register import Register

_ADDRESS: Final = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Telephone = Annotated[str, msgspec.Meta(pattern=r"^1[0-9]{10}\Z")]

CLUES: Final = Register(
    "ResidenceClueRecord",
    [
        Column("current_address", "currentAddress", _ADDRESS),
        Column("delivery_address", "deliveryAddress", _ADDRESS),
        Column("phone_numbers", "phoneNumbers", tuple[Telephone, ...]),
    ],
)


class SubdistrictCluesConnector(ManualDepartment):
    department = "subdistricts"
    stem = "subdistrict_clues"
    registers = MappingProxyType({"clues_of": CLUES})
    group = "residence"

    clues_of = manual_question(CLUES)
