"""A time-stamping authority (RFC 3161 3.4): a question over HTTP, a time stamp as its answer."""

from typing import Final

from pyreqwest.exceptions import PyreqwestError

from connectors.http import AnswerUnreadable, Trust, open_client

_OK: Final = 200


class AuthoritySilent(Exception):
    """No time stamp came back."""


class TimeStampingAuthority:
    def __init__(self, url: str, *, seconds: float = 10.0, trust: Trust | None = None) -> None:
        self._url = url
        self._client = open_client("", timeout=seconds, trust=trust)

    async def stamp(self, request: bytes) -> bytes:
        """Return the answer to *request*, both as DER; nobody has looked at it yet.

        Raises:
            AuthoritySilent: there is none.
        """
        kind = {"Content-Type": "application/timestamp-query"}
        try:
            answer = await self._client.request("POST", self._url, content=request, headers=kind)
        except (PyreqwestError, AnswerUnreadable, ValueError) as error:
            raise AuthoritySilent("the time-stamping authority does not answer") from error
        if answer.status != _OK:
            raise AuthoritySilent(f"the time-stamping authority answers {answer.status}")
        return answer.body

    async def aclose(self) -> None:
        await self._client.aclose()
