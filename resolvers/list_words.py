"""What the list's enums mean in the graph: English first, then the Chinese term."""

from collections.abc import Mapping
from typing import Final

from domain.credit_record import CreditState
from domain.entry import DisclosureMode, EntryState
from domain.hit import HitState
from domain.list_correction import Correction
from domain.match import Confidence, Verdict
from domain.measure import AutoAction, SubjectType
from domain.misconduct import Exclusion, ExitCause, Misconduct, Performance
from domain.objection import ObjectionState
from resolvers.arguments import explained

ENTRY_STATES: Final[Mapping[EntryState, str]] = {
    EntryState.CANDIDATE: "Proposed. 拟纳入",
    EntryState.WARNED: "The risk warning was served. 已送达风险提示",
    EntryState.UNDER_DECISION: "Before the president. 待决定",
    EntryState.DECIDED: "Decided, not published yet. 已决定",
    EntryState.GRACE: "In its grace period. 宽限期",
    EntryState.PUBLISHED: "Published. 已公布",
    EntryState.NOTIFIED: "Told to the employer instead. 已通报所在单位",
    EntryState.EXIT_PENDING: "To be removed: DL-06 runs. 待屏蔽",
    EntryState.SHIELDED: "Removed. 已屏蔽",
    EntryState.WITHDRAWN: "Removed, and wrong from the start. 已撤销",
    EntryState.NOT_LISTED: "Never listed. 不予纳入",
    EntryState.CLOSED: "Removed, and released everywhere. 已结束",
}
HIT_STATES: Final[Mapping[HitState, str]] = {
    HitState.TO_VERIFY: "Resembles somebody listed: find out. 待核实",
    HitState.FALSE_POSITIVE: "Somebody else. 非本人",
    HitState.RAISED: "Matched. 已命中",
    HitState.INTERCEPTED: "The business item is held. 已拦截",
    HitState.NOTED: "Shown to the handler. 已提示",
    HitState.APPLIED: "A person applied the measure. 已实施",
    HitState.NOT_APPLIED: "A person found it not applicable. 不适用",
    HitState.FED_BACK: "Applied, and told. 已反馈",
    HitState.FED_BACK_NOT_APPLIED: "Not applied, and told. 已反馈（未实施）",
    HitState.RELEASE_DUE: "To be released: DL-07 runs. 待解除",
    HitState.RELEASED: "Released. 已解除",
    HitState.RETAINED: "Retained by law to a named day. 依法保留",
    HitState.CLOSED: "Ended with its entry. 已终结",
}
MISCONDUCT: Final[Mapping[Misconduct, str]] = {
    Misconduct.ABLE_BUT_REFUSES: "Able to perform and refuses. 有履行能力而拒不履行",
    Misconduct.OBSTRUCTS_BY_FORCE_OR_FORGERY: "Obstructs by forgery, violence or threats. 以暴力、威胁、伪造证据等妨碍执行",
    Misconduct.EVADES_BY_SHAM_OR_CONCEALMENT: "Evades by sham suits or concealment. 以虚假诉讼、隐匿转移财产等方法规避执行",
    Misconduct.VIOLATES_PROPERTY_REPORT: "Breaks the property report rules. 违反财产报告制度",
    Misconduct.VIOLATES_CONSUMPTION_ORDER: "Breaks the consumption restriction. 违反限制消费令",
    Misconduct.REFUSES_SETTLEMENT: "Refuses a settlement without reason. 无正当理由拒不履行执行和解协议",
}
EXCLUSIONS: Final[Mapping[Exclusion, str]] = {
    Exclusion.MINOR: "A minor. 未成年人",
    Exclusion.SUFFICIENT_SECURITY: "Gave sufficient security. 提供充分有效担保",
    Exclusion.CONTROLLED_PROPERTY_SUFFICES: "What is controlled suffices. 已控制财产足以清偿",
    Exclusion.OTHERS_PERFORM_FIRST: "Others perform first. 履行顺序在后",
    Exclusion.STUDENT: "A full-time student. 全日制在校学生",
    Exclusion.OTHER: "Another reason. 其他情形",
}
EXIT_CAUSES: Final[Mapping[ExitCause, str]] = {
    ExitCause.PERFORMED: "Performed, or enforced in full. 已履行或执行完毕",
    ExitCause.SETTLEMENT_PERFORMED: "Settlement performed and confirmed. 和解协议履行完毕",
    ExitCause.APPLICANT_ASKED: "The applicant asks in writing. 申请执行人书面申请",
    ExitCause.ROUND_CLOSED: "Round closed, nothing found twice. 终本后两次查控未发现财产",
    ExitCause.SUSPENDED: "Suspended by retrial or bankruptcy. 因审判监督或破产中止",
    ExitCause.ENFORCEMENT_REFUSED: "Enforcement refused. 裁定不予执行",
    ExitCause.TERMINATED: "Enforcement terminated. 裁定终结执行",
    ExitCause.TERM_OVER: "The term is over. 期限届满",
}
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.HIT: "The person is listed, and a measure of yours applies. 命中",
    Verdict.NO_HIT: "Nothing of yours applies. 未命中",
    Verdict.UNDECIDED: "A person has to find out. 待核实",
}
ACTIONS: Final[Mapping[AutoAction, str]] = {
    AutoAction.HOLD: "Hold the item until a person decides. 拦截",
    AutoAction.FLAG: "Show it; hold nothing. 提示",
    AutoAction.TASK: "Open a task. 建立任务",
    AutoAction.ROUTE: "A request of the court. 转办",
}
SUBJECT_TYPES: Final[Mapping[SubjectType, str]] = {
    SubjectType.DEBTOR_PERSON: "The debtor, a natural person. 失信被执行人（自然人）",
    SubjectType.DEBTOR_ORGANIZATION: "The debtor, an organization. 失信被执行人（单位）",
    SubjectType.LEGAL_REPRESENTATIVE: "Legal representative. 法定代表人",
    SubjectType.PRINCIPAL: "Principal. 主要负责人",
    SubjectType.ACTUAL_CONTROLLER: "Actual controller. 实际控制人",
    SubjectType.DIRECTLY_RESPONSIBLE: "Directly responsible person. 直接责任人员",
    SubjectType.BOARD_OR_SENIOR_MANAGER: "Director, supervisor, senior manager. 董事、监事、高级管理人员",
}
_PERFORMANCES: Final = {
    Performance.NONE: "Nothing. 全部未履行",
    Performance.PARTIAL: "A part. 部分未履行",
    Performance.ALL: "Everything. 全部已履行",
}
_MODES: Final = {
    DisclosureMode.PUBLIC: "Published. 公布",
    DisclosureMode.NOTIFY_EMPLOYER: "Told to the employer. 通报所在单位",
}
_CORRECTIONS: Final = {
    Correction.WITHDRAW: "The entry was wrong from the start. 撤销",
    Correction.RECTIFY: "Its content is wrong. 更正",
    Correction.REMOVE: "A cause of exit was there, and it was not removed. 屏蔽",
}
_OBJECTION_STATES: Final = {
    ObjectionState.FILED: "Filed. 已提出",
    ObjectionState.NOT_ACCEPTED: "Not docketed. 不予受理",
    ObjectionState.ACCEPTED: "Docketed. 已受理",
    ObjectionState.UNDER_REVIEW: "Under review. 审查中",
    ObjectionState.UPHELD: "Upheld. 成立",
    ObjectionState.PARTLY_UPHELD: "Upheld in part. 部分成立",
    ObjectionState.REJECTED: "Rejected; a higher court may be asked. 驳回",
    ObjectionState.WITHDRAWN_BY_APPLICANT: "Taken back. 已撤回",
    ObjectionState.RECONSIDERATION: "Before the higher court. 复议中",
    ObjectionState.RECON_UPHELD: "Upheld by the higher court. 复议成立",
    ObjectionState.RECON_REJECTED: "Rejected by the higher court; final. 复议驳回",
    ObjectionState.LITIGATION: "Before a court in a suit. 诉讼中",
    ObjectionState.RESOLVED: "Ended by a judgment. 已解决",
}
_CONFIDENCES: Final = {
    Confidence.EXACT_ID: "Number and name are the same. 证件号码与姓名一致",
    Confidence.NAME_ID_MISMATCH: "The number is, the name is not. 姓名与证件号码不符",
    Confidence.NAME_AND_PARTIAL_ID: "The name is, and what is shown of the number. 姓名与部分号码一致",
    Confidence.NAME_ONLY: "The name alone. 仅姓名一致",
}

