"""The trusted issuers as settings describe them, made ready to verify tokens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from auth.claims import Expectation
from auth.issuer_claims import ClaimNames, IssuerClaims
from auth.issuer_key_set import ALGORITHMS
from auth.issuer_keys import IssuerKeys
from auth.kept_key_set import KeptKeySet
from auth.scopes import Entitlements
from auth.trusted_issuers import TrustedIssuer, TrustedIssuers
from connectors.http import Trust
from connectors.issuer_documents import IssuerDocuments
from gateway import issuer_settings
from gateway.settings import Settings

_HOUR: Final = 3600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """An issuer that somebody tries with the demo: its scopes count as granted, whatever the role.

    Attributes:
        in_our_words: its claims to ours.
    """

    issuer: str
    audience: str
    in_our_words: Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Issuers:
    """Keeps the keys of all of them at hand from `start` to `stop`."""

    def __init__(self, trusted: TrustedIssuers, documents: Sequence[IssuerDocuments]) -> None:
        self.trusted = trusted
        self._documents = documents

    @classmethod
    def of(
        cls, settings: Settings, entitlements: Entitlements, guests: Sequence[Guest] = ()
    ) -> Self:
        """Return the issuers of *settings*, and *guests* besides.

        Raises:
            ValueError: an issuer twice, guests outside the demo, or the gateway as its own guest.
            OSError: the file of a private authority cannot be read.
        """
        if guests and not settings.demo:
            raise ValueError("An issuer's scopes count as granted in the demo alone.")
        if settings.issuer in {guest.issuer for guest in guests}:
            raise ValueError("The demo's own issuer needs no trust.")
        documents: list[IssuerDocuments] = []
        trusted: list[TrustedIssuer] = []
        for one in settings.trusted_issuers:
            documents.append(IssuerDocuments(Trust(ca=one.ca_file)))
            trusted.append(_trusted(one, settings, entitlements, documents[-1]))
        for guest in guests:
            documents.append(IssuerDocuments())
            trusted.append(_guest(guest, settings, entitlements, documents[-1]))
        return cls(TrustedIssuers(trusted), documents)

    def start(self) -> None:
        self.trusted.start()

    async def stop(self) -> None:
        await self.trusted.stop()
        for documents in self._documents:
            await documents.aclose()


def _trusted(
    one: issuer_settings.TrustedIssuer,
    settings: Settings,
    entitlements: Entitlements,
    documents: IssuerDocuments,
) -> TrustedIssuer:
    algorithms = frozenset[str](one.algorithms)
    return TrustedIssuer(
        keys=IssuerKeys(
            one.issuer,
            documents.fetch,
            algorithms=algorithms,
            kept=one.keys_kept_hours * _HOUR,
            plain_http=settings.demo,
            file=KeptKeySet(settings.data_dir / "issuer-keys", one.issuer),
        ),
        algorithms=algorithms,
        header_members=frozenset(one.header_members),
        expectation=Expectation(
            issuer=one.issuer,
            audience=one.audience or settings.audience,
            longest=one.longest_seconds,
            entitlements=entitlements,
        ),
        in_our_words=IssuerClaims(
            roles=one.roles,
            organisations=one.organisations,
            ignored_scopes=frozenset(one.ignored_scopes),
            names=ClaimNames(
                scope=one.scope_claim,
                role=one.role_claim,
                organisation=one.organisation_claim,
                client=one.client_claim,
                officer=one.officer_claim,
            ),
            qualifier=one.carried,
        ),
        qualifier=one.carried,
    )


def _guest(
    guest: Guest, settings: Settings, entitlements: Entitlements, documents: IssuerDocuments
) -> TrustedIssuer:
    algorithms = frozenset(ALGORITHMS)
    everything = dict.fromkeys(entitlements.by_role, entitlements.known)
    return TrustedIssuer(
        keys=IssuerKeys(
            guest.issuer, documents.fetch, algorithms=algorithms, kept=_HOUR, plain_http=True
        ),
        algorithms=algorithms,
        header_members=frozenset(),
        expectation=Expectation(
            issuer=guest.issuer,
            audience=guest.audience,
            longest=settings.access_token_seconds,
            entitlements=replace(entitlements, by_role=everything),
        ),
        in_our_words=guest.in_our_words,
    )
