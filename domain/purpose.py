"""Purposes: why personal data are asked for, and what each may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
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

    @property
    def zh(self) -> str:
        return _LABELS[self][0]

    @property
    def en(self) -> str:
        return _LABELS[self][1]

    @property
    def basis(self) -> str:
        """The law that allows the court's own records to be read for it (domain.md 5.1, 5.15)."""
        return _BASES[self]


_LABELS: Final[Mapping[Purpose, tuple[str, str]]] = MappingProxyType(
    {
        Purpose.PROPERTY_INQUIRY: ("财产调查", "Property inquiry"),
        Purpose.CONTROL: ("财产控制", "Control of property"),
        Purpose.RENEWAL: ("续行控制", "Renewal of a hold"),
        Purpose.LIFT: ("解除控制", "Lifting of a hold"),
        Purpose.DEDUCTION: ("扣划", "Deduction"),
        Purpose.LOCATE: ("协助查找", "Locating a person or a vehicle"),
        Purpose.SERVICE: ("送达", "Service of documents"),
        Purpose.LIST_DECISION: ("失信名单决定", "Decision on listing"),
        Purpose.OBJECTION_REVIEW: ("异议审查", "Review of an objection"),
        Purpose.SUPERVISION: ("执行监督", "Supervision of enforcement"),
        Purpose.SCREENING: ("信用比对", "Screening against the list"),
        Purpose.SUBJECT_ACCESS: ("本人查询", "Access by the person concerned"),
        Purpose.AUDIT: ("审计", "Audit"),
    }
)