explained(EntryState, "EntryState", "Where an entry stands (domain.md 6.3). 名单状态", ENTRY_STATES)
explained(HitState, "HitState", "Where a hit stands (domain.md 6.6). 命中状态", HIT_STATES)
explained(Misconduct, "Misconduct", "Statutory condition of listing. 失信情形", MISCONDUCT)
explained(Exclusion, "Exclusion", "What keeps one off the list. 不予纳入情形", EXCLUSIONS)
explained(ExitCause, "ExitCause", "Why an entry is removed. 退出事由", EXIT_CAUSES)
explained(Performance, "Performance", "What was performed. 履行情况", _PERFORMANCES)
explained(DisclosureMode, "DisclosureMode", "How an entry is disclosed. 公开方式", _MODES)
explained(
    CreditState,
    "CreditRecordState",
    "How a listing stands in a credit file. 信用记录状态",
    {
        CreditState.LISTED: "On the list. 在名单",
        CreditState.REMOVED: "Was on it; disclosed to a named day. 已退出",
    },
)
explained(Verdict, "Verdict", "What screening says. 比对结果", VERDICTS)
explained(
    Confidence,
    "MatchConfidence",
    "How sure a match is; only the first holds. 比对置信",
    _CONFIDENCES,
)
explained(AutoAction, "AutoAction", "What a department's system does by itself. 自动动作", ACTIONS)
explained(SubjectType, "SubjectType", "How a subject stands to a listing. 主体类型", SUBJECT_TYPES)
explained(Correction, "Correction", "How the list is put right. 纠正方式", _CORRECTIONS)
explained(
    ObjectionState,
    "ObjectionState",
    "Where a request stands (domain.md 6.4). 申请状态",
    _OBJECTION_STATES,
)
