"""
Human resources and social security (人社): who pays a person, and on what base (收入). It only answers.

Source:
    docs/departments/employment_income.md
"""

from typing import Final

from connectors.asset_columns import EncumbranceWords, HoldWords, owner_columns, record_number
from connectors.columns import Column
from connectors.forms import Amount, fen
from connectors.json_shape import records
from connectors.register import Register
from connectors.sql_department import SqlDepartment, sql_question

INCOMES: Final = Register(
    "EmploymentIncomeRecord",
    [
        *owner_columns("xm", "zjlx", "zjhm"),
        Column("employer_name", "dwmc"),
        Column("insurance_status", "cbzt"),
        Column("contribution_base", "jfjs", Amount, fen),
        Column("pension_paid_by", "ylffjg"),
        Column("encumbrances", "fdxx", list[EncumbranceWords], records, always=True),
        Column("holds", "klxx", list[HoldWords], records, always=True),
        record_number("SR", "jlbh"),
    ],
)


class EmploymentIncomeConnector(SqlDepartment):
    department = "hrss"
    stem = "employment_income"

    incomes_of = sql_question(INCOMES)
