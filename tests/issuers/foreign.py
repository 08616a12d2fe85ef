"""An authorization server of somebody else's, on a real socket: it publishes and signs as told."""

import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from auth.claims import Expectation
from auth.guard import Guard
from auth.issuer_claims import ClaimNames, IssuerClaims
from auth.issuer_keys import IssuerKeys
from auth.kept_key_set import KeptKeySet
from auth.trusted_issuers import TrustedIssuer, TrustedIssuers
from connectors.http import Trust
from connectors.issuer_documents import IssuerDocuments
from tests.auth.world import ABSENT, AUDIENCE, ENTITLEMENTS, KEYS, NOW, URL, Clock, b64
from tests.connectors.servers import Behaviour, Department, Reply, Request, json_reply

Key = ECKey | RSAKey | OKPKey
KEYS_AT = "/keys"
EVERY = frozenset({"ES256", "PS256", "RS256", "EdDSA"})

# Made once: RSA keys take a while.
BY_ALGORITHM: Mapping[str, Key] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "es256", "alg": "ES256", "use": "sig"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "ps256", "alg": "PS256", "use": "sig"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rs256", "alg": "RS256", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "eddsa", "alg": "EdDSA", "use": "sig"}),
}


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


def public(*keys: Key) -> list[dict[str, Any]]:
    return [key.as_dict(private=False) for key in keys]


class ForeignIssuer:
    """`answers` overrides what one path answers; `down` hangs up on everybody."""

    def __init__(self, path: str = "", *, keys: list[Key] | None = None) -> None:
        self.keys = list(BY_ALGORITHM.values()) if keys is None else keys
        self.answers: dict[str, Behaviour] = {}
        self.place = "/.well-known/oauth-authorization-server" + path
        self._path = path
        self._server = Department(self._answer)

    @contextlib.asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["ForeignIssuer"]:
        async with self._server.listening(tls):
            yield self

    @property
    def url(self) -> str:
        return self._server.url + self._path

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self._server.heard]

    def metadata(self, **changes: Any) -> dict[str, Any]:
        said = {"issuer": self.url, "jwks_uri": self._server.url + KEYS_AT, **changes}
        return {name: value for name, value in said.items() if value is not ABSENT}

    def token(
        self,
        algorithm: str = "ES256",
        *,
        key: Key | None = None,
        header: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """Return a token of this issuer; *header* and *changes* replace what stands in a good one."""
        signer = key or BY_ALGORITHM[algorithm]
        head = {"alg": algorithm, "typ": "at+jwt", "kid": signer.kid, **(header or {})}
        claims = {
            "iss": self.url,
            "sub": "executor-01",
            "aud": AUDIENCE,
            "client_id": "court-desk",
            "iat": NOW,
            "exp": NOW + 300,
            "jti": "foreign-1",
            "scope": "cases:read vehicles:read",
            "org": "court",
            "role": "court-executor",
            **changes,
        }
        message = f"{_part(head)}.{_part(claims)}"
        signed = JWSRegistry.algorithms[algorithm].sign(message.encode(), signer)
        return f"{message}.{b64(signed)}"

    def _answer(self, request: Request) -> Behaviour:
        path = urlsplit(request.path).path
        if path in self.answers:
            return self.answers[path]
        if path == self.place:
            return json_reply(self.metadata())
        if path == KEYS_AT:
            return json_reply({"keys": public(*self.keys)})
        return Reply(404)


def _part(members: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in members.items() if value is not ABSENT}
    return b64(json.dumps(kept).encode())


class Court:
    """A guard that trusts some foreign issuers besides its own, and a clock for their keys."""

    def __init__(
        self,
        *urls: str,
        kept: float = 3600.0,
        ca: Path | None = None,
        data: Path | None = None,
        **changes: Any,
    ) -> None:
        self.clock = Clock()
        self.ticks = Clock()
        self.documents = [IssuerDocuments(Trust(ca=ca)) for _ in urls]
        self.keys = [
            IssuerKeys(
                url,
                documents.fetch,
                algorithms=EVERY,
                kept=kept,
                file=None if data is None else KeptKeySet(data, url, clock=self.ticks),
                clock=self.ticks,
            )
            for url, documents in zip(urls, self.documents, strict=True)
        ]
        issuers = [trusted(keys, **changes) for keys in self.keys]
        self.trusted = TrustedIssuers(issuers)
        self.guard = Guard(
            KEYS,
            URL,
            AUDIENCE,
            entitlements=ENTITLEMENTS,
            trusted=self.trusted,
            clock=self.clock,
        )

    async def __aenter__(self) -> Self:
        self.trusted.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.trusted.stop()
        for documents in self.documents:
            await documents.aclose()


def trusted(keys: IssuerKeys, **changes: Any) -> TrustedIssuer:
    names = changes.pop("names", ClaimNames())
    words: dict[str, Any] = {
        "roles": {"court-executor": "court-executor", "police": "dept:traffic-police"},
        "organisations": {"court": "court", "police": "traffic-police"},
        "names": names,
    }
    words |= {name: changes.pop(name) for name in tuple(changes) if name in _WORDS}
    given: dict[str, Any] = {
        "algorithms": EVERY,
        "header_members": frozenset(),
        "audience": AUDIENCE,
        "longest": 600,
        "qualifier": "",
        **changes,
    }
    return TrustedIssuer(
        keys=keys,
        algorithms=given["algorithms"],
        header_members=given["header_members"],
        expectation=Expectation(
            issuer=keys.issuer,
            audience=given["audience"],
            longest=given["longest"],
            entitlements=ENTITLEMENTS,
        ),
        in_our_words=IssuerClaims(**words, qualifier=given["qualifier"]),
        qualifier=given["qualifier"],
    )


_WORDS = {"roles", "organisations", "ignored_scopes"}
