"""The client's certificate, as the TLS terminator in front of us tells it, and nobody else.

The header is RFC 9440's (`:base64 of DER:`) or what nginx calls `$ssl_client_escaped_cert` (PEM,
percent-encoded). Whoever else sends it is not believed: the terminator must remove it from what
comes from outside.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

PEER: Final = "chakong.peer"  # in a scope: who holds the connection, whatever headers say
_LONGEST: Final = 16_384  # bytes of the header
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate whose private key the terminator has seen used."""

    der: bytes

    @property
    def thumbprint(self) -> str:
        """Return `x5t#S256` (RFC 8705, section 3.1)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def names(self, subject: str, authorities: Sequence[x509.Certificate], now: float) -> bool:
        """Return whether one of *authorities* says today that this is *subject* (RFC 4514).

        Source:
            RFC 8705, section 2.1.
        """
        try:
            certificate = x509.load_der_x509_certificate(self.der)
            moment = datetime.fromtimestamp(now, UTC)
            return (
                certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
                and certificate.subject.rfc4514_string() == subject
                and _is_for_clients(certificate)
                and any(_issued(certificate, by, moment) for by in authorities)
            )
        except (ValueError, x509.DuplicateExtension):
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminators:
    """Where TLS ends: in `networks`, whose `header` tells the client's certificate.

    `authorities` issue the certificates by whose subject a client may be known.
    """

    networks: tuple[Any, ...] = ()
    header: bytes = b"client-cert"
    authorities: tuple[x509.Certificate, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[str], header: str, authorities: Path | None) -> Self:
        """Raises ValueError: a network, or the authorities' file, cannot be read."""
        known: tuple[x509.Certificate, ...] = ()
        if authorities is not None:
            known = tuple(x509.load_pem_x509_certificates(authorities.read_bytes()))
        return cls(
            networks=tuple(ip_network(one) for one in networks),
            header=header.lower().encode("ascii"),
            authorities=known,
        )

    def certificate(self, scope: Mapping[str, Any]) -> ClientCertificate | None:
        """Return the certificate of the request's client, or None.

        *scope* is ASGI's; who holds the connection has to be a terminator.
        """
        if not self._vouches(scope.get(PEER, scope.get("client"))):
            return None
        told = [value for name, value in scope["headers"] if name.lower() == self.header]
        if len(told) != 1 or not told[0] or len(told[0]) > _LONGEST:
            return None
        der = _der(told[0])
        return None if der is None else ClientCertificate(der)

    def _vouches(self, client: Sequence[Any] | None) -> bool:
        if not self.networks or client is None:
            return False
        try:
            address = ip_address(client[0])
        except ValueError:
            return False
        return any(address in network for network in self.networks)


NO_TERMINATORS: Final = Terminators()


def _der(told: bytes) -> bytes | None:
    if told.startswith(b":") and told.endswith(b":") and len(told) > 1:
        encoded = told[1:-1]
    else:
        pem = _PEM.fullmatch(unquote_to_bytes(told))
        if pem is None:
            return None
        encoded = b"".join(pem[1].split())
    try:
        return base64.b64decode(encoded, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _issued(certificate: x509.Certificate, by: x509.Certificate, moment: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return by.not_valid_before_utc <= moment <= by.not_valid_after_utc


def _is_for_clients(certificate: x509.Certificate) -> bool:
    """Return whether it may authenticate a client: it says so, or says nothing, and is no authority."""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        if basic.value.ca:
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage.value
