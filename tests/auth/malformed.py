"""Requests to the authorization server as no client means them: good ones, broken in every way."""

import base64
import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from auth.algorithms import Key, new_key
from tests.auth.keyholder import asserted, certificate, jws, told
from tests.auth.world import b64, challenge_pair

KEY = new_key("ES256")
SECRET, PASSWORD = "synthetic secret of the campaign", "demo-9903"
CALLBACK = "http://127.0.0.1:8000/callback"
CHALLENGE = challenge_pair()[1]
FORM = b"application/x-www-form-urlencoded"
CERTIFICATE = told(certificate()[0])


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *("", " ", '"', "\\", "\x00", "\x7f", "\ud7ff", "\U0010ffff", "查", "é", "%zz", "a b"),
            *("http://[", "//", "javascript:alert(1)", "https://attacker.example/", "A" * 5000),
            *("[" * 3000, "{" * 500, "null", "true", "1e999", "-0", "../../etc/passwd", "' OR 1=1--"),
            *("urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:x", "e30.e30."),
        ]
    ),
)  # fmt: skip
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=20),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "htm", "htu", "ath", "nonce", "cnf")
MEMBERS = ("alg", "kid", "typ", "jwk", "crit", "b64", "x5c", "jku")


@st.composite
def signed(draw: st.DrawFn, header: dict[str, Any], claims: dict[str, Any], key: Key = KEY) -> str:
    """Return a token of *header* and *claims*, with some of them broken, truly signed or not."""
    head = {**header, **draw(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=2))}
    body = {**claims, **draw(st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=3))}
    for name in draw(st.lists(st.sampled_from([*header, *claims]), max_size=2)):
        head.pop(name, None)
        body.pop(name, None)
    payload = json.dumps(body).encode()
    made = jws(
        head, draw(st.sampled_from([payload, payload, payload[:-1], b"[" * 2000])), key, "ES256"
    )
    cut = draw(st.one_of(st.just(len(made)), st.integers(0, len(made))))
    return made[:cut]


def assertions(client: str, now: int) -> st.SearchStrategy[str]:
    claims = {
        "iss": client,
        "sub": client,
        "aud": "http://127.0.0.1:8000",
        "jti": "j",
        "exp": now + 60,
    }
    return signed({"alg": "ES256", "kid": KEY.kid}, claims)


def proofs(path: str, now: int) -> st.SearchStrategy[str]:
    public = {k: v for k, v in KEY.as_dict(private=False).items() if k in {"kty", "crv", "x", "y"}}
    claims = {"jti": "p", "htm": "POST", "htu": f"http://127.0.0.1:8000{path}", "iat": now}
    return signed({"alg": "ES256", "typ": "dpop+jwt", "jwk": public}, claims)


AUTHORIZATION = {
    "response_type": "code",
    "client_id": "officer-app",
    "redirect_uri": CALLBACK,
    "scope": "cases:read",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "resource": "http://127.0.0.1:8000/graphql",
    "dpop_jkt": CHALLENGE,
}
GRANTS = (
    {"grant_type": "client_credentials", "client_id": "secretive", "client_secret": SECRET},
    {"grant_type": "client_credentials", "client_id": "certified"},
    {
        "grant_type": "authorization_code",
        "client_id": "officer-app",
        "redirect_uri": CALLBACK,
        "code": "c" * 43,
        "code_verifier": "v" * 43,
    },
    {"grant_type": "refresh_token", "client_id": "officer-app", "refresh_token": "r" * 43},
)
TOKEN = {"client_id": "secretive", "client_secret": SECRET, "token": "t", "token_type_hint": "x"}
LOGIN = {"ticket": "1.a", "username": "executor-1", "password": PASSWORD}
PATHS = {
    "/oauth/token": GRANTS,
    "/oauth/par": ({**AUTHORIZATION, "client_id": "secretive", "client_secret": SECRET},),
    "/oauth/introspect": (TOKEN,),
    "/oauth/revoke": (TOKEN,),
    "/oauth/authorize": (LOGIN, {}),
    "/oauth/userinfo": ({},),
}


def well_formed() -> list[Request]:
    """Return one request for each of four endpoints as a client means it: what is broken works whole."""
    form = ((b"content-type", FORM),)
    posts = [
        Request("POST", path, b"", form, encoded(list(PATHS[path][0].items())))
        for path in ("/oauth/par", "/oauth/introspect", "/oauth/revoke")
    ]
    asked = encoded(list(AUTHORIZATION.items()))
    return [*posts, Request("GET", "/oauth/authorize", asked, (), b"")]


