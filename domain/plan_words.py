"""The rule behind each reason and note of a control plan, and what it comes to, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.plan_line import PlanNote, PlanReason


@dataclass(frozen=True, slots=True)
class Words:
    """A rule and what it comes to, in both languages."""

    rule: str
    en: str
    zh: str

    @property
    def both(self) -> str:
        return f"{self.en} {self.zh}"


_R = PlanReason
_N = PlanNote
WORDS: Final[Mapping[PlanReason | PlanNote, Words]] = MappingProxyType(
    {
        _R.IN_ORDER: Words(
            "财产保全规定 art. 13; domain.md 5.6", "Next in the order of preference.", "按优先次序"
        ),
        _R.AN_EXPECTATION: Words(
            "法复〔1996〕11号; domain.md 5.3",
            "Not approved yet: an expectation is only watched, and frozen once it is approved.",
            "尚未核准，仅予关注",
        ),
        _R.OVER: Words(
            "domain.md 5.3",
            "Paid already, or rejected: what was paid is in the account it was paid into.",
            "已退付或不予退付",
        ),
        _R.MAY_BE_EXEMPT: Words(
            "domain.md 5.5 (REVIEW)",
            "It may be exempt: say why it is not, or leave it.",
            "是否豁免存疑，须说明理由",
        ),
        _R.VALUE_UNKNOWN: Words(
            "domain.md 5.4",
            "Nobody told its value or what others' rights leave of it, or you may not see it: give a "
            "reference value.",
            "价值不明，须给出参考价值",
        ),
        _R.AMOUNT_UNKNOWN: Words(
            "domain.md 5.4",
            "Nobody told readably how much or how many there is, or you may not see it: ask its "
            "department again; no reference value stands for that.",
            "数额或数量不明，须再行查询",
        ),
        _R.NO_ACCOUNT: Words(
            "法复〔1996〕11号; domain.md 5.3",
            "No account of the obligor here has the number it is paid into: find the account and name "
            "it at its bank (recordId) beside the refund (refundId).",
            "未找到退税账户，须载明开户行账户记录",
        ),
        _R.BY_THE_MONTH: Words(
            "CPL 254; domain.md 8.3",
            "It is paid month by month: decide what of it is withheld and what stays free for living, "
            "and order that of who pays it.",
            "按月收入，须确定扣留数额并保留生活费用",
        ),
        _R.WORTH_TOO_MUCH: Words(
            "查扣冻规定 art. 19; domain.md 5.4",
            "It cannot be parted and is worth clearly more than is left: take it only with a reason, "
            "where nothing else suffices.",
            "不可分且明显超标的额",
        ),
        _R.UNNAMED: Words(
            "domain.md 8.4", "It has no record number that an order could name.", "无来源记录编号"
        ),
        _R.NOT_AN_OBLIGOR: Words(
            "I-07; domain.md 5.15", "Its owner is no obligor of the case.", "非被执行人财产"
        ),
        _R.BANKRUPT: Words(
            "G11; 民诉法解释 art. 513",
            "A court accepted the obligor's bankruptcy: holds are only lifted.",
            "已受理破产",
        ),
        _R.EXEMPT: Words(
            "I-12; 查扣冻规定 arts. 3–5", "Exempt: it may not be controlled.", "豁免财产"
        ),
        _R.NO_CONTROL: Words(
            "domain.md 8.3; assets.json", "No first hold is known for its kind.", "无适用措施"
        ),
        _R.LEFT_BY_OFFICER: Words(
            "domain.md 5.6", "Left out by the officer, with a reason.", "承办人决定不采取"
        ),
        _R.COUNTED_ONCE: Words(
            "domain.md 8.3", "The same thing stands above: it counts once.", "同一财产，仅计一次"
        ),
        _R.ORDERED_ALREADY: Words(
            "domain.md 5.4", "An order of this case is on it already.", "本案已有指令"
        ),
        _R.HELD_BEFORE: Words(
            "I-04; domain.md 5.9",
            "Earlier holds take all of it: a further one would wait, and cover nothing.",
            "在先查控，轮候不计",
        ),
        _R.KEPT_FOR_LIVING: Words(
            "CPL 254; I-12", "All of it stays free for living.", "保留必需生活费用"
        ),
        _R.NOTHING_FREE: Words(
            "domain.md 5.4", "Nothing is left of it for this claim.", "无可控制价值"
        ),
        _R.CLAIM_COVERED: Words(
            "CPL 253; I-01; 财产保全规定 art. 13",
            "What stands above suffices: more would be excessive.",
            "已足额",
        ),
        _N.PREFERRED: Words(
            "domain.md 5.6", "Out of turn, for the officer's reason.", "承办人变更次序"
        ),
        _N.NOT_EXEMPT: Words(
            "domain.md 5.5", "Not exempt, for the officer's reason.", "承办人认定不属豁免"
        ),
        _N.TAKEN_WHOLE: Words(
            "查扣冻规定 art. 19",
            "Taken whole although worth more, for the officer's reason (G6).",
            "不可分，整体控制",
        ),
        _N.APPRAISED: Words("domain.md 5.4", "At the officer's reference value.", "按参考价值"),
        _N.FLOOR_KEPT: Words("CPL 254; I-12", "Less what stays free for living.", "已扣除生活费用"),
        _N.FLOOR_NOT_STATED: Words(
            "CPL 254; domain.md 5.5",
            "Nobody stated what stays free for living: a deduction will need it (G7).",
            "未载明保留生活费用",
        ),
        _N.NEVER_SOLD: Words(
            "I-14; 查扣冻规定 art. 4",
            "A necessary dwelling: sealed, never auctioned, sold or given in payment.",
            "必需居住房屋，只封不处",
        ),
        _N.DEDUCTION_GATES: Words(
            "(2013)执他字第14号; 住房公积金管理条例 art. 24",
            "A later deduction needs three findings: withdrawal condition, living, housing (G10).",
            "扣划须满足三项条件",
        ),
        _N.PLEDGE_MARKED: Words(
            "法发〔2021〕9号",
            "Pledged shares are marked, not frozen: only the free ones are taken here.",
            "质押股票予以标记",
        ),
        _N.PLEDGEE_FIRST: Words(
            "法释〔2004〕18号", "It is pledged: the pledgee is paid first (G10).", "质权人优先"
        ),
        _N.PLEDGE_UNKNOWN: Words(
            "法释〔2004〕18号",
            "Nobody told whether its account is pledged: find out before it is ordered (G10).",
            "退税账户质押情况不明",
        ),
        _N.REFUND_ROUTE: Words(
            "法复〔1996〕11号; domain.md 5.3",
            "By the refund account at its bank; the tax office pays nothing over.",
            "经退税账户开户行控制",
        ),
        _N.BY_CAPITAL: Words(
            "强制执行股权规定 art. 5; domain.md 5.3",
            "Its limit is subscribed capital, in which the register counts: as much of it as is worth "
            "what is covered.",
            "按认缴出资额冻结",
        ),
        _N.BY_RATIO: Words(
            "强制执行股权规定 art. 5",
            "Where no value can be fixed, the ratio or capital that the applicant asks for is frozen: "
            "draft that by hand; a plan cannot say what it covers.",
            "价额无法确定的，按申请的比例或数量冻结",
        ),
        _N.BY_PUBLICITY: Words(
            "强制执行股权规定; domain.md 5.3",
            "Effective once published; notify the company in writing.",
            "公示生效并书面通知公司",
        ),
    }
)
