"""Fetching another party's public keys, for who has only an address of them."""

from typing import Final

from pyreqwest.exceptions import PyreqwestError

from connectors.http import AnswerUnreadable, open_client

_LONGEST: Final = 10.0  # seconds
_FOUND: Final = 200


class KeysUnreachable(Exception):
    """Nothing that could be keys came back from the address."""


async def fetched_key_set(url: str) -> bytes:
    """Return what is at *url*, up to `LARGEST_ANSWER`; redirects are not followed.

    Raises:
        KeysUnreachable: see there.
    """
    client = open_client("", timeout=_LONGEST)
    try:
        answer = await client.request("GET", url)
    except (PyreqwestError, AnswerUnreadable, ValueError) as error:
        raise KeysUnreachable(f"{url} does not answer") from error
    finally:
        await client.aclose()
    if answer.status != _FOUND:
        raise KeysUnreachable(f"{url} answers {answer.status}")
    return answer.body