@st.composite
def requests(draw: st.DrawFn, now: int) -> Request:
    path = draw(st.sampled_from(list(PATHS)))
    fields: list[tuple[str, str]] = list(draw(st.sampled_from(PATHS[path])).items())
    fields = broken(draw, fields)
    if draw(st.integers(0, 3)) == 0 and path != "/oauth/authorize":
        made = asserted({}, draw(assertions("keyed", now)))
        fields = [one for one in fields if one[0] not in {"client_id", "client_secret"}]
        fields += made.items()
    body = encoded(fields)
    if draw(st.integers(0, 19)) == 0:
        body = draw(st.binary(max_size=300))
    query = b""
    if path == "/oauth/authorize":
        query = encoded(broken(draw, list(AUTHORIZATION.items())))
    headers = [
        (b"content-type", draw(st.sampled_from([FORM] * 12 + [b"", b"text/plain", FORM + b"; x"])))
    ]
    if draw(st.integers(0, 5)) == 0 or path == "/oauth/userinfo":
        headers.append((b"authorization", draw(_authorizations())))
    if draw(st.integers(0, 4)) == 0:
        headers.append((b"dpop", draw(proofs(path, now)).encode()))
    if draw(st.integers(0, 3)) == 0:
        headers.append((b"client-cert", draw(st.one_of(st.just(CERTIFICATE), visible()))))
    if draw(st.integers(0, 5)) == 0:
        headers.append((b"cookie", b"chakong-login=" + draw(visible())))
    if path == "/oauth/authorize" and draw(st.booleans()):
        return Request("GET", path, query, tuple(headers), b"")
    method = draw(st.sampled_from(["POST"] * 20 + ["GET", "PUT", "HEAD"]))
    return Request(method, path, query, tuple(headers), body)


def varied(request: Request, chance: Random) -> Request:
    """Return *request* with one stretch of bytes replaced, dropped, doubled or filled."""
    places = ["body", "query", *range(len(request.headers))]
    place = chance.choice(places)
    if place == "body":
        return replace(request, body=_bent(request.body, chance))
    if place == "query":
        return replace(request, query=_bent(request.query, chance))
    headers = list(request.headers)
    name, value = headers[int(place)]
    bent = bytes(byte for byte in _bent(value, chance) if byte not in b"\r\n\x00")
    headers[int(place)] = (name, bent)
    return replace(request, headers=tuple(headers))


def _bent(raw: bytes, chance: Random) -> bytes:
    start = chance.randint(0, len(raw))
    end = min(len(raw), start + chance.choice([0, 1, 1, 2, 8, 64]))
    filling = chance.choice([b"", chance.randbytes(3), raw[start:end] * 2, *_FILLINGS])
    return raw[:start] + filling + raw[end:]


_FILLINGS = (
    b"&",
    b"=",
    b"%",
    b"%00",
    b"%ff",
    b"+",
    b".",
    b"..",
    b"A" * 300,
    b"client_id=x&",
    b"\x80",
)


def broken(draw: st.DrawFn, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Replace, drop, add and repeat some of *fields*."""
    names = [name for name, _ in fields] or ["x"]
    for name in draw(st.lists(st.sampled_from(names), max_size=2)):
        value = draw(NASTY)
        fields = [(known, value if known == name else kept) for known, kept in fields]
    if draw(st.integers(0, 3)) == 0:
        dropped = draw(st.sampled_from(names))
        fields = [one for one in fields if one[0] != dropped]
    if draw(st.integers(0, 5)) == 0:
        fields = [*fields, (draw(st.one_of(st.sampled_from(names), NASTY)), draw(NASTY))]
    return fields


def encoded(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()


def visible() -> st.SearchStrategy[bytes]:
    return st.binary(max_size=80).map(
        lambda raw: bytes(byte for byte in raw if byte not in b"\r\n\x00")
    )


def _authorizations() -> st.SearchStrategy[bytes]:
    pair = st.one_of(
        st.just(f"secretive:{SECRET}".encode()), st.binary(max_size=40), NASTY.map(_bytes)
    )
    return st.one_of(
        visible(),
        pair.map(lambda raw: b"Basic " + base64.b64encode(raw)),
        st.sampled_from([b"Bearer ", b"DPoP "]).flatmap(
            lambda scheme: st.one_of(visible(), JSON.map(_token)).map(lambda made: scheme + made)
        ),
    )


def _token(claims: Any) -> bytes:
    payload = json.dumps(claims).encode()
    return f"{b64(b'{}')}.{b64(payload)}.{b64(bytes(64))}".encode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
