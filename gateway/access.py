"""Who is let in and how: the embedded authorization server, sessions, and the guard of every door."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Self

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from auth.binding import Surroundings
from auth.certificates import Terminators
from auth.denials import DenyList
from auth.enrolment import Enrolment
from auth.guard import Guard, NoKeys
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.policy import Policy
from auth.routes import oauth_routes, published_keys
from auth.scopes import Entitlements
from auth.second_factor import OneTimeCodes
from gateway.accounts import StoredAccounts
from gateway.graphiql_page import GraphiqlConfig, graphiql_routes
from gateway.issuers import Guest, Issuers
from gateway.ledger import StoredLedger, StoredProofs
from gateway.people import DemoFactor, StoredEnrolments, StoredFactors, factor_seal
from gateway.plain_record import PlainRecord
from gateway.session_http import session_routes
from gateway.session_pages import SessionParts
from gateway.sessions import Sessions
from gateway.settings import Settings, origin_of
from gateway.standing import Standing
from gateway.throttle import StoredThrottle
from storage.database import Database

SIGNING_KEYS: Final = "signing-keys.json"  # in the data directory
_FIRST_QUERY: Final = """{
  viewer { role organisation scopes }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What knows who somebody is, each part made once."""

    keys: SigningKeys
    issuer: Issuer
    enrolment: Enrolment
    sessions: Sessions
    denials: DenyList
    standing: Standing
    issuers: Issuers
    guard: Guard

    @classmethod
    def open(cls, settings: Settings, database: Database, guests: Sequence[Guest]) -> Self:
        """Make the parts; *guests* are trusted besides the issuers that *settings* name."""
        keys = SigningKeys.load_or_create(
            settings.data_dir / SIGNING_KEYS, settings.signing_algorithm
        )
        entitlements = Entitlements.from_catalogue()
        terminators = Terminators.of(
            settings.tls_terminators,
            settings.client_certificate_header,
            settings.client_certificate_authorities,
        )
        passwords = Passwords()
        seal = factor_seal(settings.data_dir)
        codes = OneTimeCodes(StoredFactors(database), seal, time.time)
        throttle = StoredThrottle(database)
        issuer = Issuer(
            url=settings.issuer,
            audience=settings.audience,
            keys=keys,
            accounts=StoredAccounts(database),
            ledger=StoredLedger(database, longest_seconds=settings.access_token_seconds),
            entitlements=entitlements,
            passwords=passwords,
            policy=_policy(settings),
            terminators=terminators,
            demo=settings.demo,
            factor=DemoFactor(codes) if settings.demo else codes,
            throttle=throttle,
        )
        enrolment = Enrolment(
            store=StoredEnrolments(database),
            passwords=passwords,
            seal=seal,
            throttle=throttle,
            clock=time.time,
        )
        sessions = Sessions(
            database=database,
            entitlements=entitlements,
            origin=origin_of(settings.issuer),
            longest=settings.session_seconds,
            idle=settings.session_idle_seconds,
            clock=time.time,
        )
        proofs = StoredProofs(database)
        denials = DenyList(proofs.denials)
        issuers = Issuers.of(settings, entitlements, guests)
        guard = Guard(
            keys if settings.embedded_issuer else NoKeys(),
            settings.issuer,
            settings.audience,
            entitlements=entitlements,
            surroundings=Surroundings(
                url=settings.issuer,
                denials=denials,
                first_time=proofs.first_time,
                terminators=terminators,
                nonces=issuer.nonces if settings.dpop_nonces else None,
            ),
            trusted=issuers.trusted,
            longest_seconds=settings.access_token_seconds,
            # The demo's own tokens, which anybody may print, are bound to nothing.
            bound_only=_policy(settings).needs_bound_tokens and not settings.demo,
        )
        return cls(
            keys=keys,
            issuer=issuer,
            enrolment=enrolment,
            sessions=sessions,
            denials=denials,
            standing=Standing(denials),
            issuers=issuers,
            guard=guard,
        )

    def routes(
        self,
        settings: Settings,
        record: PlainRecord,
        logins: tuple[tuple[str, str], ...],
        first_query: str | None,
    ) -> Sequence[BaseRoute]:
        """Return where people sign in and programs get tokens; of a foreign issuer, the keys alone.

        Args:
            logins: user and password pairs that GraphiQL shows, in the demo.
            first_query: what GraphiQL opens with.
        """
        if not settings.embedded_issuer:
            return published_keys(self.issuer)
        session = SessionParts(
            sessions=self.sessions,
            issuer=self.issuer,
            enrolment=self.enrolment,
            heard=record.signed_in,
            max_age=settings.step_up_seconds,
            guard=self.guard if settings.demo else None,
        )
        graphiql = GraphiqlConfig(
            endpoint="/graphql",
            session="/session",
            hands_in=settings.demo,
            title="查控 Chakong",
            default_query=first_query or _FIRST_QUERY,
            version=version("chakong"),
            logins=logins,
        )
        return (
            Route("/", _home),
            *oauth_routes(self.issuer, record.signed_in, self.guard),
            *session_routes(session),
            *graphiql_routes(graphiql),
        )


def _policy(settings: Settings) -> Policy:
    """Return what the embedded authorization server demands; `resource` may name us in three ways."""
    return Policy(
        profile=settings.access_profile,
        access_token_seconds=settings.access_token_seconds,
        refresh_token_seconds=settings.refresh_token_seconds,
        dpop_nonces=settings.dpop_nonces,
        resources=frozenset(
            {
                settings.audience,
                settings.issuer,
                f"{settings.issuer}/",
                f"{settings.issuer}/graphql",
            }
        ),
    )


async def _home(_: Request) -> Response:
    return RedirectResponse("/graphiql")
