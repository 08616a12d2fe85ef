"""
Housing provident fund centre (住房公积金管理中心): accounts; their freezing, down to deduction.

Source:
    docs/departments/housing_fund.md
"""

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from connectors.columns import Column
from connectors.forms import Amount, HoldState, Number, Rank, YearMonth, fen
from connectors.json_shape import records
from connectors.records import EncumbranceRecord, HoldRecord
from connectors.register import Register
from connectors.sql_department import SqlDepartment, sql_question


class _Encumbrance(msgspec.Struct):
    lx: str
    je: Amount | None = None
    qlr: str | None = None
    djrq: date | None = None

    def record(self) -> EncumbranceRecord:
        return EncumbranceRecord(
            kind=self.lx, amount=fen(self.je), beneficiary=self.qlr, registered_on=self.djrq
        )


class _Hold(msgspec.Struct):
    jg: str
    sx: Rank
    zt: HoldState
    je: Amount | None = None
    ajbh: str | None = None
    qsrq: date | None = None
    jzrq: date | None = None

    def record(self) -> HoldRecord:
        return HoldRecord(
            authority=self.jg,
            case_number=self.ajbh,
            rank=self.sx,
            amount=fen(self.je),
            starts_on=self.qsrq,
            ends_on=self.jzrq,
            state=self.zt,
        )


ACCOUNTS: Final = Register(
    "HousingFundRecord",
    [
        Column("owner_name", "xingming"),
        Column("owner_id_type", "zjlx", Literal["111"]),
        Column("owner_id_number", "zjhm", Number),
        Column("personal_account_number", "grzh"),
        Column("unit_account_number", "dwzh"),
        Column("unit_name", "dwmc"),
        Column(
            "account_status",
            "grzhzt",
            Literal["01", "02", "03", "04", "05", "06", "99"],
            open_codes=True,
        ),
        Column("balance", "grzhye", Amount, fen),
        Column("available_balance", "kyye", Amount, fen),
        Column("monthly_contribution", "yjce", Amount, fen),
        Column("contribution_base", "grjcjs", Amount, fen),
        Column("last_contribution_on", "mjny", YearMonth),
        Column("has_loan", "ywdk", bool),
        Column("loan_outstanding", "dkye", Amount, fen),
        Column("withdrawal_condition_met", "tqtj", bool),
        Column("encumbrances", "dyxx", list[_Encumbrance], records, always=True),
        Column("holds", "djxx", list[_Hold], records, always=True),
        Column(
            "source_record_id",
            "jlbh",
            Annotated[str, msgspec.Meta(pattern=r"^HF-[0-9]{8}\Z")],
        ),
    ],
)


class HousingFundConnector(SqlDepartment):
    department = "housing-fund-center"
    stem = "housing_fund"
    carries = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT", "DEDUCT"})

    accounts_of = sql_question(ACCOUNTS, limit=500, single=True)
