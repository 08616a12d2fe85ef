"""What an auditor asks to take out, as JSON: by HTTP, and from a file at the command line."""

from datetime import datetime
from typing import Final

import msgspec

from domain.case_number import parse_case_number
from domain.civil_time import instant
from domain.identity import IdNumber, parse_id_number
from domain.record import RecordKind
from gateway.outward import tidy
from gateway.record_export import ExportFormat
from resolvers.record_reading import Sought

MOST_BYTES: Final = 16 * 1024


class NotAsked(ValueError):
    """It is of another shape; the message repeats nothing of it."""


class Where(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Which entries; each given one narrows it down."""

    kind: RecordKind | None = None
    unit: str | None = None
    decision: str | None = None
    department: str | None = None
    field_group: str | None = None
    code: str | None = None
    who: str | None = None
    case_number: str | None = None
    subject: str | None = None
    document: str | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Wanted(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is taken out, and on which paper that rests."""

    format: ExportFormat
    document: str
    where: Where = msgspec.field(default_factory=Where)
    reason: str | None = None

    @property
    def subject(self) -> IdNumber | None:
        return None if self.where.subject is None else parse_id_number(self.where.subject)

    def sought(self) -> Sought:
        where = self.where
        case = None if where.case_number is None else parse_case_number(where.case_number)
        return Sought(
            kind=None if where.kind is None else where.kind.value,
            unit=where.unit,
            decision=where.decision,
            department=where.department,
            group=where.field_group,
            code=where.code,
            who=where.who,
            case=case,
            subject=self.subject,
            document=where.document,
            about=where.about,
            since=where.since,
            until=where.until,
        )

    def asked(self, pseudonym: str | None) -> dict[str, str]:
        """Return the filter as a manifest repeats it: of a person, his pseudonym."""
        given = {
            name: str(value)
            for name, value in msgspec.to_builtins(self.where).items()
            if value is not None
        }
        return given if pseudonym is None else {**given, "subject": pseudonym}


def read_wanted(text: bytes) -> Wanted:
    """Return what *text* asks for.

    Raises:
        NotAsked: see there.
    """
    try:
        wanted = msgspec.json.decode(text, type=Wanted)
    except msgspec.ValidationError as error:
        raise NotAsked(f"Of another shape: {tidy(str(error))}. 请求格式有误") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAsked("It is no JSON. 请求格式有误") from error
    try:
        wanted.sought()
    except ValueError as error:
        raise NotAsked("caseNumber or subject is no such number. 案号或证件号码有误") from error
    try:
        for moment in (wanted.where.since, wanted.where.until):
            if moment is not None:
                instant(moment)
    except ValueError as error:
        raise NotAsked(f"since and until: {error}. 时间须注明时区") from error
    return wanted
