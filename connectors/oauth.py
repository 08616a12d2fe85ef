"""OAuth client credentials towards a department: Authlib fetches the token and puts it on calls."""

import re
import warnings
from collections.abc import Mapping
from typing import Any, Final

import anyio
import httpx
from authlib.deprecate import (  # type: ignore[import-untyped]  # Authlib ships no types
    AuthlibDeprecationWarning,
)
from pyreqwest.exceptions import PyreqwestError

from connectors.calls import Reply, ask, failure, refusal, reply_of
from connectors.errors import DepartmentContractBroken, DepartmentRefused
from connectors.http import Trust, client_settings, open_client

with warnings.catch_warnings():
    # Authlib 1.9 would rather have httpx2, the successor of httpx; we move both folders at once.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import (  # type: ignore[import-untyped]  # as above
        OAuthError,
    )
    from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]  # as above
        AsyncOAuth2Client,
    )

_OK: Final = 200
_UNAUTHORIZED: Final = 401
_BEARER: Final = re.compile(
    r"[!-~]{1,8192}"
)  # what a header can carry; else it would be kept in vain
_RENEWED_BEFORE_ITS_END: Final = 30
"""Seconds."""


class TokenClient:
    """Asks with a bearer token: fetched when missing, renewed before it runs out.

    Args:
        timeout: seconds for one call.
    """

    def __init__(  # noqa: PLR0913 -- an address and a client's two words
        self,
        department: str,
        base_url: str,
        token_path: str,
        *,
        client_id: str,
        secret: str,
        timeout: float,
        trust: Trust | None = None,
    ) -> None:
        self._department = department
        self._token_url = base_url.rstrip("/") + token_path
        self._fetching = anyio.Lock()
        self._client: Any = AsyncOAuth2Client(
            client_id,
            secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 -- a method's name
            leeway=0,  # Authlib does not renew; `_token` does, well before
            **client_settings(base_url, timeout=timeout, trust=trust),
        )
        self._questions = open_client(base_url, timeout=timeout, trust=trust)
        self._client.register_compliance_hook("access_token_response", self._only_ok)

    async def ask(self, path: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST a question; a token that the department has forgotten is replaced, once.

        Raises:
            DepartmentRefused: the department gives us no token.
            DepartmentError: as `connectors.calls.ask`.
        """
        token = await self._token()
        reply = await self._ask(path, body, headers, token)
        if reply.status == _UNAUTHORIZED:
            token = await self._token(forgotten=token)
            reply = await self._ask(path, body, headers, token)
        return reply

    async def aclose(self) -> None:
        await self._questions.aclose()
        await self._client.aclose()

    async def _ask(self, path: str, body: bytes, headers: Mapping[str, str], token: Any) -> Reply:
        bearer = {**headers, "Authorization": f"Bearer {token['access_token']}"}
        return await ask(self._questions, self._department, "POST", path, body=body, headers=bearer)

    async def _token(self, *, forgotten: object = None) -> Any:
        """Return the token in use, a fresh one if there is none, it runs out, or is *forgotten*."""
        async with self._fetching:
            token = self._client.token
            if token is None or token is forgotten or token.is_expired(_RENEWED_BEFORE_ITS_END):
                await self._fetch()
                if self._client.token.is_expired(0):
                    raise DepartmentContractBroken(self._department, "a token already over")
            return self._client.token

    async def _fetch(self) -> None:
        try:
            token = await self._client.fetch_token(self._token_url, grant_type="client_credentials")
        except (httpx.HTTPError, PyreqwestError) as error:
            raise failure(self._department, error) from error
        except OAuthError as error:
            raise DepartmentRefused(self._department, "no token") from error
        except ValueError:  # its message may quote the body
            token = {}
        said = token.get("access_token")
        if not (isinstance(said, str) and _BEARER.fullmatch(said)):
            self._client.token = None
            raise DepartmentContractBroken(self._department, "an unreadable token answer")

    def _only_ok(self, response: httpx.Response) -> httpx.Response:
        if response.status_code != _OK:
            raise refusal(self._department, reply_of(response))
        return response
