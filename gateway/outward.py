"""Errors as they leave the house: a stable code, what to do, no personal data, no stack trace."""

import re
from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from graphql import GraphQLError

from connectors.errors import DepartmentError, DepartmentPending
from gateway.logs import place
from resolvers.refusals import Refused

_LOG = structlog.get_logger()
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

# A caller's own literal comes back in GraphQL's messages; it may be somebody's number.
_NUMBERS: Final = re.compile(r"[0-9A-Za-z]*\d{6,}[0-9A-Za-z]*")
_REPEATED: Final = re.compile(
    r"""(?:(?<=found\ )|(?<=found:\ )).*$        # whatever was found instead
        | (?:(?<=alue\ )|(?<=value:\ )|(?<=string:\ ))  # a value, quoted or composed
          ("(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [\[{].*[\]}])""",
    re.DOTALL | re.VERBOSE,
)
# What stands in quotation marks is a name of the schema's or of the document's, or it is a value.
_QUOTED: Final = re.compile(
    r"""(?<![\w'"`]) (?:'([^']*)' | "([^"]*)" | `([^`]*)`) (?![\w'"`])""", re.VERBOSE
)
_A_NAME: Final = re.compile(r"[$@\[]*[A-Za-z_][\w.]*[\]!]*(?: \| [a-z]+)*|\$[\w.\[\]…]*", re.ASCII)


def tidy(message: str) -> str:
    """Return *message* without what the caller sent: values, and numbers that could be a person's."""
    return _NUMBERS.sub("…", _QUOTED.sub(_named, _REPEATED.sub("…", message)))


def _named(quoted: re.Match[str]) -> str:
    within = next(one for one in quoted.groups() if one is not None)
    mark = quoted[0][0]
    return quoted[0] if _A_NAME.fullmatch(within) else f"{mark}…{mark}"


def request_errors(errors: Iterable[GraphQLError], code: str) -> list[dict[str, Any]]:
    """Return *errors* of a request that was not executed."""
    return [_request_error(error, code) for error in errors]


def _request_error(error: GraphQLError, code: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": tidy(error.message)}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    own = error.extensions or {}
    shown["extensions"] = {"code": own.get("code", code)}
    return shown


def field_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Return an error of one field, with its path."""
    shown: dict[str, Any] = {"message": "", "path": error.path}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    cause = error.original_error
    if isinstance(cause, DepartmentError):
        shown["message"] = str(cause)
        shown["extensions"] = {
            "code": cause.code,
            "department": cause.department,
            "retryable": cause.retryable,
        }
        if isinstance(cause, DepartmentPending):
            shown["extensions"] |= {
                "ticket": cause.ticket,
                "eta": None if cause.eta is None else cause.eta.astimezone(_SHANGHAI).isoformat(),
            }
    elif isinstance(cause, Refused):
        shown["message"] = str(cause)
        shown["extensions"] = {"code": cause.code, **cause.details}
    elif cause is None and error.extensions and "code" in error.extensions:
        shown["message"] = tidy(error.message)
        shown["extensions"] = dict(error.extensions)
    elif isinstance(cause, GraphQLError) or cause is None:
        # GraphQL's own words: a null where none may be, an argument that does not fit.
        shown["message"] = tidy(error.message)
        own = getattr(cause, "extensions", None) or {}
        shown["extensions"] = {"code": own.get("code", "BAD_USER_INPUT")}
    else:
        # Type and place only: the words of an unexpected exception may hold anything.
        _LOG.error(
            "request.field_failed",
            error=type(cause).__name__,
            where=place(cause.__traceback__),
        )
        shown["message"] = (
            "Something went wrong here; it was logged under the request id. 系统内部错误"
        )
        shown["extensions"] = {"code": "INTERNAL_ERROR", "requestId": request_id}
    return shown
