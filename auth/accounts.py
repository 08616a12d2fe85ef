"""What the authorization server must remember, and who remembers it for us.

Storage implements `Accounts`; the application wires the two, which are strangers to each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from auth.assurance import Proof

CLIENT_CREDENTIALS = "client_credentials"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 -- a grant type
DPOP_BOUND, MTLS_BOUND = "dpop", "mtls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered OAuth client; with none of the four credentials it is public.

    The credentials, of which it has one kind: `secret_hash` (argon2); `jwks`, the public keys of its
    assertions (private_key_jwt); `certificate_thumbprints`, `x5t#S256` of certificates that it made
    itself; `certificate_subject`, an RFC 4514 name that an authority certifies.

    `bound_to`: its tokens are always bound to a key, by DPoP or by its certificate. `role` is what
    the client is when it acts for itself (client credentials). `allowed_scopes` narrows the role
    further, None does not narrow it; so do `purposes` for the cases that may be opened. Redirect
    URIs match character by character.
    """

    client_id: str
    secret_hash: str | None = field(repr=False)
    role: str | None
    organisation: str
    grants: frozenset[str]
    redirect_uris: tuple[str, ...] = ()
    allowed_scopes: frozenset[str] | None = None
    purposes: frozenset[str] | None = None
    jwks: Mapping[str, Any] | None = field(default=None, repr=False)
    certificate_thumbprints: tuple[str, ...] = ()
    certificate_subject: str | None = None
    bound_to: str | None = None

    @property
    def is_public(self) -> bool:
        return not any(self._credentials)

    @property
    def _credentials(self) -> tuple[object, ...]:
        return (
            self.secret_hash,
            self.jwks,
            self.certificate_thumbprints,
            self.certificate_subject,
        )

    def __post_init__(self) -> None:
        if CLIENT_CREDENTIALS in self.grants and (self.is_public or self.role is None):
            raise ValueError("A client-credentials client needs a credential and a role.")
        if sum(map(bool, self._credentials)) > 1:
            raise ValueError("A client has one kind of credential.")
        if self.bound_to not in {None, DPOP_BOUND, MTLS_BOUND}:
            raise ValueError("Tokens are bound by dpop or by mtls.")
        for uri in self.redirect_uris:
            parts = urlsplit(uri)
            if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
                raise ValueError("A redirect URI must be absolute, http or https.")
            if (
                "#" in uri
                or not uri.isascii()
                or not uri.isprintable()
                or set(uri) & set(" \"'\\;,")
            ):
                raise ValueError("A redirect URI must be plain ASCII without a fragment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who logs in with `id` (工号). `credential`: number of the officer credential.

    `allowed_scopes` and `purposes` are what the person's grant leaves of the role; None leaves it
    whole. `proof` is how they proved who they are, where they did.
    """

    id: str
    name: str = field(repr=False)
    password_hash: str = field(repr=False)
    role: str
    organisation: str
    credential: str | None = None
    allowed_scopes: frozenset[str] | None = None
    purposes: frozenset[str] | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An issued authorization code, known only by its SHA-256 (hex).

    `scope` is what was granted, space-separated. `code_challenge` is S256. `expires_at` is epoch
    seconds. `dpop_jkt`: only who has that key may redeem it (RFC 9449, section 10).
    `nonce`: what the client wants to find again in the ID token.
    """

    code_hash: str = field(repr=False)
    client_id: str
    user_id: str
    redirect_uri: str
    scope: str
    code_challenge: str = field(repr=False)
    expires_at: int
    dpop_jkt: str | None = None
    proof: Proof | None = None
    nonce: str | None = None


class Accounts(Protocol):
    """Called from several worker threads at once; must be thread-safe and may block."""

    def find_client(self, client_id: str) -> Client | None: ...

    def find_user(self, user_id: str) -> User | None:
        """Return the user who may log in under *user_id*; None if unknown or without a grant."""

    def save_code(self, code: Code) -> None: ...

    def take_code(self, code_hash: str) -> Code | None:
        """Return the code and forget it, atomically: of many takers at most one gets it."""
