"""What arguments and the domain's enums mean, in words: English first, then the Chinese term."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Final, cast

import strawberry

from domain.affiliates import FamilyReason
from domain.case_number import CaseNumber
from domain.facts import Gate, RefundRoute
from domain.identity import IdNumber
from domain.order import OrderAction, OrderState
from domain.order_documents import DocumentKind
from domain.order_rights import OrderStep
from domain.purpose import Purpose

CaseNumberArgument = Annotated[
    CaseNumber,
    strawberry.argument(description="Number of a case that the caller handles. 执行案号"),
]
CaseNumbersArgument = Annotated[
    list[CaseNumber], strawberry.argument(description="At most 50 case numbers. 执行案号")
]
PurposeArgument = Annotated[
    Purpose,
    strawberry.argument(description="Why: it must fit all the fields asked for. 查询目的"),
]
DocumentArgument = Annotated[
    str | None,
    strawberry.argument(
        description="Number of the paper that is the reason, 1 to 128 characters; left out by who "
        "works on the case: then what is being enforced. 依据文书号"
    ),
]
ReasonArgument = Annotated[
    str | None,
    strawberry.argument(
        description="Why, 6 to 500 characters: owed by who looks at the same person again outside "
        "an active case. 查询理由"
    ),
]
FamilyReasonArgument = Annotated[
    FamilyReason | None,
    strawberry.argument(
        description="Why spouse and family are looked at. Left out, nobody is asked about them; given, "
        "the supervisor is told. 查询配偶及家属的理由代码"
    ),
]
IdNumberArgument = Annotated[
    IdNumber, strawberry.argument(description="Number of an obligor of the case. 证件号码")
]
OrderIdArgument = Annotated[strawberry.ID, strawberry.argument(description="The order. 指令编号")]
FirstArgument = Annotated[int, strawberry.argument(description="Page size, 1 to 100. 每页条数")]
AfterArgument = Annotated[
    str | None,
    strawberry.argument(description="`endCursor` of the page before; left out for the first. 游标"),
]
DepartmentArgument = Annotated[
    str | None,
    strawberry.argument(
        description="A department's id, such as `traffic-police`; all if left out. 协助单位"
    ),
]
KeyArgument = Annotated[
    str,
    strawberry.argument(
        description="Chosen by the caller, 1 to 128 characters: a repeat with the same key changes "
        "nothing and returns the same order. 幂等键"
    ),
]
DocumentHashArgument = Annotated[
    str,
    strawberry.argument(
        description="`documentHash` of the order as read: what is approved is what was seen. 指令摘要"
    ),
]

ACTIONS: Final[Mapping[OrderAction, str]] = {
    OrderAction.QUERY: "Ask a department in writing. 查询",
    OrderAction.SEAL: "Seal in place. 查封",
    OrderAction.SEIZE: "Take into custody. 扣押",
    OrderAction.FREEZE: "Freeze an account or a right. 冻结",
    OrderAction.PRE_SEAL: "Seal what is not registered yet. 预查封",
    OrderAction.RESTRICT_TRANSFER: "Forbid the transfer. 限制转让",
    OrderAction.RENEW: "Renew a hold before it ends. 续行",
    OrderAction.LIFT: "Lift a hold. 解除",
    OrderAction.DEDUCT: "Transfer money to the court. 扣划",
    OrderAction.WITHHOLD: "Withhold payments to the debtor. 扣留",
    OrderAction.EXTRACT: "Collect withheld income. 提取",
}
STATES: Final[Mapping[OrderState, str]] = {
    OrderState.DRAFT: "Being written. 草稿",
    OrderState.PENDING_APPROVAL: "Waits for another officer. 待审批",
    OrderState.REJECTED: "Sent back by the approver. 已驳回",
    OrderState.APPROVED: "Approved, not sent yet. 已审批",
    OrderState.CANCELLED: "Withdrawn before it was sent. 已撤回",
    OrderState.SENT: "On its way to the department. 已发送",
    OrderState.ACKNOWLEDGED: "Received by the department. 已签收",
    OrderState.RETURNED: "Returned for a defect. 已退回",
    OrderState.EXECUTED: "Carried out in full. 已控制",
    OrderState.PARTIALLY_EXECUTED: "Carried out in part. 部分控制",
    OrderState.WAITING: "Waits behind earlier holds. 轮候",
    OrderState.NO_ASSET: "There was nothing to hold. 无财产",
    OrderState.REFUSED: "Refused with a legal reason. 拒绝协助",
    OrderState.VOIDED: "Void from the start. 已撤销",
    OrderState.LIFTED: "The hold was lifted. 已解除",
    OrderState.DEDUCTED: "The money was transferred. 已扣划",
    OrderState.DISPOSED: "The asset was disposed of. 已处置",
    OrderState.EXPIRED: "The hold lapsed. 已届满",
    OrderState.ANSWERED: "The question was answered. 已反馈",
    OrderState.PARTIALLY_ANSWERED: "The question was answered in part. 部分反馈",
}

GATES: Final[Mapping[Gate, str]] = {
    Gate.WITHDRAWAL_CONDITION: "A withdrawal condition of the housing fund is met. 符合提取条件",
    Gate.BASIC_LIVING_SECURED: "Basic living is secured. 基本生活有保障",
    Gate.HOUSING_SECURED: "Housing is secured. 居住有保障",
    Gate.REFUND_APPROVED: "The refund is approved. 退税已核准",
    Gate.REFUND_PAID: "The refund is in the account. 退税已到账",
    Gate.PLEDGE_MARKED: "Pledged shares are marked, not frozen. 质押股票已标记",
    Gate.PLEDGE_PRIORITY_NOTED: "The pledgee is paid first. 已注明质权优先",
}
ROUTES: Final[Mapping[RefundRoute, str]] = {
    RefundRoute.VIA_REFUND_ACCOUNT: "The bank that receives it: the default. 经退税账户",
    RefundRoute.VIA_TAX_AUTHORITY: "The tax bureau, by local practice. 经税务机关",
}
DOCUMENTS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.RULING: "The court's decision. 裁定书",
    DocumentKind.NOTICE: "What the department is asked to do. 协助执行通知书",
    DocumentKind.SERVICE_RECEIPT: "That both were served. 送达回证",
}
STEPS: Final[Mapping[OrderStep, str]] = {
    OrderStep.REVISE: "Write other papers into it. 修改",
    OrderStep.CANCEL: "Give the draft up. 作废",
    OrderStep.SUBMIT: "Submit it for approval. 提交审批",
    OrderStep.APPROVE: "Approve it. 审批通过",
    OrderStep.REJECT: "Send it back to its drafter. 驳回",
    OrderStep.WITHDRAW: "Take it back before it is sent. 撤回",
    OrderStep.SUPPLEMENT: "Send it again after a return. 补正后重发",
    OrderStep.RENEW: "Draft a renewal of its hold. 续行",
    OrderStep.LIFT: "Draft a lift of its hold. 解除",
    OrderStep.DEDUCT: "Draft a deduction from its hold. 扣划",
    OrderStep.ACKNOWLEDGE: "Say that it was received. 签收",
    OrderStep.REPORT: "Report what was done. 反馈",
    OrderStep.RETURN: "Return it for a defect. 退回",
}

FAMILY_REASONS: Final[Mapping[FamilyReason, str]] = {
    FamilyReason.COMMUNITY_PROPERTY: "What spouses own together. 夫妻共同财产",
    FamilyReason.HELD_FOR_DEBTOR: "Held by family in place of the debtor. 家属代持财产",
    FamilyReason.TRANSFERRED_TO_FAMILY: "Moved to family to evade. 向家属转移财产",
    FamilyReason.DEPENDANTS: "Who has to be left enough to live on. 所扶养家属的生活必需",
    FamilyReason.FAMILY_DWELLING: "Whether a dwelling is the family's only one. 家庭唯一住房",
}


def explained(kind: type[Enum], name: str, description: str, words: Mapping[Any, str]) -> None:
    """Make a domain enum an enum of the graph, with a description for every value."""
    strawberry.enum(kind, name=name, description=description)
    for value in cast("Any", kind).__strawberry_definition__.values:
        value.description = words[kind[value.name]]


explained(
    Purpose,
    "Purpose",
    "Why personal data are asked for (PIPL 34): it must fit the fields, and travels with every "
    "question. 查询目的",
    {purpose: f"{purpose.en}. {purpose.zh}" for purpose in Purpose},
)
explained(
    FamilyReason,
    "FamilyReason",
    "Why a debtor's spouse and family are asked about (PIPL 6, 28). 查询家属理由",
    FAMILY_REASONS,
)
explained(OrderAction, "OrderAction", "What an order commands. 控制措施", ACTIONS)
explained(
    RefundRoute,
    "RefundRoute",
    "Whom an order on a tax refund goes to (法复〔1996〕11号). 退税执行路径",
    ROUTES,
)
explained(Gate, "Gate", "A condition that a human found met and recorded (G10). 前置条件", GATES)
explained(OrderState, "OrderState", "Where an order stands (domain.md 6.1). 指令状态", STATES)
