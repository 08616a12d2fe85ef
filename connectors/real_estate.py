"""
Land resources (国土资源部门): houses (房产) and land use rights (土地使用权), and their sealing.

Both registers lie behind one exchange database; their words begin with ``fc_`` and ``td_``.

Source:
    docs/departments/real_estate.md
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from connectors.asset_columns import EncumbranceWords, HoldWords, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, DecimalText, fen
from connectors.json_shape import records
from connectors.register import Register
from connectors.sql_department import SqlDepartment, sql_question

_UNIT: Final = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{28}\Z")]  # GB/T 37346
_PARCEL: Final = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{19}\Z")]  # its first part
_YES: Final = Literal["是", "否"]


def _is_yes(said: str | None) -> bool | None:
    return None if said is None else said == "是"


HOUSES: Final = Register(
    "RealEstateRecord",
    [
        *owner_columns("fc_qlrmc", "fc_zjzl", "fc_zjh"),
        Column("real_estate_unit_number", "fc_bdcdyh", _UNIT),
        Column("certificate_number", "fc_bdcqzh"),
        Column("address", "fc_zl"),
        Column("region_code", "fc_xzqh", Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}\Z")]),
        Column("area", "fc_jzmj", DecimalText),
        Column("usage", "fc_ghyt"),
        Column("co_ownership", "fc_gyfs"),
        Column("co_owner_share", "fc_qlbl", DecimalText),
        Column("mortgage_amount", "fc_dyje", Amount, fen),
        Column("sole_dwelling", "fc_wyzf", _YES, _is_yes),
        Column("leased", "fc_czzt", _YES, _is_yes),
        Column("contract_filing_number", "fc_wqbah"),
        Column("encumbrances", "fc_dyxx", list[EncumbranceWords], records, always=True),
        Column("holds", "fc_cfxx", list[HoldWords], records, always=True),
        record_number("FC", "fc_jlbh"),
    ],
)
LAND: Final = Register(
    "LandUseRightRecord",
    [
        *owner_columns("td_qlrmc", "td_zjzl", "td_zjh"),
        Column("parcel_code", "td_zdtzm", _PARCEL),
        Column("certificate_number", "td_bdcqzh"),
        Column("address", "td_zl"),
        Column("area", "td_zdmj", DecimalText),
        Column("right_nature", "td_qlxz"),
        Column("usage", "td_yt"),
        Column("term_ends_on", "td_syjsrq", date),
        Column("encumbrances", "td_dyxx", list[EncumbranceWords], records, always=True),
        Column("holds", "td_cfxx", list[HoldWords], records, always=True),
        record_number("TD", "td_jlbh"),
    ],
)


class RealEstateConnector(SqlDepartment):
    department = "land-resources"
    stem = "real_estate"
    carries = frozenset({"QUERY", "SEAL", "PRE_SEAL", "RENEW", "LIFT"})

    houses_of = sql_question(HOUSES)
    land_of = sql_question(LAND)
