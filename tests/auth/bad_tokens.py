"""Access tokens that are wrong, each with the requirement it breaks and the reason we give.

The reason is checked too: a token refused for something else proves nothing about its row.
"""

import base64
import json
from typing import Any, Final

from auth.algorithms import new_key
from tests.auth.world import (
    ABSENT,
    AUDIENCE,
    KEYS,
    NOW,
    SIGNING,
    STRANGER,
    URL,
    b64,
    good_claims,
    good_header,
    hmac_signed,
    signed,
)

GOOD = signed()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")
PUBLIC = json.dumps(KEYS.jwks()).encode()
HS256 = good_header(alg="HS256")
LONG_TYPE = good_header(typ="application/at+jwt")
OTHER = good_claims(jti="another")
OWN_JWK = good_header(jwk=STRANGER.as_dict(private=False))
TWO_ALGS = b'{"alg":"none",' + json.dumps(good_header())[1:].encode()
ENDLESS = json.dumps(good_claims(exp="?")).replace('"?"', "1e999").encode()
# The order of P-256's group, and a signature as X.509 writes it.
N = bytes.fromhex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")
DER = bytes.fromhex("3006020101020101")
LONGER = base64.urlsafe_b64decode(SIGNATURE + "==") + b"\0"


def header(**changes: Any) -> str:
    return signed(good_header(**changes))


def claims(**changes: Any) -> str:
    return signed(claims=good_claims(**changes))


def raw_claims(text: str) -> str:
    """Return a token whose payload is the good one with *text* put in front."""
    return signed(claims=("{" + text + "," + json.dumps(good_claims())[1:]).encode())


