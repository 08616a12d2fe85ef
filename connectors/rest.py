"""REST/JSON: a question is a POST of JSON that is answered with JSON; authority is in headers."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from connectors.calls import ask, refusal
from connectors.charset import as_utf8
from connectors.http import DepartmentClient
from connectors.question import Authority


def authority_headers(authority: Authority) -> dict[str, str]:
    """Return *authority* as headers; values are percent-encoded UTF-8."""
    return {
        "X-Case": quote(authority.case_number, safe=""),
        "X-Officer": quote(authority.officer, safe=""),
        "X-Organisation": quote(authority.organisation, safe=""),
        "X-Purpose": quote(authority.purpose, safe=""),
        "X-Request-Id": quote(authority.request_id, safe=""),
    }


def json_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {"Content-Type": "application/json", "Accept": "application/json", **headers}


async def post_json(  # noqa: PLR0913 -- a call, spelled out
    client: DepartmentClient,
    department: str,
    path: str,
    question: object,
    *,
    headers: Mapping[str, str],
    status: int = 200,
    charset: str = "utf-8",
) -> bytes:
    """Return the body answered to *question*, in UTF-8.

    Args:
        charset: in which the department answers; a key of `connectors.charset.CODECS`.

    Raises:
        DepartmentError: no answer, one with another status than *status*, or in another charset.
    """
    reply = await ask(
        client,
        department,
        "POST",
        path,
        body=msgspec.json.encode(question),
        headers=json_headers(headers),
    )
    if reply.status != status:
        raise refusal(department, reply)
    return as_utf8(department, reply.body, charset)
