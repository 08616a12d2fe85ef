"""A small world to log in to: a clock, one department's system, one judge, a browser client."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from argon2 import PasswordHasher
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Client, Code, User
from auth.algorithms import Key
from auth.binding import Surroundings
from auth.caller import Caller
from auth.certificates import NO_TERMINATORS, Terminators
from auth.denials import Denial, DenialKind, DenyList, grant_of
from auth.guard import Guard
from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.ledger import Grant, PushedRequest, Reused
from auth.passwords import Passwords
from auth.policy import Policy
from auth.routes import oauth_routes
from auth.scopes import Entitlements

URL = "http://127.0.0.1:8000"
AUDIENCE = "https://chakong.example/graphql"
CALLBACK = "http://127.0.0.1:8000/graphiql"
NOW = 1_790_000_000
SECRET = "synthetic+secret%of/the:system"
PASSWORD = "合成口令 only for tests"
A_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.")  # a JWT in any text

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
KEYS = SigningKeys.generate()
SIGNING = KEYS.signing
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


class MemoryLedger:
    """What storage does, for one process: enough for tests of everything else."""

    def __init__(self, *, longest: int = 300) -> None:
        self.came: set[str] = set()
        self.requests: dict[str, PushedRequest] = {}
        self.grants: dict[str, Grant] = {}
        self.tokens: dict[str, tuple[str, bool]] = {}
        self.revoked: set[str] = set()
        self.denied: list[Denial] = []
        self._longest = longest
        self._lock = threading.Lock()

    def first_time(self, what: str, until: int) -> bool:
        del until
        with self._lock:
            first = what not in self.came
            self.came.add(what)
            return first

    def has_come(self, what: str) -> bool:
        return what in self.came

    def push(self, request: PushedRequest, *, most: int, most_of_sender: int) -> bool:
        of_client = [one for one in self.requests.values() if one.client_id == request.client_id]
        of_sender = [one for one in of_client if one.sender and one.sender == request.sender]
        if len(of_client) >= most or len(of_sender) >= most_of_sender:
            return False
        self.requests[request.handle_hash] = request
        return True

    def pushed(self, handle_hash: str) -> PushedRequest | None:
        return self.requests.get(handle_hash)

    def take_pushed(self, handle_hash: str) -> bool:
        with self._lock:
            return self.requests.pop(handle_hash, None) is not None

    def open_grant(self, grant: Grant, token_hash: str) -> None:
        self.grants[grant.id] = grant
        self.tokens[token_hash] = (grant.id, False)

    def find_grant(self, token_hash: str, *, unused: bool = False) -> Grant | None:
        grant_id, used = self.tokens.get(token_hash, ("", False))
        if grant_id in self.revoked or (unused and used):
            return None
        return self.grants.get(grant_id)

    def renew(self, token_hash: str, successor_hash: str | None, now: int) -> Grant | Reused | None:
        with self._lock:
            grant = self.find_grant(token_hash)
            if grant is None or grant.expires_at <= now:
                return None
            if self.tokens[token_hash][1]:
                self.revoke_grant(grant.id, now)
                return Reused(grant)
            if successor_hash is not None:
                self.tokens[token_hash] = (grant.id, True)
                self.tokens[successor_hash] = (grant.id, False)
            return grant

    def revoke_grant(self, grant_id: str, now: int) -> None:
        self.revoked.add(grant_id)
        self.deny(Denial(kind=DenialKind.GRANT, value=grant_id, at=now, until=now + self._longest))

    def deny(self, denial: Denial) -> None:
        self.denied.append(denial)

    def is_denied(self, caller: Caller) -> bool:
        named = {(DenialKind.TOKEN, caller.token_id), (DenialKind.GRANT, grant_of(caller.token_id))}
        late = {(DenialKind.SUBJECT, caller.subject), (DenialKind.CLIENT, caller.client_id)}
        return any(
            (one.kind, one.value) in named
            or ((one.kind, one.value) in late and one.at >= caller.issued_at)
            for one in self.denied
        )

    async def read(self, mark: str) -> tuple[str, Iterable[Denial]] | None:
        found = str(len(self.denied))
        return None if found == mark else (found, list(self.denied))

    async def came_first(self, what: str, until: int) -> bool:
        return self.first_time(what, until)


class World:
    def __init__(
        self,
        accounts: MemoryAccounts | None = None,
        *,
        url: str = URL,
        policy: Policy | None = None,
        terminators: Terminators = NO_TERMINATORS,
        keys: SigningKeys | None = None,
    ) -> None:
        self.clock = Clock()
        self.accounts = accounts or MemoryAccounts()
        self.ledger = MemoryLedger()
        self.issuer = Issuer(
            url=url,
            audience=AUDIENCE,
            keys=keys or KEYS,
            accounts=self.accounts,
            ledger=self.ledger,
            entitlements=ENTITLEMENTS,
            passwords=CHEAP,
            policy=policy or Policy(resources=frozenset({AUDIENCE})),
            terminators=terminators,
            clock=self.clock,
        )
        self.denials = DenyList(self.ledger.read)
        nonces = self.issuer.nonces if self.issuer.policy.dpop_nonces else None
        self.guard = guard(
            self.clock,
            issuer=url,
            keys=keys or KEYS,
            surroundings=Surroundings(
                url=url,
                denials=self.denials,
                first_time=self.ledger.came_first,
                terminators=terminators,
                nonces=nonces,
            ),
            bound_only=self.issuer.policy.needs_bound_tokens,
        )
        self.app = Starlette(routes=oauth_routes(self.issuer, guard=self.guard))


def guard(  # noqa: PLR0913 -- a guard, part by part
    clock: Clock,
    *,
    issuer: str = URL,
    remembered: int = 4096,
    keys: SigningKeys = KEYS,
    surroundings: Surroundings | None = None,
    bound_only: bool = False,
) -> Guard:
    return Guard(
        keys,
        issuer,
        AUDIENCE,
        entitlements=ENTITLEMENTS,
        surroundings=surroundings,
        bound_only=bound_only,
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
        "exp": NOW + 300,
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
    key: Key = SIGNING,
    algorithm: str = "ES256",
) -> str:
    """Return a token with a valid signature over whatever is given, sensible or not."""
    message = _signing_input(header, claims)
    signature = JWSRegistry.algorithms[algorithm].sign(message.encode(), key)
    return f"{message}.{b64(signature)}"


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
