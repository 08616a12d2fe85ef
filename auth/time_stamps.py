"""
Time stamps of a checkpoint (RFC 3161): a third party says when it existed.

What is stamped is SHA-256 of the checkpoint's text, without its signatures: number of entries and root.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from cryptography.x509 import Certificate, ObjectIdentifier, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class StampWrong(Exception):
    """It is no time stamp, not of this text, or not of an authority that is trusted."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamp says, believed or not.

    Attributes:
        imprint: SHA-256 of what was stamped.
    """

    at: datetime
    imprint: bytes


def imprint_of(body: str) -> bytes:
    """Return what a stamp of *body* is of."""
    return hashlib.sha256(body.encode()).digest()


def stamp_request(body: str) -> TimeStampRequest:
    """Return the question for a stamp of *body*, with a nonce."""
    builder = TimestampRequestBuilder().data(body.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return builder.build()


def read_stamp(token: bytes) -> Stamp:
    """Return what *token*, an authority's answer (TimeStampResp, DER), says.

    Raises:
        StampWrong: it says nothing.
    """
    try:
        said = decode_timestamp_response(token)
        info = said.tst_info
        imprint = info.message_imprint
        if said.as_bytes() != token or imprint.hash_algorithm != _SHA256:
            raise StampWrong("a stamp is written in one way, over SHA-256")
        return Stamp(info.gen_time, imprint.message)
    except (ValueError, TypeError) as error:
        raise StampWrong("it is no time stamp") from error


@dataclass(frozen=True, slots=True)
class StampRoots:
    """Authorities that are trusted with the time."""

    certificates: Sequence[Certificate]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the certificates in a PEM file.

        Raises:
            ValueError, OSError: there are none.
        """
        return cls(tuple(load_pem_x509_certificates(file.read_bytes())))

    def check(self, token: bytes, body: str, *, nonce: int | None = None) -> Stamp:
        """Return what *token* says if it is a trusted stamp of *body*.

        The authority's certificate has to be valid at the time that is stamped, not now.

        Raises:
            StampWrong: it is not.
        """
        stamp = read_stamp(token)
        if stamp.imprint != imprint_of(body):
            raise StampWrong("the stamp is of another text")
        verifier = VerifierBuilder(roots=list(self.certificates), nonce=nonce).build()
        try:
            verifier.verify_message(decode_timestamp_response(token), body.encode())
        except (VerificationError, ValueError) as error:
            raise StampWrong("the stamp is not one of a trusted authority") from error
        return stamp
