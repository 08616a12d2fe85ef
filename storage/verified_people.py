"""Who signs in as a person about whom there is something to see: bound after a check of identity."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from domain.identity import IdNumber
from storage.instants import instant_text
from storage.tables.access import verified_people


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPerson:
    """An account and the number it stands for: a person's own, or an organization's it acts for.

    Attributes:
        subject: of the token, as its issuer says it.
        verified_by: the officer who saw the papers, or the issuer that did.
    """

    subject: str
    id_number: IdNumber
    verified_by: str
    verified_at: datetime


def keep_verified_person(connection: Connection, person: VerifiedPerson) -> None:
    """Write *person* over what the same account stood for."""
    connection.execute(delete(verified_people).where(verified_people.c.subject == person.subject))
    connection.execute(
        insert(verified_people).values(
            subject=person.subject,
            id_number=person.id_number,
            verified_by=person.verified_by,
            verified_at=instant_text(person.verified_at),
        )
    )


def number_behind(connection: Connection, subject: str) -> IdNumber | None:
    """Return the number that an account stands for; None if nobody checked."""
    statement = select(verified_people.c.id_number).where(verified_people.c.subject == subject)
    found = connection.scalar(statement)
    return None if found is None else IdNumber(found)
