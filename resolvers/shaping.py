"""How a declared field takes its value from what was asked: allowed again, read, masked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLResolveInfo, get_named_type, get_nullable_type, is_list_type

from connectors.errors import DepartmentError
from connectors.question import Answer, Question
from domain.masks import TEXT_MASKS, amount_band, mask_name, quantity_band
from resolvers.affiliates import require_reason_behind
from resolvers.asked import Wanted
from resolvers.context import Context
from resolvers.declare import Declared, camel
from resolvers.refusals import (
    FieldNotAllowed,
    NotAnObligor,
    NotUnderApproval,
    PurposeNotAllowed,
)
from resolvers.remarks import remark
from resolvers.subject import Subject

Resolve = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A department's record together with the subject it is about."""

    record: Any
    subject: Subject


def missing_scopes(declared: Declared, scopes: frozenset[str]) -> frozenset[str]:
    """Return what *scopes* lack for the nearest alternative; empty if the field is allowed."""
    return min((need - scopes for need in declared.scopes), key=len, default=frozenset())


def resolver_of(coordinate: str, declared: Declared, coded: Resolve | None) -> Resolve:
    """Return the resolver of a declared field.

    The plan has refused what is not allowed before anything was asked; this checks once more, so a
    path that no plan saw still fails closed.
    """
    if declared.question is not None:
        value = _asked(coordinate, declared)
    elif declared.leads_to is not None:
        value = _leads_to(declared.leads_to)
    elif coded is not None and declared.attribute is None:
        value = coded
    else:
        value = _read(coordinate, declared)

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context: Context = info.context
        if lacking := missing_scopes(declared, context.caller.scopes):
            raise FieldNotAllowed(coordinate, lacking)
        return value(source, info, **arguments)

    return resolve


def _asked(coordinate: str, declared: Declared) -> Resolve:
    question: Question[Any] | None = declared.question
    if question is None or declared.purposes is None:
        raise TypeError(f"{coordinate} asks no department")
    permitted = {purpose.value for purpose in declared.purposes}

    def resolve(subject: Subject, info: GraphQLResolveInfo[Any]) -> Any:
        context: Context = info.context
        if subject.authority.purpose not in permitted:
            raise PurposeNotAllowed(
                f"The purpose {subject.authority.purpose} does not permit {coordinate}. "
                "查询目的与所查字段不符",
                coordinates=[coordinate],
            )
        if subject.former:
            raise NotAnObligor
        if not subject.may_be_asked_of(question.department):
            raise NotUnderApproval
        require_reason_behind(context, subject)
        plural = is_list_type(get_nullable_type(info.return_type))
        known = context.asking.known(question, subject)
        if known is not None:
            _remark(known, question, info)
            return _value(known, subject, plural=plural)
        wanted = Wanted(
            question=question,
            numbers=[subject.id_number],
            authority=subject.authority,
            level=subject.level,
            fields=context.fields_wanted(question),
            natural_persons_only=declared.natural_persons_only,
        )
        return _later(context.asking.ask_late(wanted), subject, question, info, plural=plural)

    return resolve


async def _later(
    answer: Awaitable[Answer[Any]],
    subject: Subject,
    question: Question[Any],
    info: GraphQLResolveInfo[Any],
    *,
    plural: bool,
) -> Any:
    heard = await answer
    _remark(heard, question, info)
    return _value(heard, subject, plural=plural)


def _remark(answer: Answer[Any], question: Question[Any], info: GraphQLResolveInfo[Any]) -> None:
    if answer.remarks is not None:
        kind = get_named_type(info.return_type).name
        path = info.path.as_list()
        remark(answer, question, path, info.context, lambda one: f"{kind}.{camel(one)}")


def _value(answer: Answer[Any], subject: Subject, *, plural: bool) -> Any:
    """Return the records as seen of *subject*; a field for one shows the first of several."""
    value = answer.get()
    records = value if isinstance(value, tuple | list) else () if value is None else (value,)
    seen = [Seen(record, subject) for record in records]
    if plural:
        return seen
    return seen[0] if seen else None


def _leads_to(attribute: str) -> Resolve:
    def resolve(seen: Seen, _info: GraphQLResolveInfo[Any]) -> Subject | None:
        number = _sound(getattr(seen.record, attribute))
        return None if number is None else next_subject(seen.subject, number)

    return resolve


def _sound(value: Any) -> Any:
    """Return *value*; where a department said it in another form than agreed, its error is raised."""
    if isinstance(value, DepartmentError):
        raise value
    return value


def next_subject(subject: Subject, number: Any) -> Subject:
    """Return the person with *number* as reached from *subject*, under the same authority."""
    return Subject(
        id_number=number, authority=subject.authority, level=subject.level + 1, only=subject.only
    )


def _read(coordinate: str, declared: Declared) -> Resolve:
    attribute, mask, raw = declared.attribute or "", declared.mask, declared.raw

    def resolve(source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        organization = False
        if isinstance(source, Seen):
            organization = not declared.of_others and source.subject.organization
            source = source.record
        elif isinstance(source, Subject):
            organization = source.organization
        value = _sound(getattr(source, attribute))
        context: Context = info.context
        if value is None or mask is None or raw & context.caller.scopes:
            return value
        if raw:
            context.masked.add(coordinate)
        return masked(value, mask, organization=organization)

    return resolve


def masked(value: Any, mask: str, *, organization: bool) -> Any:
    """Return *value* as a reader without the raw scope sees it (domain.md 8.2).

    An amount's own field is null then; its band stands in a field of its own.
    """
    if isinstance(value, (list, tuple)):
        return [masked(item, mask, organization=organization) for item in value]
    if mask == "name":
        return mask_name(value, organization=organization)
    if mask == AMOUNT_MASK:
        return None
    if mask in BANDS:
        return BANDS[mask](value)
    return TEXT_MASKS[mask](str(value))


AMOUNT_MASK: Final = "amountBand"
BANDS: Final = {"bandOfFen": amount_band, "bandOfShares": quantity_band}