def utf16(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode("utf-16")


def part(members: dict[str, Any]) -> str:
    return b64(json.dumps(members).encode())


def with_signature(raw: bytes) -> str:
    return f"{HEADER}.{PAYLOAD}.{b64(raw)}"


def flipped(text: str) -> str:
    """Return *text* with other unused trailing bits: another spelling of the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


PS256_KEY = new_key("PS256")
ED_KEY = new_key("EdDSA")
WRONG: Final = {
    "null": None,
    "true": True,
    "a number": 7,
    "a list": ["x"],
    "an object": {"x": "y"},
    "nothing": "",
    "a line break": "a\nb",
    "a space": "a b",
    "256 characters": "a" * 256,
}
NAMED: Final = {
    "sub": "RFC 7519 4.1.2",
    "client_id": "RFC 9068 2.2",
    "jti": "RFC 7519 4.1.7",
    "org": "law 4",
    "role": "law 4",
    "officer": "law 4",
}
TIMES: Final = {"exp": "RFC 7519 4.1.4", "iat": "RFC 7519 4.1.6", "nbf": "RFC 7519 4.1.5"}
NO_TIMES: Final = {
    "null": None,
    "true": True,
    "a string": str(NOW),
    "a fraction": NOW + 0.5,
    "a list": [NOW],
    "negative": -1,
}
FOREIGN_MEMBERS: Final = {
    "jwk": {"kty": "EC"},
    "jku": "https://attacker.example/jwks",
    "x5u": "https://attacker.example/x5",
    "x5c": ["AA=="],
    "x5t": "AAAA",
    "x5t#S256": "AAAA",
    "cty": "JWT",
    "zip": "DEF",
    "crit": ["exp"],
    "b64": True,
    "enc": "A128GCM",
    "epk": {},
    "apu": "QQ",
    "p2c": 1000,
    "iss": URL,
    "nonce": "x",
    "trust_chain": [],
    "x": 1,
}
ALGORITHMS: Final = (
    *("HS384", "HS512", "RS256", "RS384", "RS512", "PS384", "PS512", "ES256K", "ES512"),
    *("Ed448", "NONE", "None", "ES256 ", "\u0435S256", "RSA-OAEP", "dir", "A128KW", ""),
)
CONFIRMATIONS: Final[dict[str, Any]] = {
    "null": None,
    "empty": {},
    "a string": "x",
    "a list": [],
    "jwk": {"jwk": {"kty": "EC"}},
    "jku": {"jku": "https://attacker.example/k"},
    "kid": {"kid": "x"},
    "x5t without #S256": {"x5t": "A" * 27},
    "jkt null": {"jkt": None},
    "jkt empty": {"jkt": ""},
    "jkt short": {"jkt": "A" * 42},
    "jkt long": {"jkt": "A" * 44},
    "jkt padded": {"jkt": "A" * 43 + "="},
    "jkt not canonical": {"jkt": "A" * 42 + "B"},
    "jkt a list": {"jkt": ["A" * 43]},
    "x5t#S256 hex": {"x5t#S256": "ab" * 32},
    "a member more": {"jkt": "A" * 43, "kid": "x"},
}


BY_HAND = [
    # form
    ("RFC 7515 7.1 three parts", "form", f"{HEADER}.{PAYLOAD}"),
    ("RFC 7515 7.1 not four parts", "form", f"{GOOD}.{SIGNATURE}"),
    ("RFC 7516 7.1 not a JWE", "form", f"{GOOD}.e30.e30"),
    ("RFC 7515 7.1 no empty signature", "form", f"{HEADER}.{PAYLOAD}."),
    ("RFC 7515 F no detached payload", "form", f"{HEADER}..{SIGNATURE}"),
    ("RFC 7515 7.1 no empty header", "form", f".{PAYLOAD}.{SIGNATURE}"),
    ("RFC 7515 7.2 no JSON serialization", "form", json.dumps({"payload": PAYLOAD})),
    ("RFC 7515 2 base64url, no padding", "form", f"{HEADER}==.{PAYLOAD}.{SIGNATURE}"),
    ("RFC 7515 2 base64url, not base64", "form", f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-2]}+/"),
    ("RFC 7515 2 no white space", "form", f"{HEADER}. {PAYLOAD}.{SIGNATURE}"),
    ("RFC 6750 2.1 no trailing space", "form", f"{GOOD} "),
    ("RFC 6750 2.1 one token", "form", f"{GOOD} {GOOD}"),
    ("RFC 6750 2.1 no comma list", "form", f"{GOOD},{GOOD}"),
    ("RFC 6750 2.1 no quotes", "form", f'"{GOOD}"'),
    ("RFC 6750 2.1 ASCII", "form", f"{GOOD}查"),
    ("RFC 9110 5.5 no line break", "form", f"{GOOD}\r\nx-role: admin"),
    ("RFC 9110 5.5 no NUL", "form", f"{GOOD}\x00"),
    ("RFC 9110 5.4 size limit", "size", GOOD + "A" * 8192),
    ("RFC 7515 2 canonical signature bits", "base64url", GOOD[:-1] + flipped(GOOD)[-1]),
    ("RFC 7515 2 length 1 mod 4", "base64url", f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}"),
    ("RFC 7515 2 canonical header bits", "base64url", f"e31.{PAYLOAD}.{SIGNATURE}"),
    # header
    ("RFC 7515 5.2 header is JSON", "header", signed(b"not json")),
    ("RFC 7515 5.2 header is an object", "header", signed(b"[]")),
    ("RFC 7515 5.2 header is UTF-8", "header", signed(b'{"alg":"\xff"}')),
    ("RFC 8725 3.7 header is not UTF-16", "header", signed(utf16(good_header()))),
    ("RFC 7515 5.2 no nesting bomb", "header", signed(b"[" * 4000)),
    ("RFC 7515 5.2 no unique name twice", "header", signed(TWO_ALGS)),
    ("RFC 7515 4.1.1 alg present", "header", header(alg=ABSENT)),
    ("RFC 8725 3.1 alg not none", "header", header(alg="none")),
    ("RFC 8725 3.1 alg not None", "header", header(alg="nOnE")),
    ("RFC 7515 4.1.1 alg case-sensitive", "header", header(alg="es256")),
    ("RFC 8725 2.1 not HS256 with the public key", "header", hmac_signed(HS256, PUBLIC)),
    ("RFC 8725 3.1 not ES384", "header", header(alg="ES384")),
    ("RFC 7515 4.1.1 alg is a string", "header", header(alg=["ES256"])),
    ("RFC 7515 4.1.1 alg not null", "header", header(alg=None)),
    ("RFC 9068 4 typ present", "header", header(typ=ABSENT)),
    ("RFC 8725 3.11 typ not JWT", "header", header(typ="JWT")),
    ("RFC 8725 3.11 typ not an ID token's", "header", header(typ="id_token+jwt")),
    ("RFC 8725 3.11 typ not a logout token's", "header", header(typ="logout+jwt")),
    ("RFC 7515 4.1.9 typ is a string", "header", header(typ=["at+jwt"])),
    ("RFC 7515 4.1.11 crit not understood", "header", header(crit=["exp"], exp=NOW + 9)),
    ("RFC 7515 4.1.11 crit null", "header", header(crit=None)),
    ("RFC 7515 4.1.11 crit empty", "header", header(crit=[])),
    ("RFC 7797 6 b64 not supported", "header", header(b64=False, crit=["b64"])),
    ("RFC 8725 3.5 no jwk of its own", "header", signed(OWN_JWK, key=STRANGER)),
    ("RFC 7515 4.1.4 kid present", "header", header(kid=ABSENT)),
    # key and signature
    ("RFC 8725 3.10 kid known", "key", header(kid="../../etc/passwd")),
    ("RFC 8725 3.10 kid of a stranger", "key", signed(good_header(kid=STRANGER.kid), key=STRANGER)),
    ("RFC 7515 4.1.4 kid is a string", "key", header(kid=[SIGNING.kid])),
    ("RFC 7515 4.1.4 kid not null", "key", header(kid=None)),
    ("RFC 7515 5.2 signed by the key named", "signature", signed(key=STRANGER)),
    ("RFC 7515 5.2 payload not exchanged", "signature", f"{HEADER}.{part(OTHER)}.{SIGNATURE}"),
    ("RFC 7515 5.2 header not exchanged", "signature", f"{part(LONG_TYPE)}.{PAYLOAD}.{SIGNATURE}"),
    ("RFC 7518 3.4 not r = s = 0", "signature", with_signature(bytes(64))),
    ("RFC 7518 3.4 not r = s = n", "signature", with_signature(N * 2)),
    ("RFC 7518 3.4 64 bytes, not DER", "signature", with_signature(DER)),
    ("RFC 7518 3.4 64 bytes, not more", "signature", with_signature(LONGER)),
    # payload
    ("RFC 7519 7.2 payload is JSON", "payload", signed(claims=b"not json")),
    ("RFC 7519 7.2 payload is an object", "payload", signed(claims=b"[]")),
    ("RFC 7519 7.2 payload not null", "payload", signed(claims=b"null")),
    ("RFC 7519 7.2 payload is UTF-8", "payload", signed(claims=b'{"iss":"\xff"}')),
    ("RFC 8725 3.7 payload is not UTF-16", "payload", signed(claims=utf16(good_claims()))),
    ("RFC 7519 4 no claim twice", "payload", raw_claims('"role":"court-president"')),
    ("RFC 8259 4 no nested name twice", "payload", raw_claims('"x":{"a":1,"a":2}')),
    ("RFC 8259 6 no NaN", "payload", raw_claims('"x":NaN')),
    ("RFC 8259 9 no nesting bomb", "payload", signed(claims=b"[" * 2500)),
    # claims
    ("RFC 9068 2.2 iss present", "issuer", claims(iss=ABSENT)),
    ("RFC 8725 3.8 iss ours", "issuer", claims(iss="https://attacker.example")),
    ("RFC 9068 4 iss exactly", "issuer", claims(iss=f"{URL}/")),
    ("RFC 7519 4.1.1 iss is a string", "issuer", claims(iss=[URL])),
    ("RFC 9068 2.2 aud present", "audience", claims(aud=ABSENT)),
    ("RFC 8725 3.9 aud ours", "audience", claims(aud="https://other.example")),
    ("RFC 8725 3.9 aud not also another's", "audience", claims(aud=[AUDIENCE, "https://other.example"])),
    ("RFC 7519 4.1.3 aud not empty", "audience", claims(aud=[])),
    ("RFC 9068 2.2 exp present", "exp", claims(exp=ABSENT)),
    ("RFC 7519 4.1.4 not expired", "expired", claims(iat=NOW - 300, exp=NOW)),
    ("RFC 7519 2 exp is a number", "exp", claims(exp=str(NOW + 300))),
    ("RFC 7519 2 exp is an integer", "exp", claims(exp=NOW + 300.5)),
    ("RFC 7519 2 exp is finite", "exp", signed(claims=ENDLESS)),
    ("RFC 9068 2.2 iat present", "iat", claims(iat=ABSENT)),
    ("RFC 7519 4.1.6 iat not in the future", "future", claims(iat=NOW + 6)),
    ("RFC 7519 4.1.5 nbf reached", "future", claims(nbf=NOW + 6)),
    ("RFC 7519 2 nbf is a number", "nbf", claims(nbf="now")),
    ("RFC 9700 2.2 lifetime not too long", "lifetime", claims(exp=NOW + 301)),
    ("RFC 9700 2.2 lifetime from iat, not now", "lifetime", claims(iat=NOW - 60, exp=NOW + 300)),
    ("RFC 7519 4.1.4 exp after iat", "lifetime", claims(iat=NOW + 3, exp=NOW + 2)),
    ("RFC 9068 2.2 sub present", "sub", claims(sub=ABSENT)),
    ("RFC 8259 8.2 sub without lone surrogates", "sub", claims(sub="\ud800")),
    ("RFC 9068 2.2 client_id present", "client_id", claims(client_id=ABSENT)),
    ("RFC 9068 2.2 jti present", "jti", claims(jti=ABSENT)),
    ("RFC 7519 4.1.7 jti is a string", "jti", claims(jti=1)),
    ("RFC 9068 2.2.3 scope present", "scope", claims(scope=ABSENT)),
    ("RFC 8693 4.2 scope is a string", "scope", claims(scope=["cases:read"])),
    ("RFC 6749 3.3 scope by single spaces", "scope", claims(scope="cases:read  vehicles:read")),
    ("RFC 6749 3.3 scope not by tabs", "scope", claims(scope="cases:read\tvehicles:read")),
    ("law 4 every scope known", "scope", claims(scope="cases:read cases:invent")),
    ("law 4 every scope within the role", "scope", claims(scope="cases:read orders:approve")),
    ("law 4 role known", "scope", claims(role="court-emperor")),
    ("law 4 role present", "role", claims(role=ABSENT)),
    ("law 4 organisation present", "org", claims(org=ABSENT)),
    ("RFC 9396 9.1 no authorization_details", "unsupported", claims(authorization_details=[])),
]  # fmt: skip


BAD_TOKENS: Final = [
    *BY_HAND,
    *(
        (f"{rule} {name} is not {what}", name, claims(**{name: value}))
        for name, rule in NAMED.items()
        for what, value in WRONG.items()
    ),
    *(
        (f"{rule} {name} is not {what}", name, claims(**{name: value}))
        for name, rule in TIMES.items()
        for what, value in NO_TIMES.items()
    ),
    *(
        (f"RFC 7519 4.1.1 iss is not {what}", "issuer", claims(iss=value))
        for what, value in WRONG.items()
    ),
    *(
        (f"RFC 7519 4.1.3 aud is not {what}", "audience", claims(aud=value))
        for what, value in WRONG.items()
    ),
    *(
        (f"RFC 8693 4.2 scope is not {what}", "scope", claims(scope=value))
        for what, value in WRONG.items()
    ),
    *(
        (f"RFC 8725 3.10 no {name} in the header", "header", header(**{name: value}))
        for name, value in FOREIGN_MEMBERS.items()
    ),
    *(
        (f"RFC 8725 3.1 alg not {name!r}", "header", header(alg=name))
        for name in ALGORITHMS
    ),
    *(
        (f"RFC 7800 3.1 cnf not {what}", "cnf", claims(cnf=value))
        for what, value in CONFIRMATIONS.items()
    ),
    ("RFC 8725 3.1 alg is the key's, not PS256", "header", header(alg="PS256")),
    (
        "RFC 8725 3.2 PS256 by a key that is not the issuer's",
        "key",
        signed(good_header(alg="PS256", kid=PS256_KEY.kid), key=PS256_KEY, algorithm="PS256"),
    ),
    (
        "RFC 8725 3.2 EdDSA under the name of the issuer's key",
        "header",
        signed(good_header(alg="EdDSA"), key=ED_KEY, algorithm="EdDSA"),
    ),
    ("RFC 8725 3.11 no DPoP proof for a token", "header", header(typ="dpop+jwt")),
    (
        "RFC 8725 3.11 no client assertion for a token",
        "header",
        header(typ="client-authentication+jwt"),
    ),
    ("RFC 8725 3.11 typ in another case", "header", header(typ="AT+JWT")),
]  # fmt: skip