_BASES: Final[Mapping[Purpose, str]] = MappingProxyType(
    {
        Purpose.PROPERTY_INQUIRY: "CPL 253; 财产调查规定 (2020) art. 12; PIPL 13(3), 34",
        Purpose.CONTROL: "CPL 253-255; 查扣冻规定 (2020) art. 1; PIPL 13(3), 34",
        Purpose.RENEWAL: "民诉法解释 art. 485; PIPL 13(3), 34",
        Purpose.LIFT: "查扣冻规定 (2020) art. 28; PIPL 13(3), 34",
        Purpose.DEDUCTION: "CPL 253; 民诉法解释 art. 484; PIPL 13(3), 34",
        Purpose.LOCATE: "财产调查规定 (2020) art. 16; PIPL 13(3), 34",
        Purpose.SERVICE: "CPL 87, 95; PIPL 13(3), 34",
        Purpose.LIST_DECISION: "法释〔2017〕7号 arts. 1-5; PIPL 13(3), 34",
        Purpose.OBJECTION_REVIEW: "CPL 236, 238; PIPL 13(3), 34",
        Purpose.SUPERVISION: "执行工作规定 (2020) art. 71; PIPL 13(3), 34",
        Purpose.SCREENING: "法释〔2017〕7号 art. 8; PIPL 13(3), 34",
        Purpose.SUBJECT_ACCESS: "PIPL 45",
        Purpose.AUDIT: "PIPL 54; 网络数据安全管理条例 art. 12",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    purposes: frozenset[Purpose]
    basis: str


_PROPERTY: Final = frozenset(
    {
        Purpose.PROPERTY_INQUIRY,
        Purpose.CONTROL,
        Purpose.RENEWAL,
        Purpose.LIFT,
        Purpose.DEDUCTION,
        Purpose.OBJECTION_REVIEW,
    }
)
_RELATIONS: Final = frozenset({Purpose.PROPERTY_INQUIRY, Purpose.LOCATE})

# A group that is not here is readable for no purpose: adding one is a decision about the law.
_MAY_READ: Final[Mapping[str, _Rule]] = MappingProxyType(
    {
        "housingFund": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; SPC letter (2013)执他字第14号; "
            "PIPL 13(3), 34",
        ),
        "securities": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; PIPL 13(3), 34",
        ),
        "vehicle": _Rule(
            purposes=_PROPERTY | {Purpose.LOCATE},
            basis="CPL 253; 财产调查规定 (2020) arts. 12, 16 (协助查找); PIPL 13(3), 34",
        ),
        "identity": _Rule(
            purposes=_PROPERTY | {Purpose.LOCATE, Purpose.SERVICE, Purpose.LIST_DECISION},
            basis="财产调查规定 (2020) art. 12; CPL 95 (service); 法释〔2017〕7号 art. 4 "
            "(minors are never listed); PIPL 13(3), 34",
        ),
        "travelDocuments": _Rule(
            purposes=frozenset({Purpose.LOCATE, Purpose.CONTROL, Purpose.PROPERTY_INQUIRY}),
            basis="执行程序解释 arts. 23–25; seed 二(七)1; PIPL 13(3), 34",
        ),
        "exportTaxRebate": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 二(七)2; PIPL 13(3), 34",
        ),
        "vatRefund": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 二(七)2; PIPL 13(3), 34",
        ),
        "securitiesSettlementFunds": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 二(七)2; PIPL 13(3), 34",
        ),
        "investmentWealthFunds": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 二(七)2; PIPL 13(3), 34",
        ),
        "bankDeposit": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 网络查询冻结规定 arts. 1-4; seed 四(一)1; PIPL 13(3), 34",
        ),
        "onlinePaymentBalance": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 四(一)1; PIPL 13(3), 34",
        ),
        "realEstate": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253, 255; 不动产登记暂行条例 arts. 27-28; seed 四(一)1; PIPL 13(3), 34",
        ),
        "landUseRight": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253, 255; 不动产登记暂行条例 arts. 27-28; seed 四(一)1; PIPL 13(3), 34",
        ),
        "equity": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 强制执行股权规定 art. 4; seed 四(一)1; PIPL 13(3), 34",
        ),
        "insuranceCashValue": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253; 财产调查规定 (2020) art. 12; seed 四(一)1; PIPL 13(3), 34",
        ),
        "vessel": _Rule(
            purposes=_PROPERTY,
            basis="CPL 253, 255; 财产调查规定 (2020) art. 12; seed 四(一)1; PIPL 13(3), 34",
        ),
        "employmentIncome": _Rule(
            purposes=_PROPERTY,
            basis="CPL 254; 财产调查规定 (2020) art. 12; seed 四(一)1; PIPL 13(3), 34",
        ),
        "residence": _Rule(
            purposes=frozenset({Purpose.LOCATE, Purpose.SERVICE, Purpose.PROPERTY_INQUIRY}),
            basis="CPL 88-95 (service); 财产调查规定 (2020) art. 16 (协助查找); seed 二(七)1; "
            "PIPL 13(3), 34",
        ),
        "enterpriseRegistration": _Rule(
            purposes=_RELATIONS | _PROPERTY | {Purpose.LIST_DECISION, Purpose.SERVICE},
            basis="企业信息公示暂行条例 art. 6; 财产调查规定 (2020) art. 12; PIPL 13(3), 34",
        ),
        "procurement": _Rule(
            purposes=_PROPERTY,
            basis="政府采购法 art. 11; 财产调查规定 (2020) art. 12; seed 二(一); PIPL 13(3), 34",
        ),
        "taxProfile": _Rule(
            purposes=_PROPERTY,
            basis="税收征管法 art. 8; 财产调查规定 (2020) art. 12; seed 二(七)2; PIPL 13(3), 34",
        ),
        "lawyerRegistration": _Rule(
            purposes=_RELATIONS | {Purpose.LIST_DECISION, Purpose.SERVICE},
            basis="律师法 arts. 6, 16; seed 二(五); PIPL 13(3), 34",
        ),
        "personalRelations": _Rule(
            purposes=_RELATIONS,
            basis="seed 二(七)1, 四(一)1; domain.md 5.15 (related persons); PIPL 6, 13(3), 34",
        ),
        "corporateRelations": _Rule(
            purposes=_RELATIONS,
            basis="seed 二(七)1, 四(一)1; domain.md 5.15 (related persons); PIPL 6, 13(3), 34",
        ),
    }
)


_OWN: Final[
    dict[str, _Rule]
] = {}  # of departments that a deployment adds (docs/departments/kit.md)


def purposes_for(group: str) -> frozenset[Purpose]:
    """Return the purposes that may read *group*.

    Raises:
        KeyError: no purpose is laid down, so it may not be read.
    """
    return _rule_for(group).purposes


def basis_for(group: str) -> str:
    """Return the law on which the purposes of *group* rest (domain.md 5.1, 5.13, 5.15).

    Raises:
        KeyError: as `purposes_for`.
    """
    return _rule_for(group).basis


def is_laid_down(group: str) -> bool:
    """Whether the law here knows *group*."""
    return group in _MAY_READ


def lay_down(group: str, purposes: frozenset[Purpose], basis: str) -> None:
    """Say what a deployment's own *group* of data may be read for, and the law behind it.

    Raises:
        ValueError: the law here knows the group already, or purposes or basis are missing.
    """
    if is_laid_down(group) or not purposes or not basis.strip():
        raise ValueError(f"the purposes of {group} are laid down already, or have no basis")
    _OWN[group] = _Rule(purposes=purposes, basis=basis)


def _rule_for(group: str) -> _Rule:
    try:
        return _MAY_READ.get(group) or _OWN[group]
    except KeyError:
        raise KeyError(f"no purpose is laid down for field group {group!r}") from None
