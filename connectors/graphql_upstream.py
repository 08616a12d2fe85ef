"""GraphQL upstream: one document, its variables, and data or errors."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from connectors.errors import DepartmentContractBroken, DepartmentRefused
from connectors.http import DepartmentClient
from connectors.json_shape import decoded
from connectors.rest import post_json


class _Extensions(msgspec.Struct, frozen=True):
    code: str = ""


class _Error(msgspec.Struct, frozen=True):
    extensions: _Extensions = _Extensions()


class _Result(msgspec.Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: tuple[_Error, ...] = ()


_RESULT: Final = msgspec.json.Decoder(_Result)
_REFUSALS: Final = {"BAD_REQUEST", "FORBIDDEN", "UNAUTHENTICATED"}


async def execute(
    client: DepartmentClient,
    department: str,
    document: str,
    variables: Mapping[str, Any],
    *,
    headers: Mapping[str, str],
) -> msgspec.Raw:
    """Return ``data`` of *document*.

    Raises:
        DepartmentRefused: the upstream refuses the document.
        DepartmentContractBroken: any other error: half of an answer is none.
        DepartmentError: no answer.
    """
    body = await post_json(
        client,
        department,
        "/graphql",
        {"query": document, "variables": variables},
        headers=headers,
    )
    result = decoded(department, _RESULT, body)
    if not result.errors:
        return result.data
    if all(error.extensions.code in _REFUSALS for error in result.errors):
        raise DepartmentRefused(department)
    raise DepartmentContractBroken(department, "the answer has errors")
