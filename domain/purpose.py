"""Purposes: why personal data are asked for, and what each may read."""

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Purpose(Enum):
    """domain.md 10; PIPL 13(3), 34: a lawful duty, within its limits."""

    PROPERTY_INQUIRY = "PROPERTY_INQUIRY"
    CONTROL = "CONTROL"
    RENEWAL = "RENEWAL"
    LIFT = "LIFT"
    DEDUCTION = "DEDUCTION"
    LOCATE = "LOCATE"
    SERVICE = "SERVICE"
    LIST_DECISION = "LIST_DECISION"
    OBJECTION_REVIEW = "OBJECTION_REVIEW"
    SUPERVISION = "SUPERVISION"
    SCREENING = "SCREENING"
    SUBJECT_ACCESS = "SUBJECT_ACCESS"
    AUDIT = "AUDIT"


_PROPERTY: Final = frozenset({
    Purpose.PROPERTY_INQUIRY,
    Purpose.CONTROL,
    Purpose.RENEWAL,
    Purpose.LIFT,
    Purpose.DEDUCTION,
    Purpose.OBJECTION_REVIEW,
})

_MAY_READ: Final[Mapping[str, frozenset[Purpose]]] = {
    # CPL 253; 财产调查规定 art. 12
    "housingFund": _PROPERTY,
    "securities": _PROPERTY,
    # 财产调查规定 art. 16: a sealed vehicle may be looked for
    "vehicle": _PROPERTY | {Purpose.LOCATE},
    # 网络查询冻结规定 art. 1; CPL 95 (service); 法释〔2017〕7号 art. 4 (no minors)
    "identity": _PROPERTY | {Purpose.LOCATE, Purpose.SERVICE, Purpose.LIST_DECISION},
    # 执行程序解释 arts. 23–25; seed 二(七)1
    "travelDocuments": frozenset({Purpose.PROPERTY_INQUIRY, Purpose.CONTROL, Purpose.LOCATE}),
    # seed 二(七)1, 四(一)1; domain.md 5.15 "Related persons"
    "personalRelations": frozenset({Purpose.PROPERTY_INQUIRY, Purpose.LOCATE}),
    "corporateRelations": frozenset({Purpose.PROPERTY_INQUIRY, Purpose.LOCATE}),
}


def purposes_for(group: str) -> frozenset[Purpose]:
    """Return the purposes that may read *group*; a group without an entry may not be read."""
    return _MAY_READ[group]
