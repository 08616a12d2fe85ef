"""A small world to log in to: a clock, one department's system, one judge, a browser client."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey
from starlette.applications import Starlette

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Client, Code, User
from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.routes import oauth_routes
from auth.scopes import Entitlements

URL = "http://127.0.0.1:8000"
AUDIENCE = "https://chakong.example/graphql"
CALLBACK = "http://127.0.0.1:8000/graphiql"
NOW = 1_790_000_000
SECRET = "synthetic+secret%of/the:system"
PASSWORD = "合成口令 only for tests"

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
KEYS = SigningKeys.generate()
STRANGER = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
ENTITLEMENTS = Entitlements(
    known=frozenset({"vehicles:read", "vehicles:ack", "cases:read", "orders:approve"}),
    by_role={
        "dept:traffic-police": frozenset({"vehicles:read", "vehicles:ack"}),
        "court-executor": frozenset({"vehicles:read", "cases:read"}),
    },
    grant_of={
        "dept:traffic-police": "client_credentials (private_key_jwt or mTLS)",
        "court-executor": "authorization_code+PKCE",
    },
)

SYSTEM = Client(
    client_id="traffic-police-system",
    secret_hash=CHEAP.hash(SECRET),
    role="dept:traffic-police",
    organisation="traffic-police",
    grants=frozenset({CLIENT_CREDENTIALS}),
)
BROWSER = Client(
    client_id="graphiql",
    secret_hash=None,
    role=None,
    organisation="court",
    grants=frozenset({AUTHORIZATION_CODE}),
    redirect_uris=(CALLBACK,),
)
JUDGE = User(
    id="executor-01",
    name="合成执行员",
    password_hash=CHEAP.hash(PASSWORD),
    role="court-executor",
    organisation="court",
)


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


class MemoryAccounts:
    def __init__(self, *clients: Client, users: tuple[User, ...] = (JUDGE,)) -> None:
        self.clients = {client.client_id: client for client in clients or (SYSTEM, BROWSER)}
        self.users = {user.id: user for user in users}
        self.codes: dict[str, Code] = {}
        self._lock = threading.Lock()

    def find_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def find_user(self, user_id: str) -> User | None:
        return self.users.get(user_id)

    def save_code(self, code: Code) -> None:
        with self._lock:
            self.codes[code.code_hash] = code

    def take_code(self, code_hash: str) -> Code | None:
        with self._lock:
            return self.codes.pop(code_hash, None)


class World:
    def __init__(self, accounts: MemoryAccounts | None = None, *, url: str = URL) -> None:
        self.clock = Clock()
        self.accounts = accounts or MemoryAccounts()
        self.issuer = Issuer(
            url=url,
            audience=AUDIENCE,
            keys=KEYS,
            accounts=self.accounts,
            entitlements=ENTITLEMENTS,
            passwords=CHEAP,
            clock=self.clock,
        )
        self.guard = guard(self.clock, issuer=url)
        self.app = Starlette(routes=oauth_routes(self.issuer))


def guard(clock: Clock, *, issuer: str = URL, remembered: int = 4096) -> Guard:
    return Guard(
        KEYS.public,
        issuer,
        AUDIENCE,
        entitlements=ENTITLEMENTS,
        remembered=remembered,
        clock=clock,
    )


def bearer(token: str | bytes) -> list[tuple[bytes, bytes]]:
    text = token.encode() if isinstance(token, str) else token
    return [(b"host", b"chakong.example"), (b"authorization", b"Bearer " + text)]


def good_header(**changes: Any) -> dict[str, Any]:
    return _changed({"alg": "ES256", "typ": "at+jwt", "kid": KEYS.signing.kid}, changes)


def good_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": URL,
        "sub": "executor-01",
        "aud": AUDIENCE,
        "client_id": "graphiql",
        "iat": NOW,
        "exp": NOW + 900,
        "jti": "token-1",
        "scope": "cases:read vehicles:read",
        "org": "court",
        "role": "court-executor",
        "officer": "executor-01",
    }
    return _changed(claims, changes)


class _Absent:
    pass


ABSENT = _Absent()  # as a value: leave the member out


def signed(
    header: Mapping[str, Any] | bytes | None = None,
    claims: Mapping[str, Any] | bytes | None = None,
    *,
    key: ECKey = KEYS.signing,
) -> str:
    """Return a token with a valid ES256 signature over whatever is given, sensible or not."""
    message = _signing_input(header, claims)
    private = key.private_key
    assert private is not None
    r, s = decode_dss_signature(private.sign(message.encode(), ECDSA(SHA256())))
    return f"{message}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def hmac_signed(header: Mapping[str, Any], secret: bytes) -> str:
    message = _signing_input(header, None)
    return f"{message}.{b64(hmac.digest(secret, message.encode(), 'sha256'))}"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def challenge_pair() -> tuple[str, str]:
    """Return a PKCE verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(48)
    return verifier, b64(hashlib.sha256(verifier.encode()).digest())


def _signing_input(
    header: Mapping[str, Any] | bytes | None, claims: Mapping[str, Any] | bytes | None
) -> str:
    return ".".join(
        b64(part if isinstance(part, bytes) else json.dumps(part).encode())
        for part in (
            good_header() if header is None else header,
            good_claims() if claims is None else claims,
        )
    )


def _changed(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **changes}.items() if value is not ABSENT}
