"""What a demo remembers of itself between starts, and tells ``chakong token``."""

from pathlib import Path
from typing import Final

import msgspec

from gateway.demo.logins import Login

DEFAULT_DATA: Final = Path(".demo")


class DemoState(msgspec.Struct, frozen=True, kw_only=True):
    people: int
    seed: int
    issuer: str
    logins: list[Login]


def read_state(data: Path) -> DemoState | None:
    """Return the state kept in *data*; None if no demo ran there."""
    path = data / "demo.json"
    return msgspec.json.decode(path.read_bytes(), type=DemoState) if path.exists() else None


def keep_state(data: Path, state: DemoState) -> None:
    draft = data / ".demo.json.draft"
    draft.write_bytes(msgspec.json.encode(state))
    draft.replace(data / "demo.json")
