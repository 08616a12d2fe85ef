"""What the public pages say, in Chinese first and in English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lang": "zh-CN",
        "title": "失信被执行人名单查询",
        "skip": "跳到正文",
        "search": "查询",
        "removals": "屏蔽撤销公告",
        "measures": "联合惩戒措施目录",
        "other": "English",
        "by_name": "按姓名查询",
        "by_case": "按案号查询",
        "name": "姓名或单位名称（完整）",
        "partial": "证件号码后四位",
        "case": "执行案号（完整）",
        "hint": "须输入完整姓名及证件号码后四位，或者完整案号。查询不留痕，结果不公开完整证件号码。",
        "none": "没有符合条件的公布信息。",
        "found": "查询结果",
        "number": "证件号码",
        "court": "执行法院",
        "basis": "执行依据文号",
        "basis_unit": "作出执行依据单位",
        "obligation": "生效法律文书确定的义务",
        "sex": "性别",
        "age": "年龄（公布年度）",
        "representative": "法定代表人或者负责人",
        "conduct": "失信行为具体情形",
        "performance": "履行情况",
        "published": "发布时间",
        "case_number": "执行案号",
        "bad": "请输入完整姓名和证件号码后四位，或者完整案号。",
        "busy": "查询过于频繁，请稍后再试。",
        "removed_on": "日期",
        "entry": "名单编号",
        "removed_item": "名单信息已屏蔽或者撤销。",
        "removal_note": "以下名单信息已屏蔽或者撤销，公告保留三十日。",
        "measure_note": "依据2017年6月19日关于加快推进失信被执行人信用监督、警示和惩戒机制建设的意见编制，供政务公开。",
        "id": "编号",
        "clause": "条款",
        "measure": "措施",
        "effect": "效力",
        "units": "责任部门",
        "merged": "（职责已并入{into}）",
        "now": "（现为{name}）",
        "status": "法律状态",
        "filed": "立案时间",
        "feed": "公布信息订阅",
    }
)
EN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lang": "en",
        "title": "List of discredited judgment debtors",
        "skip": "Skip to content",
        "search": "Search",
        "removals": "Removals",
        "measures": "Catalogue of measures",
        "other": "中文",
        "by_name": "Search by name",
        "by_case": "Search by case number",
        "name": "Full name",
        "partial": "Last four characters of the number",
        "case": "Full case number",
        "hint": "Enter the full name and the last four characters of the number, or a full case number. "
        "Searches are not kept; full numbers are never shown.",
        "none": "Nothing published matches.",
        "found": "Results",
        "number": "Number",
        "court": "Court",
        "basis": "Document enforced",
        "basis_unit": "Made by",
        "obligation": "Obligation",
        "sex": "Sex",
        "age": "Age in the year of publication",
        "representative": "Legal representative or head",
        "conduct": "Conduct",
        "performance": "Performance",
        "published": "Published",
        "case_number": "Case number",
        "bad": "Enter the full name and the last four characters of the number, or a full case number.",
        "busy": "Too many searches; try again in a moment.",
        "removed_on": "Date",
        "entry": "Entry",
        "removed_item": "The entry was shielded or withdrawn.",
        "removal_note": "These entries were shielded or withdrawn; notices stay for thirty days.",
        "measure_note": "Drawn up from the policy of 19 June 2017, published as part of open government.",
        "id": "Id",
        "clause": "Clause",
        "measure": "Measure",
        "effect": "Effect",
        "units": "Departments",
        "merged": " (duties went to: {into})",
        "now": " (now {name})",
        "status": "Legal status",
        "filed": "Filed",
        "feed": "Feeds",
    }
)
CONDUCT: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "ABLE_BUT_REFUSES": (
            "有履行能力而拒不履行生效法律文书确定义务",
            "Able to perform and refuses",
        ),
        "OBSTRUCTS_BY_FORCE_OR_FORGERY": (
            "以伪造证据、暴力、威胁等方法妨碍、抗拒执行",
            "Obstructs enforcement by forgery, violence or threats",
        ),
        "EVADES_BY_SHAM_OR_CONCEALMENT": (
            "以虚假诉讼、虚假仲裁或者隐匿、转移财产等方法规避执行",
            "Evades enforcement by sham suits or by hiding property",
        ),
        "VIOLATES_PROPERTY_REPORT": ("违反财产报告制度", "Breaks the property report rules"),
        "VIOLATES_CONSUMPTION_ORDER": ("违反限制消费令", "Breaks a consumption restriction order"),
        "REFUSES_SETTLEMENT": (
            "无正当理由拒不履行执行和解协议",
            "Refuses to perform a settlement without reason",
        ),
    }
)
PERFORMANCE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "NONE": ("全部未履行", "Nothing performed"),
        "PARTIAL": ("部分未履行", "Performed in part"),
        "ALL": ("全部已履行", "Performed"),
    }
)
SEX: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"1": ("男", "Male"), "2": ("女", "Female")}
)
EFFECTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "prohibit": ("不得", "Prohibited"),
        "restrict": ("限制", "Restricted"),
        "strict_review": ("从严审核", "Strict review"),
        "prudential_reference": ("审慎性参考", "Prudential reference"),
        "precondition": ("前置条件", "Precondition"),
        "suspend": ("中止", "Suspended"),
        "terminate": ("终止、免职、变更", "Terminated"),
        "revoke": ("撤销", "Revoked"),
        "assist_query": ("协助查询", "Answers the court"),
        "assist_control": ("协助控制", "Executes for the court"),
    }
)
STATUS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "inForce": ("有效", "In force"),
        "localOnly": ("本区适用", "In this district"),
        "suspended": ("暂停", "Suspended"),
        "repealed": ("废止", "Repealed"),
    }
)


def either(words: tuple[str, str], said: Mapping[str, str]) -> str:
    """Return the Chinese or the English of *words*, as the page is."""
    return words[said["lang"] == EN["lang"]]
