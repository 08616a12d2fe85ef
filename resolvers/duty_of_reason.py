"""
Asking for the reason of a look-up, before anybody is asked anything.

Whether somebody looked at a person before is read from the record itself: from its index, and from the
entries that are not in it yet; and, of looks that have no entry yet, from `looks_under_way`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from auth.record_keys import RecordKeys
from domain.affiliates import FamilyReason
from domain.duty_of_reason import (
    LONGEST_DOCUMENT,
    LONGEST_REASON,
    SHORTEST_REASON,
    is_reason,
    needs_document,
    needs_reason,
)
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers.context import Context
from resolvers.looks_under_way import Looks
from resolvers.order_steps import checked
from resolvers.record_reading import looked_outside
from resolvers.refusals import BadInput, Refused
from storage.database import Database


class SourceDocumentRequired(Refused):
    code = "SOURCE_DOCUMENT_REQUIRED"

    def __init__(self) -> None:
        super().__init__(
            "You do not work on this case, or ask for a purpose from outside its file: name the "
            "paper that is your reason, as `document`. 请填写依据文书号"
        )


class ReasonRequired(Refused):
    code = "REASON_REQUIRED"

    def __init__(self) -> None:
        super().__init__(
            "You have looked at this person outside an active case before: say in `reason` why "
            f"again, in {SHORTEST_REASON} to {LONGEST_REASON} characters. 再次查询同一主体须说明理由"
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """What a caller says a look-up rests on.

    Attributes:
        family: why the family of debtors is looked at, if it is.
    """

    document: str | None = None
    reason: str | None = None
    family: FamilyReason | None = None


def stated(document: str | None, reason: str | None, family: FamilyReason | None = None) -> Stated:
    """Return what was said, without blanks around it.

    Raises:
        BadInput: too long, too short, or with characters that nobody can read.
    """
    said = Stated(
        None if document is None else checked("document", document, most=LONGEST_DOCUMENT),
        None if reason is None else checked("reason", reason, most=LONGEST_REASON, lines=True),
        family,
    )
    if said.reason is not None and not is_reason(said.reason):
        raise BadInput(f"reason must have {SHORTEST_REASON} characters or more. 理由过短")
    return said


async def owed(
    context: Context,
    said: Stated,
    purpose: Purpose,
    subjects: Iterable[IdNumber],
    *,
    outside: bool,
) -> None:
    """Refuse a look-up at *subjects* that owes a document or a reason; note one from outside.

    Whom this request looks at already, it may look at in several places.

    Raises:
        SourceDocumentRequired, ReasonRequired: nobody was asked.
    """
    owes_document(said, purpose, outside=outside)
    if not outside:
        return
    others = [one for one in dict.fromkeys(subjects) if one not in context.outside]
    if context.record_keys is not None:
        who = context.caller.subject
        await owes_reason(
            context.database, context.record_keys, who, said, others, looks=context.looks
        )
    context.outside.update(dict.fromkeys(others))


def owes_document(said: Stated, purpose: Purpose, *, outside: bool) -> None:
    """Raises SourceDocumentRequired."""
    if said.document is None and needs_document(purpose, outside=outside):
        raise SourceDocumentRequired


async def owes_reason(  # noqa: PLR0913 -- who looks at whom, and where that is kept
    database: Database,
    keys: RecordKeys,
    who: str,
    said: Stated,
    subjects: Collection[IdNumber],
    *,
    looks: Looks,
) -> None:
    """Refuse a look from outside at one of *subjects* whom *who* was shown so before, without a reason.

    Args:
        looks: of this request; it is noted there, before the record is read.

    Raises:
        ReasonRequired: nobody was asked.
    """
    together = looks.begin(who, subjects)
    if not subjects or said.reason is not None:
        return
    before = together or await database.read(lambda c: looked_outside(c, keys, who, subjects))
    if needs_reason(outside=True, looked_before=before):
        raise ReasonRequired


NOTHING_STATED: Final = Stated()
