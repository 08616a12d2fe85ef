"""``DATA/chakong.toml``: what commands need to work at a demo's database, as a court's own file says it."""

import json
from pathlib import Path
from typing import Final

from gateway.settings import Settings

_HEAD: Final = """\
# Written anew at each start of the demo, for commands beside it:
#   chakong audit verify-database --config {path}
"""


def configuration_file(data: Path) -> Path:
    return data.resolve() / "chakong.toml"


def write_configuration(settings: Settings) -> None:
    """Write what *settings* says of places and names; departments and their secrets are not in it."""
    path = configuration_file(settings.data_dir)
    told = {
        "public_url": settings.issuer,
        "port": settings.port,
        "demo": settings.demo,
        "data_dir": str(settings.data_dir.resolve()),
        "database_url": settings.database_url,
        "record_name": settings.record_name,
        "access_token_seconds": settings.access_token_seconds,
    }
    # JSON's strings, numbers and truth values are TOML's.
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in told.items())
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(_HEAD.format(path=path) + "".join(lines), encoding="utf-8")
    draft.replace(path)
