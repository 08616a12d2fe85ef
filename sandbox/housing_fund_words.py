"""An account in the centre's words (docs/departments/housing_fund.md)."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.housing_fund_register import Account
from sandbox.money import yuan

PLAIN: Final[dict[str, Callable[[Account], Any]]] = {
    "xingming": lambda a: a.owner_name,
    "zjlx": lambda _: "111",
    "zjhm": lambda a: a.owner,
    "grzh": lambda a: a.number,
    "dwzh": lambda a: a.unit_number,
    "dwmc": lambda a: a.unit_name,
    "grzhzt": lambda a: a.status,
    "grzhye": lambda a: yuan(a.balance),
    "yjce": lambda a: yuan(a.monthly),
    "grjcjs": lambda a: yuan(a.base),
    "mjny": lambda a: a.paid_until,
    "ywdk": lambda a: a.loan is not None,
    "dkye": lambda a: None if a.loan is None else yuan(a.loan),
    "tqtj": lambda a: a.may_withdraw,
    "dyxx": lambda a: [
        {
            "lx": e.kind,
            "je": yuan(e.amount),
            "qlr": e.beneficiary,
            "djrq": e.registered_on.isoformat(),
        }
        for e in a.encumbrances
    ],
    "jlbh": lambda a: a.record,
}
FIELDS: Final = frozenset({*PLAIN, "kyye", "djxx"})
