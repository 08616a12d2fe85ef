"""Checking a note's lines: Ed25519, a witness's cosignature, and what a program outside checks."""

import subprocess
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.external_signer import given_environment
from domain.checkpoint import NoteBroken, NoteSignature
from domain.cosignature import cosigned_text, split_cosignature
from domain.note_key import COSIGNATURE, ED25519, NoteKey

_LONGEST: Final = 30.0  # seconds


class Verifier(Protocol):
    """A known key."""

    def verify(self, signature: bytes, data: bytes, /) -> None:
        """Raise `InvalidSignature` unless *signature* is this key's, of the note's text *data*."""


Verifiers = Mapping[tuple[str, bytes], Verifier]
"""Known keys by name and id."""


class CheckFailed(Exception):
    """A program that checks signatures could not be run."""


def verifier_for(key: NoteKey, command: Sequence[str] = ()) -> Verifier:
    """Return what checks the lines of *key*.

    Args:
        command: checks algorithms that are not built in; see `CommandVerifier`.

    Raises:
        NoteBroken: nothing here checks that algorithm, or the key is none of it.
    """
    if key.algorithm in {ED25519, COSIGNATURE}:
        try:
            public = Ed25519PublicKey.from_public_bytes(key.public)
        except ValueError as error:
            raise NoteBroken(f"{key.name} has no Ed25519 key") from error
        return public if key.algorithm == ED25519 else _Cosigner(public)
    if not command:
        raise NoteBroken(
            f"{key.name} signs with an algorithm (0x{key.algorithm:02x}) that needs a program to check"
        )
    return CommandVerifier(key, tuple(command))


def line_of(key: NoteKey, verifier: Verifier, body: str, line: NoteSignature) -> bool:
    """Return whether *line* is one of *key* under *body*, and right."""
    if (line.name, line.key_id) != (key.name, key.key_id):
        return False
    try:
        verifier.verify(line.signature, body.encode())
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Cosigner:
    public: Ed25519PublicKey

    def verify(self, signature: bytes, data: bytes, /) -> None:
        try:
            seconds, signed = split_cosignature(signature)
        except NoteBroken as error:
            raise InvalidSignature from error
        self.public.verify(signed, cosigned_text(data.decode(), seconds).encode())


@dataclass(frozen=True, slots=True)
class CommandVerifier:
    """Asks a program: the text on standard input, key and signature (base64) as last arguments.

    Exit status 0 says that the signature is right, 1 that it is not.
    """

    key: NoteKey
    command: tuple[str, ...]

    def verify(self, signature: bytes, data: bytes, /) -> None:
        given = [b64encode(part).decode() for part in (self.key.material, signature)]
        try:
            done = subprocess.run(  # noqa: S603 -- the program that the configuration names
                [*self.command, *given],
                input=data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=given_environment(),
                timeout=_LONGEST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CheckFailed(f"{self.command[0]} cannot check signatures") from error
        if done.returncode == 1:
            raise InvalidSignature
        if done.returncode != 0:
            raise CheckFailed(f"{self.command[0]} ended with {done.returncode}")
