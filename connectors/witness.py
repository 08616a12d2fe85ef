"""A witness of the record (C2SP tlog-witness): it is shown each checkpoint, and signs if it only grew."""

from typing import Final

from pyreqwest.exceptions import PyreqwestError

from connectors.http import AnswerUnreadable, Trust, open_client

_OK: Final = 200
_CONFLICT: Final = 409
_MOST_DIGITS: Final = 18


class WitnessSilent(Exception):
    """No cosignature came back."""


class WitnessRefuses(WitnessSilent):
    """It saw another record than this one: another root at the same size, or a proof that fails."""


class WitnessKnowsUsNot(WitnessSilent):
    """It was not told of this record, or has another key for it."""


class WitnessSawOther(Exception):
    """It last saw a checkpoint of another size than we thought.

    Attributes:
        size: how many entries that one was about.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"the witness saw {size} entries")
        self.size = size


class Witness:
    def __init__(self, url: str, *, seconds: float = 10.0, trust: Trust | None = None) -> None:
        """Make a client.

        Args:
            url: submission prefix: ``add-checkpoint`` is under it.
        """
        self._client = open_client(url, timeout=seconds, trust=trust)

    async def add_checkpoint(self, request: str) -> str:
        """Return the lines that it signed with.

        Raises:
            WitnessSawOther: ask again with a proof from there.
            WitnessRefuses, WitnessSilent: see there.
        """
        try:
            answer = await self._client.request("POST", "/add-checkpoint", content=request.encode())
        except (PyreqwestError, AnswerUnreadable, ValueError) as error:
            raise WitnessSilent("the witness does not answer") from error
        text = answer.body.decode(errors="replace")
        if answer.status == _OK:
            return text
        size = text.removesuffix("\n")
        is_size = size.isascii() and size.isdigit() and len(size) <= _MOST_DIGITS
        if answer.status == _CONFLICT and is_size:
            raise WitnessSawOther(int(size))
        if answer.status in {_CONFLICT, 422}:
            raise WitnessRefuses("the witness knows another record")
        if answer.status in {403, 404}:
            raise WitnessKnowsUsNot("the witness does not know this record, or not its key")
        raise WitnessSilent(f"the witness answers {answer.status}")

    async def aclose(self) -> None:
        await self._client.aclose()
