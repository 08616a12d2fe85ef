"""Request parameters, read once and strictly, before Authlib sees them.

What is refused here would otherwise surface as a 500 further in: Authlib puts values into error
descriptions whose characters it then refuses, and databases refuse NUL.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
)
from starlette.requests import Request

LONGEST: Final = 16_384  # bytes of query or body
_MOST_FIELDS: Final = 40
_FORM: Final = "application/x-www-form-urlencoded"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# RFC 6749, appendix A: printable ASCII; all but `state` also without quote and backslash.
_OAUTH = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")
_STATE = re.compile(r"[\x20-\x7e]*")


def parse(raw: bytes) -> dict[str, str]:
    """Return the parameters in *raw*; those without a value count as absent.

    Raises:
        InvalidRequestError: too long, not UTF-8, control characters, or a repeated name
            (RFC 6749, sections 3.1 and 3.2).
    """
    if len(raw) > LONGEST:
        raise InvalidRequestError("The request is too large.")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise InvalidRequestError("The parameters are malformed.") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise InvalidRequestError("A parameter is repeated.")
    if any(_CONTROL.search(name + value) for name, value in pairs):
        raise InvalidRequestError("A parameter contains control characters.")
    return {name: value for name, value in pairs if value}


def oauth(parameters: Mapping[str, str], *required: str) -> dict[str, str]:
    """Return *parameters* if OAuth allows every character in them.

    Raises:
        InvalidRequestError: it does not, or one of *required* is missing.
    """
    if not parameters.keys() >= set(required):
        raise InvalidRequestError("A required parameter is missing.")
    for name, value in parameters.items():
        if not (_STATE if name == "state" else _OAUTH).fullmatch(value):
            raise InvalidRequestError("A parameter contains forbidden characters.")
    return dict(parameters)


async def form(request: Request) -> dict[str, str]:
    """Return the posted form fields.

    Raises:
        InvalidRequestError: not a form, or see `parse`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise InvalidRequestError(f"The content type must be {_FORM}.")
    return parse(await _body(request.stream()))


async def _body(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > LONGEST:
            raise InvalidRequestError("The request is too large.")
    return bytes(body)
