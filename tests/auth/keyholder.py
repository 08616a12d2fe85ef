"""A client with a key: proofs, assertions and certificates, good ones and changed ones."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from joserfc.jws import JWSRegistry

from auth.algorithms import Key, new_key
from tests.auth.world import ABSENT, NOW, URL, b64

KEY = new_key("ES256")
OTHER_KEY = new_key("ES256")
JKT = KEY.thumbprint()
RESOURCE = f"{URL}/oauth/userinfo"


def public(key: Key) -> dict[str, Any]:
    members = key.as_dict(private=False)
    return {name: members[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in members}


def ath(token: str) -> str:
    return b64(hashlib.sha256(token.encode()).digest())


def jws(
    header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes, key: Key, algorithm: str
) -> str:
    message = ".".join(
        b64(part if isinstance(part, bytes) else json.dumps(part).encode())
        for part in (header, claims)
    )
    return f"{message}.{b64(JWSRegistry.algorithms[algorithm].sign(message.encode(), key))}"


def proof_header(key: Key = KEY, algorithm: str = "ES256", **changes: Any) -> dict[str, Any]:
    return _changed({"typ": "dpop+jwt", "alg": algorithm, "jwk": public(key)}, changes)


def proof_claims(token: str | None = None, **changes: Any) -> dict[str, Any]:
    claims = {"jti": "proof-1", "htm": "GET", "htu": RESOURCE, "iat": NOW}
    if token is not None:
        claims["ath"] = ath(token)
    return _changed(claims, changes)


def proof(
    token: str | None = None,
    *,
    key: Key = KEY,
    algorithm: str = "ES256",
    header: Mapping[str, Any] | bytes | None = None,
    **changes: Any,
) -> str:
    """Return a good proof for a GET of userinfo with *token*, or one with *changes* to its claims."""
    head = proof_header(key, algorithm) if header is None else header
    return jws(head, proof_claims(token, **changes), key, algorithm)


def assertion(
    client_id: str,
    key: Key,
    *,
    algorithm: str = "ES256",
    header: Mapping[str, Any] | bytes | None = None,
    **changes: Any,
) -> str:
    head = {"alg": algorithm, "kid": key.kid} if header is None else header
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": URL,
        "jti": "assertion-1",
        "iat": NOW,
        "exp": NOW + 60,
    }
    return jws(head, _changed(claims, changes), key, algorithm)


def asserted(form: Mapping[str, str], signed: str) -> dict[str, str]:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return {**form, "client_assertion_type": kind, "client_assertion": signed}


SUBJECT = "CN=traffic-police-system,O=Synthetic Department"


def certificate(  # noqa: PLR0913 -- the parts of a certificate
    *,
    subject: str = "traffic-police-system",
    issuer: "tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None" = None,
    authority: bool = False,
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.CLIENT_AUTH,
    starts: int = NOW - 3600,
    ends: int = NOW + 3600,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return a certificate and its key, made by itself or by *issuer*."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Synthetic Department"),
            x509.NameAttribute(NameOID.COMMON_NAME, subject),
        ]
    )
    by, signing = (name, key) if issuer is None else (issuer[0].subject, issuer[1])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(starts, UTC))
        .not_valid_after(datetime.fromtimestamp(starts, UTC) + timedelta(seconds=ends - starts))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(signing, SHA256()), key


def told(one: x509.Certificate) -> bytes:
    """Return the header's value by which a proxy tells a certificate (RFC 9440)."""
    return b":" + base64.b64encode(one.public_bytes(Encoding.DER)) + b":"


def thumbprint(one: x509.Certificate) -> str:
    return b64(one.fingerprint(SHA256()))


def _changed(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **changes}.items() if value is not ABSENT}
