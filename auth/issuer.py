"""The embedded authorization server: configuration in, tokens and metadata out.

Routes are in `auth.routes`. An installation with its own identity provider does not need this.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio
from authlib.common.security import (  # type: ignore[import-untyped]  # Authlib ships no types
    is_secure_transport,
)

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Accounts
from auth.assurance import PASSWORD, TWO_FACTORS, Proof
from auth.client_authentication import BASIC, NONE, POST
from auth.grants import S256, PersonGrant, SystemGrant
from auth.keys import SigningKeys
from auth.login import Login
from auth.passwords import Passwords
from auth.scopes import Entitlements
from auth.second_factor import SecondFactor
from auth.starlette_adapter import Server
from auth.throttle import Throttle
from auth.tickets import Tickets
from auth.tokens import Bearer, Mint, officer_number

LONGEST_SECONDS = 3600


class Issuer:
    """`server`, `login`, `tickets` and `workers` are for the routes; the rest is for everyone."""

    def __init__(  # noqa: PLR0913 -- what an authorization server is made of
        self,
        *,
        url: str,
        audience: str,
        keys: SigningKeys,
        accounts: Accounts,
        entitlements: Entitlements,
        passwords: Passwords,
        access_token_seconds: int = 900,
        demo: bool = False,
        clock: Callable[[], float] = time.time,
        factor: SecondFactor | None = None,
    ) -> None:
        """Issue tokens as *url* for the resource server *audience*.

        Args:
            url: the issuer identifier (RFC 8414): https, no trailing slash, query or fragment.
                Plain http only on the loopback interface or with *demo*.
            access_token_seconds: at most 3600 unless *demo*.
            clock: epoch seconds.
            factor: the second factor of people; without *demo* they need it to sign in.

        Raises:
            ValueError: the URL or the lifetime is not acceptable.
        """
        parts = urlsplit(url)
        if parts.query or parts.fragment or url.endswith(("/", "?", "#")) or not parts.hostname:
            raise ValueError("The issuer URL must be absolute, with nothing after its path.")
        if not demo and not is_secure_transport(url):
            raise ValueError("The issuer URL must use https, except on the loopback interface.")
        if access_token_seconds < 1 or (access_token_seconds > LONGEST_SECONDS and not demo):
            raise ValueError(
                f"Access tokens live 1 to {LONGEST_SECONDS} seconds; longer needs demo mode."
            )
        self.url = url
        self.audience = audience
        self.keys = keys
        self.entitlements = entitlements
        self._clock = clock
        self._mint = Mint(
            key=keys.signing, issuer=url, audience=audience, lifetime=access_token_seconds
        )
        self.server = Server(
            mint=self._mint,
            accounts=accounts,
            passwords=passwords,
            entitlements=entitlements,
            clock=clock,
        )
        self.server.register_grant(SystemGrant)
        self.server.register_grant(PersonGrant, [S256(required=True)])
        self.login = Login(
            accounts=accounts,
            passwords=passwords,
            entitlements=entitlements,
            throttle=Throttle(clock=clock),
            clock=clock,
            factor=factor,
            factor_required=factor is not None and not demo,
        )
        self.tickets = Tickets(keys.secret_for("login form"), clock=clock)
        # argon2 takes 64 MiB and all cores it can get: a crowd waits here, not in memory.
        self.workers = anyio.CapacityLimiter(4)

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")

    def token_for(  # noqa: PLR0913 -- what a token says
        self,
        *,
        role: str,
        subject: str,
        organisation: str,
        client_id: str,
        scopes: frozenset[str] | None = None,
        officer: str | None = None,
        now: float | None = None,
    ) -> str:
        """Return a token without any login: for an operator's console, never for a route.

        Args:
            scopes: None means all that *role* may hold.
            officer: credential number; court people without one are known by *subject*.
            now: epoch seconds.

        Raises:
            ValueError: unknown role, or a scope that the role may not hold.
        """
        entitled = self.entitlements.of(role) & self.entitlements.known
        if not entitled or not (scopes or entitled) <= entitled:
            raise ValueError("The role is unknown or may not hold these scopes.")
        begins = self._clock() if now is None else now
        bearer = Bearer(
            subject=subject,
            organisation=organisation,
            role=role,
            client_id=client_id,
            scopes=entitled if scopes is None else scopes,
            officer=officer_number(subject=subject, organisation=organisation, credential=officer),
            # Who sits at the operator's console has proved more than two factors.
            proof=Proof(acr=TWO_FACTORS, auth_time=int(begins))
            if self.entitlements.is_for_people(role)
            else None,
        )
        return self._mint.token(bearer, now=begins)

    def metadata(self) -> dict[str, Any]:
        """Return the authorization server metadata of RFC 8414."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/oauth/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "jwks_uri": f"{self.url}/oauth/jwks",
            "scopes_supported": sorted(self.entitlements.known),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [AUTHORIZATION_CODE, CLIENT_CREDENTIALS],
            "token_endpoint_auth_methods_supported": [BASIC, POST, NONE],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "acr_values_supported": [PASSWORD, TWO_FACTORS],
            "ui_locales_supported": ["zh-CN", "en"],
        }
