"""Forms of a listing: 失信风险提示通知书, 纳入失信被执行人名单决定书, 失信被执行人通报函."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.entry import DisclosureMode
from domain.identity import is_organization
from domain.masks import mask_id_number_public
from gateway.forms.markup import Html, fill, joined
from gateway.forms.seal import seal_mark
from gateway.forms.sheet import Origin, closing, heading, sheet, table
from gateway.forms.wording import day_in_words
from gateway.public.words import CONDUCT, PERFORMANCE
from storage.cases import CaseRecord
from storage.entries import EntryRecord

_LISTING_RULES: Final = "《最高人民法院关于公布失信被执行人名单信息的若干规定》"
_WARNING: Final = """<p class="flush">{name}：</p>
<p>本院在执行{case}一案中，责令你（单位）履行{basis}确定的义务：{obligation}</p>
<p>你（单位）未按执行通知履行义务，并有下列情形之一的，本院将依照{rules}将你（单位）纳入失信被执行人名单，依法予以信用惩戒：</p>
{conduct}
<p>你（单位）履行义务，或者提供充分有效担保的，可以向本院说明。</p>"""
_DECISION: Final = """<p class="number">{number}</p>
{party}
<p>本院在执行{case}一案中，查明{name}有下列情形：</p>
{conduct}
<p>依照{rules}的规定，决定：将{name}纳入失信被执行人名单{term}。</p>
<p>本决定自作出之日起生效。认为不应纳入、信息有误或者应当删除的，可以在收到本决定书之日起十日内向本院书面申请纠正。</p>"""
_NOTICE: Final = """<p class="number">{number}</p>
<p class="flush">{employer}：</p>
<p>{name}系本院{case}一案的被执行人，因下列情形已由本院决定纳入失信被执行人名单。该名单信息依法不宜公开，现向你单位通报：</p>
{party}
{conduct}
<p>请你单位依照有关规定处理，并将处理结果书面告知本院。通报内容不得公开或者用于其他用途。</p>"""


@dataclass(frozen=True, slots=True)
class EntryPaper:
    """An entry and its case, for whoever may print them."""

    entry: EntryRecord
    case: CaseRecord


def risk_warning(paper: EntryPaper) -> Html | None:
    """Return what is served before a listing; nobody is warned once it is decided."""
    if paper.entry.decided_on is not None:
        return None
    return _form(paper, "失信风险提示通知书", _WARNING)


def listing_decision(paper: EntryPaper) -> Html | None:
    """Return the decision; None before the president signed it."""
    if paper.entry.decided_on is None:
        return None
    return _form(paper, "纳入失信被执行人名单决定书", _DECISION)


def employer_notice(paper: EntryPaper) -> Html | None:
    """Return what an employer is told instead of the public (三(一)); None of what is published."""
    notified = paper.entry.mode == DisclosureMode.NOTIFY_EMPLOYER.value
    if not notified or paper.entry.decided_on is None:
        return None
    return _form(paper, "失信被执行人通报函", _NOTICE)


ENTRY_FORMS: Final[Mapping[str, Callable[[EntryPaper], Html | None]]] = MappingProxyType(
    {
        "risk-warning": risk_warning,
        "decision": listing_decision,
        "employer-notice": employer_notice,
    }
)


def _form(paper: EntryPaper, name: str, words: str) -> Html:
    entry, case = paper.entry, paper.case
    body = fill(
        words,
        name=entry.name,
        case=entry.case_number,
        basis=case.basis_document_number,
        obligation=case.obligation,
        rules=_LISTING_RULES,
        number=entry.decision_number or "（文号待填）",
        employer=entry.employer or "（单位待填）",
        term="" if entry.term_ends_on is None else f"，期限至{day_in_words(entry.term_ends_on)}",
        party=_party(paper),
        conduct=_conduct(entry),
    )
    origin = Origin(
        words=(f"名单编号 {entry.id}", f"版本 {entry.version}"), code=f"{entry.id}:{entry.version}"
    )
    return sheet(
        f"{name} {entry.id}",
        heading(case.court_name, name),
        body,
        closing(case.court_name, day_in_words(entry.decided_on), seal_mark(None), origin),
    )


def _party(paper: EntryPaper) -> Html:
    entry = paper.entry
    organization = is_organization(entry.id_number)
    number = entry.id_number if organization else mask_id_number_public(entry.id_number)
    rows = [
        ("被执行人", entry.name),
        ("统一社会信用代码" if organization else "身份证号码", number),
        ("执行依据", f"{paper.case.basis_unit} {paper.case.basis_document_number}"),
        ("确定的义务", paper.case.obligation),
        ("履行情况", PERFORMANCE[entry.performance][0]),
    ]
    return table(rows)


def _conduct(entry: EntryRecord) -> Html:
    return joined(
        fill("<p>{n}. {words}；</p>", n=n, words=CONDUCT[kind][0])
        for n, kind in enumerate(entry.misconduct, start=1)
    )
