"""A second signer: a program that has a key this gateway has not, such as SM2 in a security module."""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST_LINE: Final = 2**16  # bytes
_OURS: Final = "CHAKONG_"


def given_environment() -> dict[str, str]:
    """Return our environment without our settings: no other program needs the departments' secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


class SignerSilent(Exception):
    """The program gave no line: it is not there, failed, or took too long."""


@dataclass(frozen=True, slots=True)
class ExternalSigner:
    """Runs *command* for each text: the text on its standard input, lines of a note as its answer.

    Attributes:
        seconds: how long it may take; then it is killed.
    """

    command: Sequence[str]
    seconds: float = 10.0

    async def lines(self, text: str) -> str:
        """Return what the program answered.

        Raises:
            SignerSilent: see there.
        """
        try:
            running = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=given_environment(),
            )
        except OSError as error:
            raise SignerSilent(f"{self.command[0]} cannot be run") from error
        try:
            async with asyncio.timeout(self.seconds):
                answer, _ = await running.communicate(text.encode())
        except TimeoutError as error:
            raise SignerSilent(f"{self.command[0]} took too long") from error
        finally:
            if running.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    running.kill()
                await running.wait()
        if running.returncode != 0 or len(answer) > _LONGEST_LINE:
            raise SignerSilent(f"{self.command[0]} ended with {running.returncode}")
        try:
            return answer.decode()
        except UnicodeDecodeError as error:
            raise SignerSilent(f"{self.command[0]} answered no text") from error
