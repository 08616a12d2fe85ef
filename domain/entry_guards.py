"""The guards of a listing (domain.md 5.10, 6.3): pure, each with its number and its rule."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.entry import DisclosureMode
from domain.guard_refused import GuardRefused
from domain.hold_term import add_months
from domain.identity import IdNumber, birth_date, is_organization
from domain.misconduct import ONLY_UNDER_THE_FIRST, WITHOUT_TERM, Exclusion, Misconduct

_OF_AGE: Final = 18 * 12  # months
_GRACE: Final = (1, 3)  # months, DL-09
_AFTER_A_REQUEST: Final = 6  # months


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """What the guards need to know of a listing.

    Attributes:
        on: the civil day, Asia/Shanghai.
        obligors: of the case, which is *open_case* or not.
        misconduct: each condition that is ticked, with its evidence in words.
        removed_on_request: when the same debtor was last removed because the applicant asked.
    """

    id_number: IdNumber
    on: date
    open_case: bool
    obligors: frozenset[IdNumber]
    misconduct: Mapping[Misconduct, str]
    exclusions: frozenset[Exclusion] = frozenset()
    warned_on: date | None = None
    service_proof: str | None = None
    removed_on_request: date | None = None


def may_propose(entry: EntryFacts) -> None:
    """Check L1 to L4 and L11: the conditions, and who is never listed.

    Raises:
        GuardRefused: the first guard that fails.
    """
    debtor_is_an_obligor(entry)
    nobody_under_age(entry)
    conditions_have_evidence(entry)
    nothing_excludes(entry)
    no_listing_soon_after_a_request(entry)


def may_submit(entry: EntryFacts, *, drafter: str, second_reader: str) -> None:
    """Check all of that again, the risk warning (L5) and the second reader (L6)."""
    may_propose(entry)
    risk_warning_was_served(entry)
    second_reader_is_somebody_else(drafter=drafter, second_reader=second_reader)


def may_sign(
    entry: EntryFacts, *, decision_number: str, signer: str, prepared_by: Collection[str]
) -> None:
    """Check what a decision needs: everything again (I-31), a number, and other eyes (L7)."""
    may_propose(entry)
    risk_warning_was_served(entry)
    if not decision_number.strip():
        raise GuardRefused(
            "L7", "法释〔2017〕7号 art. 5", "A decision has a number. 决定书须有文号"
        )
    if signer in prepared_by:
        raise GuardRefused(
            "L7", "法释〔2017〕7号 art. 5", "Who prepared an entry does not sign it. 须由院长签发"
        )


def debtor_is_an_obligor(entry: EntryFacts) -> None:
    if not entry.open_case or entry.id_number not in entry.obligors:
        raise GuardRefused(
            "L4",
            "domain.md 5.10",
            "Only an obligor of an open case is listed. 仅可纳入在执案件的被执行人",
        )


def nobody_under_age(entry: EntryFacts) -> None:
    if Exclusion.MINOR in entry.exclusions or is_minor(entry.id_number, entry.on):
        raise GuardRefused(
            "L2",
            "I-30; 法释〔2017〕7号 art. 4",
            "A minor is never listed. 未成年人不得纳入失信名单",
        )


def is_minor(number: IdNumber, on: date) -> bool:
    """Whether a natural person is not yet eighteen on that day."""
    return not is_organization(number) and add_months(birth_date(number), _OF_AGE) > on


def conditions_have_evidence(entry: EntryFacts) -> None:
    _evidence(entry.misconduct)


def _evidence(misconduct: Mapping[Misconduct, str]) -> None:
    if not misconduct or not all(words.strip() for words in misconduct.values()):
        raise GuardRefused(
            "L1",
            "法释〔2017〕7号 art. 1",
            "Tick at least one condition, each with its evidence. 须勾选法定情形并附证据",
        )


def conditions_carry(misconduct: Mapping[Misconduct, str], exclusions: Iterable[Exclusion]) -> None:
    """Check L1 and L3 of conditions that are put right."""
    _evidence(misconduct)
    _exclusions(misconduct, frozenset(exclusions))


def nothing_excludes(entry: EntryFacts) -> None:
    _exclusions(entry.misconduct, entry.exclusions)


def _exclusions(misconduct: Mapping[Misconduct, str], exclusions: frozenset[Exclusion]) -> None:
    only_the_first = set(misconduct) == {WITHOUT_TERM}
    excusing = exclusions & ONLY_UNDER_THE_FIRST if only_the_first else frozenset()
    if excusing or Exclusion.STUDENT in exclusions:
        raise GuardRefused(
            "L3",
            "法释〔2017〕7号 art. 3",
            "An exclusion stands against it: record it and drop the entry, or record by "
            "`endExclusion` that it is over. 存在不得纳入的情形",
        )


def service_has_been(served_on: date, on: date) -> None:
    """Refuse a risk warning that is served on a day to come: the entry could never go on from it.

    Args:
        on: the civil day, Asia/Shanghai.
    """
    if served_on > on:
        raise GuardRefused(
            "L5",
            "seed 四(二)3; I-31",
            "The risk warning is recorded once it was served: servedOn is today or before. "
            "送达日期不得晚于今日",
        )


def risk_warning_was_served(entry: EntryFacts) -> None:
    served = entry.warned_on is not None and entry.warned_on <= entry.on
    if not served or not (entry.service_proof or "").strip():
        raise GuardRefused(
            "L5",
            "seed 四(二)3; I-31",
            "The risk warning must have been served, with proof. 须先送达风险提示通知并有送达证明",
        )


def second_reader_is_somebody_else(*, drafter: str, second_reader: str) -> None:
    if drafter == second_reader:
        raise GuardRefused(
            "L6", "seed 四(二)2", "Somebody else reads it a second time. 须经他人复核"
        )


def grace_is_one_to_three_months(months: int) -> None:
    least, most = _GRACE
    if not least <= months <= most:
        raise GuardRefused(
            "L8",
            "DL-09; 法发〔2019〕35号",
            "A grace period is one to three months. 宽限期为一至三个月",
        )


def grace_is_over(ends_on: date | None, on: date) -> None:
    """Whom the court lets perform first is not published before that time is over."""
    if ends_on is not None and on <= ends_on:
        raise GuardRefused(
            "L14",
            "DL-09; 法发〔2019〕35号",
            "The grace period runs to the end of its last day. 宽限期尚未届满",
        )


def disclosure_fits(mode: DisclosureMode, employer: str | None) -> None:
    """An entry is published, or its employer is named and told."""
    if (mode is DisclosureMode.NOTIFY_EMPLOYER) != bool((employer or "").strip()):
        raise GuardRefused(
            "L9",
            "seed 三(一); CAP-092",
            "Name the employer to be told, or publish the entry. 须指明通报单位或予以公布",
        )


def exit_has_proof(proof: str) -> None:
    if not proof.strip():
        raise GuardRefused(
            "L10",
            "seed 四(二)4; 法释〔2017〕7号 art. 10",
            "Say what proves the cause. 须附退出事由证明",
        )


def no_listing_soon_after_a_request(entry: EntryFacts) -> None:
    removed = entry.removed_on_request
    if removed is not None and entry.on < add_months(removed, _AFTER_A_REQUEST):
        raise GuardRefused(
            "L11",
            "法释〔2017〕7号 art. 11",
            "Removed at the applicant's request less than six months ago. 申请撤销后六个月内不再纳入",
        )


def judge_never_handled_the_case(judge: str, handlers: Collection[str]) -> None:
    if judge in handlers:
        raise GuardRefused(
            "L12",
            "I-09; 异议复议规定 art. 11",
            "Who handled the case does not review it. 承办人不得审查该异议",
        )


def every_unit_released(open_hits: int) -> None:
    if open_hits:
        raise GuardRefused(
            "L13",
            "I-33; seed 四(二)5",
            "Units still have to release or retain; the entry closes then. 尚有单位未解除惩戒",
        )
