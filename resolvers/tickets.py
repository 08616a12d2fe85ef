"""
Tickets for what departments answer later: given with a query's answer, shown in a subscription (ADR 0052).

A ticket names nobody. What it stands for (who asked, in which case, for what, about whom, which fields)
is sealed in the database, so that every gateway on it can go on, also after a restart.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec

from auth.answer_tickets import digest_of, new_ticket, opened, sealed
from connectors.question import Authority
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers.asked import Awaited
from resolvers.context import Context
from resolvers.refusals import TicketNotFound
from storage.pending_answers import find_pending, keep_pending

_LONGEST: Final = 7 * 86_400.0  # seconds


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket stands for.

    Attributes:
        stem, question: what was asked of whom.
        fields: attributes of the record that were asked for.
        claims: by which the connector collects, each with the people whose answers it brings.
        document, reason: what the look-up rests on; see `resolvers.duty_of_reason`.
        until: epoch seconds.
    """

    subject: str
    case_number: str
    officer: str
    organisation: str
    purpose: str
    stem: str
    question: str
    fields: frozenset[str]
    claims: Mapping[str, list[IdNumber]]
    document: str | None
    reason: str | None
    until: int

    def is_under(self, authority: Authority) -> bool:
        return (self.case_number, self.officer, self.organisation, self.purpose) == (
            authority.case_number,
            authority.officer,
            authority.organisation,
            authority.purpose,
        )


async def give_tickets(context: Context) -> None:
    """Give each answer that comes later its ticket.

    Of people behind a debtor there is none, nor of what nobody can collect: the next query shows it.
    """
    for awaited in context.asking.awaited:
        collected = awaited.question.collecting is not None
        if collected and awaited.level == 0 and awaited.errors[0].ticket is None:
            ticket = new_ticket()
            now = int(context.now().timestamp())
            lasts = min(_LONGEST, *(error.lasts for error in awaited.errors))
            kept = _kept(context, awaited, until=now + int(lasts))
            content = sealed(ticket, msgspec.msgpack.encode(kept))
            digest = digest_of(ticket)
            await context.database.write(
                partial(keep_pending, digest=digest, sealed=content, until=kept.until, now=now)
            )
            for error in awaited.errors:
                error.ticket = ticket


async def kept_for(context: Context, ticket: str) -> Kept:
    """Return what *ticket* stands for.

    Raises:
        TicketNotFound: there is no such ticket, it is over, or it was given to somebody else.
    """
    now = int(context.now().timestamp())
    digest = digest_of(ticket)
    content = await context.database.read(partial(find_pending, digest=digest, now=now))
    try:
        kept = msgspec.msgpack.decode(opened(ticket, content or b""), type=Kept)
    except ValueError as error:
        raise TicketNotFound(ticket) from error
    caller = context.caller
    if (kept.subject, kept.organisation) != (caller.subject, caller.organisation):
        raise TicketNotFound(ticket)
    return kept


def _kept(context: Context, awaited: Awaited, *, until: int) -> Kept:
    authority, question = awaited.authority, awaited.question
    case, purpose = authority.case_number, Purpose(authority.purpose)
    grounds = [one for one in context.grounds if (one.case, one.purpose) == (case, purpose)]
    return Kept(
        subject=context.caller.subject,
        case_number=authority.case_number,
        officer=authority.officer,
        organisation=authority.organisation,
        purpose=authority.purpose,
        stem=question.stem,
        question=question.name,
        fields=awaited.fields,
        claims=awaited.claims,
        document=grounds[0].document if grounds else None,
        reason=grounds[0].reason if grounds else None,
        until=until,
    )
