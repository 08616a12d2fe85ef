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

from auth.accounts import Accounts
from auth.certificates import NO_TERMINATORS, Terminators
from auth.client_authentication import ClientProofs
from auth.grants import S256, PersonGrant, SystemGrant
from auth.guard import Guard
from auth.id_tokens import OpenIdRequest
from auth.issued_tokens import IssuedTokens
from auth.keys import SigningKeys
from auth.ledger import Ledger
from auth.login import Login
from auth.metadata import discovery, metadata
from auth.nonces import Nonces
from auth.operator_tokens import OperatorTokens
from auth.passwords import Passwords
from auth.policy import LONGEST_SECONDS, Policy
from auth.pushed import PushedRequests
from auth.renewal import RenewalGrant
from auth.scopes import Entitlements
from auth.second_factor import SecondFactor
from auth.starlette_adapter import Parts, Server
from auth.throttle import OwnThrottle, Throttle
from auth.tickets import Tickets
from auth.tokens import Mint


class Issuer:
    """`url`, `audience`, `keys`, `policy` and `token_for` are for everyone; the rest is for the routes."""

    def __init__(  # noqa: PLR0913 -- what an authorization server is made of
        self,
        *,
        url: str,
        audience: str,
        keys: SigningKeys,
        accounts: Accounts,
        ledger: Ledger,
        entitlements: Entitlements,
        passwords: Passwords,
        policy: Policy | None = None,
        terminators: Terminators = NO_TERMINATORS,
        demo: bool = False,
        clock: Callable[[], float] = time.time,
        factor: SecondFactor | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        """Issue tokens as *url* for the resource server *audience*.

        Args:
            url: the issuer identifier (RFC 8414): https, no trailing slash, query or fragment.
                Plain http only on the loopback interface or with *demo*.
            policy: its access tokens live at most 300 s unless *demo*.
            terminators: who may tell us a client's certificate.
            clock: epoch seconds.
            factor: the second factor of people; without *demo* they need it to sign in.
            throttle: counts who guesses; without, this process counts by itself.

        Raises:
            ValueError: the URL or the lifetime is not acceptable.
        """
        parts = urlsplit(url)
        if parts.query or parts.fragment or url.endswith(("/", "?", "#")) or not parts.hostname:
            raise ValueError("The issuer URL must be absolute, with nothing after its path.")
        if not demo and not is_secure_transport(url):
            raise ValueError("The issuer URL must use https, except on the loopback interface.")
        policy = policy or Policy()
        lifetime = policy.access_token_seconds
        if lifetime < 1 or (lifetime > LONGEST_SECONDS and not demo):
            raise ValueError(
                f"Access tokens live 1 to {LONGEST_SECONDS} seconds; longer needs demo mode."
            )
        self.url = url
        self.audience = audience
        self.keys = keys
        self.entitlements = entitlements
        self.policy = policy
        self.terminators = terminators
        self.clock = clock
        mint = Mint(keys=keys, issuer=url, audience=audience, lifetime=lifetime)
        self.token_for = OperatorTokens(mint, entitlements, clock=clock).token_for
        self.server = Server(
            Parts(
                mint=mint,
                accounts=accounts,
                ledger=ledger,
                proofs=ClientProofs(
                    issuer=url,
                    passwords=passwords,
                    terminators=terminators,
                    clock=clock,
                    first_time=ledger.first_time,
                ),
                entitlements=entitlements,
                policy=policy,
                clock=clock,
            )
        )
        self.server.register_grant(SystemGrant)
        self.server.register_grant(PersonGrant, [S256(required=True), OpenIdRequest()])
        self.server.register_grant(RenewalGrant)
        self.pushed = PushedRequests(ledger, clock=clock, required=policy.needs_pushed_requests)
        self.nonces = Nonces(keys.secret_for("dpop nonce"), clock=clock)
        own = Guard(
            keys, url, audience, entitlements=entitlements, longest_seconds=lifetime, clock=clock
        )
        self.tokens = IssuedTokens(own, ledger, issuer=url, audience=audience, clock=clock)
        self.login = Login(
            accounts=accounts,
            passwords=passwords,
            entitlements=entitlements,
            throttle=throttle or OwnThrottle(clock=clock),
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

    def metadata(self) -> dict[str, Any]:
        """Return the authorization server metadata of RFC 8414."""
        return metadata(
            self.url, self.entitlements, self.policy, signing=str(self.keys.signing.alg)
        )

    def discovery(self) -> dict[str, Any]:
        """Return the same as OpenID Connect Discovery has it."""
        return discovery(self.metadata())
