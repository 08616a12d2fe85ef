"""What goes back to a client, and how refusals and errors stand in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError

from gateway.contexts import Contexts
from gateway.outward import field_error, request_errors
from gateway.plan import Denied, Plan
from resolvers.context import Context, Ground, Remark
from resolvers.refusals import FieldNotAllowed, Refused

_MOST_OF_A_CODE: Final = 5  # errors; the rest is counted


@dataclass(frozen=True, slots=True)
class Response:
    """HTTP status and headers, and the body's members."""

    status: int
    body: dict[str, Any]
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def executed(self) -> bool:
        return "data" in self.body


class RequestRefused(Exception):
    """The request is not executed at all.

    Attributes:
        grounds: the cases it asked for, and what for.
        denied: coordinates that it reached for and may not have.
    """

    def __init__(
        self,
        response: Response,
        grounds: Sequence[Ground] = (),
        denied: Sequence[str] = (),
    ) -> None:
        super().__init__(response.status)
        self.response = response
        self.grounds = grounds
        self.denied = denied

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.response.body["errors"]]


def refusal(status: int, message: str, code: str) -> Response:
    return Response(status, {"errors": request_errors([GraphQLError(message)], code)})


def ended(cause: Refused, request_id: str, *, status: int = 200) -> Response:
    """Return the one answer to an operation that *cause* ends before it has data."""
    shown = field_error(GraphQLError("", original_error=cause), request_id)
    del shown["path"]
    return Response(status, {"errors": [shown]})


def failed(cause: Exception, request_id: str) -> Response:
    """Return what is said of a failure that nobody foresaw; its own words stay here.

    What GraphQL itself raises before a field runs (a variable that is null where none may be) is
    the client's, and 400.
    """
    if isinstance(cause, GraphQLError):
        return Response(400, {"errors": request_errors([cause], "BAD_USER_INPUT")})
    shown = field_error(GraphQLError("", original_error=cause), request_id)
    del shown["path"]
    return Response(500, {"errors": [shown]})


def denials(plan: Plan, extensions: dict[str, Any]) -> Response:
    """Return the refusal of a request that reaches for more than its token may have."""
    body: dict[str, Any] = {"errors": [_denial(denied) for denied in plan.denied]}
    if extensions:
        body["extensions"] = extensions
    return Response(403, body)


def _denial(denied: Denied) -> dict[str, Any]:
    cause = FieldNotAllowed(denied.coordinate, denied.missing)
    return {
        "message": str(cause),
        "path": list(denied.path),
        "extensions": {"code": cause.code, **cause.details},
    }


def body_of(
    result: ExecutionResult, plan: Plan, context: Context, contexts: Contexts
) -> dict[str, Any]:
    """Return the body of an executed operation."""
    body: dict[str, Any] = {}
    extensions: dict[str, Any] = {"requestId": context.request_id}
    if result.errors:
        body["errors"], omitted = _errors(result.errors, context.request_id)
        if omitted:
            extensions["errorsOmitted"] = omitted
    body["data"] = result.data
    extensions["departments"] = [
        {
            "id": status.id,
            "status": status.status,
            "milliseconds": status.milliseconds,
            "asOf": _civil(status.as_of, contexts),
        }
        for _, status in sorted(context.asking.statuses.items())
    ]
    tickets = [
        {"ticket": error.ticket, "department": error.department, "eta": _civil(error.eta, contexts)}
        for awaited in sorted(context.asking.awaited, key=lambda one: one.question.department)
        for error in awaited.errors[:1]
        if error.ticket is not None
    ]
    if tickets:
        extensions["tickets"] = tickets
    if context.remarks:
        extensions["remarks"] = [one.shown() for one in sorted(context.remarks, key=_where)]
    if context.masked:
        extensions["masked"] = sorted(context.masked)
    if plan.denied:
        extensions["incomplete"] = True
    body["extensions"] = extensions
    return body


def _civil(moment: datetime | None, contexts: Contexts) -> str | None:
    return None if moment is None else contexts.civil(moment)


def _where(remark: Remark) -> list[tuple[int, str]]:
    return [*_steps(remark.path), (-1, remark.code)]


def _errors(
    errors: Iterable[GraphQLError], request_id: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the first errors of each code in the order of their paths, and how many more."""
    shown: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for error in sorted(errors, key=_place):
        words = field_error(error, request_id)
        code = words["extensions"]["code"]
        counts[code] = counts.get(code, 0) + 1
        if counts[code] <= _MOST_OF_A_CODE:
            shown.append(words)
    return shown, {
        code: count - _MOST_OF_A_CODE for code, count in counts.items() if count > _MOST_OF_A_CODE
    }


def _place(error: GraphQLError) -> list[tuple[int, str]]:
    """Return what orders errors by where they stand: departments answer in any order."""
    return _steps(error.path or ())


def _steps(path: Iterable[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def retry_later(response: Response, seconds: int) -> Response:
    """Return *response*, which says when to come back."""
    response.headers.append((b"retry-after", str(seconds).encode()))
    return response
