"""DPoP proofs that are wrong: the requirement each breaks, the reason, and what it is refused with."""

import json
from typing import Any, Final

from auth.algorithms import new_key
from tests.auth.keyholder import (
    JKT,
    KEY,
    OTHER_KEY,
    RESOURCE,
    ath,
    jws,
    proof,
    proof_claims,
    proof_header,
    public,
)
from tests.auth.world import ABSENT, NOW, URL, b64, good_claims, hmac_signed, signed

BOUND: Final = signed(claims=good_claims(cnf={"jkt": JKT}))
UNBOUND: Final = signed()
ED_KEY, RSA_KEY = new_key("EdDSA"), new_key("PS256")
GOOD: Final = proof(BOUND)
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")
PRIVATE: Final = KEY.as_dict(private=True)
TWICE: Final = b'{"typ":"dpop+jwt",' + json.dumps(proof_header()).encode()[1:]


def header(**changes: Any) -> str:
    return proof(BOUND, header=proof_header(**changes))


def claims(**changes: Any) -> str:
    return proof(BOUND, **changes)


WRONG: Final = {"null": None, "true": True, "a number": 7, "a list": ["x"], "nothing": ""}

# Rule, reason, proof.
BAD_PROOFS: Final = [
    ("RFC 9449 4.3 three parts", "form", f"{HEAD}.{PAYLOAD}"),
    ("RFC 9449 4.3 a JWS at all", "form", "x"),
    ("RFC 9449 4.1 not empty", "form", ""),
    ("RFC 9449 4.3 no list of proofs", "form", f"{GOOD}, {GOOD}"),
    ("RFC 9449 4.3 ASCII", "form", f"{GOOD}查"),
    ("RFC 9449 4.3 of sensible size", "size", GOOD + "A" * 4096),
    ("RFC 7515 2 canonical base64url", "base64url", f"e31.{PAYLOAD}.{SIGNATURE}"),
    ("RFC 9449 4.2 header is JSON", "header", jws(b"x", proof_claims(BOUND), KEY, "ES256")),
    ("RFC 7515 4 no member twice", "header", jws(TWICE, proof_claims(BOUND), KEY, "ES256")),
    ("RFC 9449 4.2 typ present", "header", header(typ=ABSENT)),
    ("RFC 9449 4.3 typ not JWT", "header", header(typ="JWT")),
    ("RFC 9449 4.3 typ not an access token's", "header", header(typ="at+jwt")),
    ("RFC 9449 4.3 typ not application/…", "header", header(typ="application/dpop+jwt")),
    ("RFC 9449 4.2 alg present", "header", header(alg=ABSENT)),
    ("RFC 9449 4.3 alg not none", "header", header(alg="none")),
    ("RFC 9449 4.3 alg not symmetric", "header", hmac_signed(proof_header(alg="HS256"), b"k")),
    ("RFC 9449 11.6 alg not RS256", "header", header(alg="RS256")),
    ("RFC 9449 4.3 alg is the key's", "signature", header(alg="PS256")),
    ("RFC 9449 4.2 jwk present", "header", header(jwk=ABSENT)),
    ("RFC 9449 4.2 jwk is an object", "key", header(jwk="x")),
    ("RFC 9449 4.3 jwk without private parts", "key", header(jwk=PRIVATE)),
    ("RFC 9449 4.3 jwk not symmetric", "key", header(jwk={"kty": "oct", "k": "c2VjcmV0"})),
    ("RFC 9449 4.3 jwk complete", "key", header(jwk={"kty": "EC", "crv": "P-256"})),
    ("RFC 7518 6.2 a point on the curve", "key", header(jwk={**public(KEY), "y": b64(bytes(32))})),
    ("RFC 9449 4.3 jwk on a curve we take", "key", header(jwk={**public(KEY), "crv": "P-384"})),
    ("RFC 7517 4.2 jwk is for signatures", "key", header(jwk={**public(KEY), "use": "enc"})),
    ("RFC 7517 4.4 jwk is for its alg", "key", header(jwk={**public(KEY), "alg": "ES384"})),
    ("RFC 9449 4.2 no kid instead of a key", "header", header(kid="x")),
    ("RFC 8725 3.10 no jku", "header", header(jku="https://attacker.example/jwks")),
    ("RFC 7515 4.1.11 no crit", "header", header(crit=["b64"], b64=False)),
    ("RFC 9449 4.3 signed by that key", "signature", proof(BOUND, key=OTHER_KEY, header=proof_header())),
    ("RFC 9449 4.3 payload not exchanged", "signature", f"{HEAD}.{proof(jti='x').split('.')[1]}.{SIGNATURE}"),
    ("RFC 7518 3.4 not r = s = 0", "signature", f"{HEAD}.{PAYLOAD}.{b64(bytes(64))}"),
    ("RFC 9449 4.2 payload is an object", "payload", jws(proof_header(), b"[]", KEY, "ES256")),
    ("RFC 7519 4 no claim twice", "payload", jws(proof_header(), b'{"htm":"GET","htm":"GET"}', KEY, "ES256")),
    ("RFC 9449 4.2 htm present", "htm", claims(htm=ABSENT)),
    ("RFC 9449 4.3 htm is the method", "htm", claims(htm="POST")),
    ("RFC 9449 4.3 htm in its case", "htm", claims(htm="get")),
    *((f"RFC 9449 4.2 htm is not {what}", "htm", claims(htm=value)) for what, value in WRONG.items()),
    ("RFC 9449 4.2 htu present", "htu", claims(htu=ABSENT)),
    ("RFC 9449 4.3 htu is this path", "htu", claims(htu=f"{URL}/graphql")),
    ("RFC 9449 4.3 htu is this path exactly", "htu", claims(htu=f"{RESOURCE}/")),
    ("RFC 9449 4.3 htu is this server", "htu", claims(htu=RESOURCE.replace("127.0.0.1", "attacker.example"))),
    ("RFC 9449 4.3 htu is this port", "htu", claims(htu=RESOURCE.replace("8000", "8001"))),
    ("RFC 9449 4.3 htu is this scheme", "htu", claims(htu=RESOURCE.replace("http:", "https:"))),
    ("RFC 9449 4.3 htu without user", "htu", claims(htu=RESOURCE.replace("//", "//u@"))),
    ("RFC 9449 4.3 htu in path's case", "htu", claims(htu=RESOURCE.replace("userinfo", "USERINFO"))),
    ("RFC 9449 4.3 htu is a URL", "htu", claims(htu="http://[")),
    ("RFC 9449 4.3 htu absolute", "htu", claims(htu="/oauth/userinfo")),
    *((f"RFC 9449 4.2 htu is not {what}", "htu", claims(htu=value)) for what, value in WRONG.items()),
    ("RFC 9449 4.2 iat present", "iat", claims(iat=ABSENT)),
    ("RFC 9449 11.1 iat not old", "iat", claims(iat=NOW - 60)),
    ("RFC 9449 11.1 iat not to come", "iat", claims(iat=NOW + 6)),
    ("RFC 9449 4.2 iat is an integer", "iat", claims(iat=NOW + 0.5)),
    *((f"RFC 9449 4.2 iat is not {what}", "iat", claims(iat=value)) for what, value in WRONG.items()),
    ("RFC 9449 4.2 jti present", "jti", claims(jti=ABSENT)),
    ("RFC 9449 4.2 jti not endless", "jti", claims(jti="a" * 256)),
    *((f"RFC 9449 4.2 jti is not {what}", "jti", claims(jti=value)) for what, value in WRONG.items()),
    ("RFC 9449 7.1 ath present", "ath", claims(ath=ABSENT)),
    ("RFC 9449 4.3 ath is this token's", "ath", claims(ath=ath(UNBOUND))),
    ("RFC 9449 4.3 ath without padding", "ath", claims(ath=ath(BOUND) + "=")),
    ("RFC 9449 4.2 ath is SHA-256", "ath", claims(ath="A" * 86)),
    ("RFC 8259 8.2 ath without lone surrogates", "ath", claims(ath="\ud800")),
    *((f"RFC 9449 4.2 ath is not {what}", "ath", claims(ath=value)) for what, value in WRONG.items()),
    ("RFC 9449 8 nonce is a string", "nonce", claims(nonce=7)),
]  # fmt: skip
