"""
Justice (司法): lawyers and their firms (律师、律师事务所).

Source:
    docs/departments/lawyers.md
"""

from typing import Annotated, Final

import msgspec

from connectors.columns import Column
from connectors.register import Register
from connectors.sql_department import SqlDepartment, sql_question

_LICENCE: Final = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{17}\Z")]

LAWYERS: Final = Register(
    "LawyerRecord",
    [
        Column("licence_number", "zyzh", _LICENCE),
        Column("lawyer_name", "xm"),
        Column("firm_name", "lsmc"),
        Column("practice_status", "zyzt"),
    ],
)


class LawyersConnector(SqlDepartment):
    department = "justice"
    stem = "lawyers"

    lawyers_of = sql_question(LAWYERS, single=True, lifetime=300)
