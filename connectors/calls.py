"""
A call over HTTP and what its failure means: `ask` for questions, `order` for control orders.

pyreqwest's names mislead for orders: a connection that the department closes *after* reading the
request is a ``ConnectError``, and a department that never answers is a ``ConnectTimeout``. Only
the cause ``client error (Connect)`` proves that nothing was sent; whatever else happens, the order
may have been heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx
from pyreqwest.exceptions import (
    BodyDecodeError,
    DecodeError,
    DetailedPyreqwestError,
    PyreqwestError,
    RequestTimeoutError,
)

from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    DepartmentUnreachable,
    OutcomeUnknown,
)
from connectors.http import AnswerUnreadable, DepartmentClient

_NOTHING_WAS_SENT: Final = "client error (Connect)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole HTTP answer. *retry_after* is seconds."""

    status: int
    body: bytes
    retry_after: float | None


async def ask(  # noqa: PLR0913 -- a call, spelled out
    client: DepartmentClient,
    department: str,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send a question; return the whole answer, whatever its status.

    Raises:
        DepartmentTimeout: no whole answer in time.
        DepartmentUnreachable: no connection, or it was lost before the answer was whole.
        DepartmentContractBroken: what came is not HTTP, is encoded, or is too large.
    """
    try:
        answered = await client.request(method, path, content=body, headers=headers)
    except (httpx.HTTPError, PyreqwestError) as error:
        raise failure(department, error) from error
    return Reply(
        status=answered.status,
        body=answered.body,
        retry_after=_seconds(answered.headers.get("retry-after")),
    )


async def order(  # noqa: PLR0913 -- a call, spelled out
    client: DepartmentClient,
    department: str,
    path: str,
    *,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
) -> Reply:
    """Send a control order, once; return the whole answer, whatever its status.

    Raises:
        DepartmentUnreachable: no connection was made: nothing was sent.
        OutcomeUnknown: no whole answer came back, for any other reason.
    """
    try:
        return await ask(client, department, method, path, body=body, headers=headers)
    except DepartmentError as error:
        if _nothing_was_sent(error.__cause__):
            raise DepartmentUnreachable(department) from error
        raise OutcomeUnknown(department) from error


def reply_of(response: httpx.Response) -> Reply:
    return Reply(
        status=response.status_code,
        body=response.content,
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def failure(department: str, error: httpx.HTTPError | PyreqwestError) -> DepartmentError:
    """Return what *error*, raised by the client or by the transport below it, means."""
    below = error if isinstance(error, PyreqwestError) else error.__cause__
    if isinstance(error, httpx.TimeoutException) or isinstance(below, RequestTimeoutError):
        return DepartmentTimeout(department)
    if isinstance(error, AnswerUnreadable):
        return DepartmentContractBroken(department, str(error))
    if isinstance(below, DecodeError) and not isinstance(below, BodyDecodeError):
        return DepartmentContractBroken(department, "the answer is not HTTP")
    return DepartmentUnreachable(department)


def refusal(department: str, reply: Reply) -> DepartmentError:
    """Return what a status means that is not the one the department's page promises."""
    if reply.status in {429, 503}:
        return DepartmentBusy(department, reply.retry_after)
    if reply.status in {502, 504}:
        return DepartmentUnreachable(department, f"HTTP {reply.status}")
    if 400 <= reply.status < 500:  # noqa: PLR2004 -- HTTP's client errors
        return DepartmentRefused(department, f"HTTP {reply.status}")
    return DepartmentContractBroken(department, f"HTTP {reply.status}")


def order_refusal(department: str, reply: Reply) -> DepartmentError:
    """As `refusal`, for an order: a status that leaves doubt is an unknown outcome."""
    meaning = refusal(department, reply)
    if isinstance(meaning, DepartmentBusy | DepartmentRefused):
        return meaning
    return OutcomeUnknown(department, f"HTTP {reply.status}")


def _nothing_was_sent(error: BaseException | None) -> bool:
    below = error if isinstance(error, PyreqwestError) else getattr(error, "__cause__", None)
    if not isinstance(below, DetailedPyreqwestError):
        return False
    causes = below.details["causes"] or []
    return any(cause["message"] == _NOTHING_WAS_SENT for cause in causes)


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None
