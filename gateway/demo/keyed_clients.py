"""Clients of the demo that prove themselves by a key, or live in a browser: for whoever tries theirs."""

import json
from pathlib import Path
from typing import Any, Final

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN
from auth.algorithms import new_key, read_key
from auth.keys import keep_secret
from storage.accounts import ClientRecord

SYSTEM: Final = "traffic-police-keyed"
CONSOLE: Final = "console"
APP: Final = "officer-app"
KEY_FILE: Final = "client-key.json"  # in the demo's data directory


def client_key(data: Path) -> dict[str, Any]:
    """Return the private JWK that the demo's keyed clients sign with, made once in *data*."""
    path = data / KEY_FILE
    if not path.exists():
        keep_secret(path, json.dumps(new_key("ES256").as_dict(private=True)))
    return dict(json.loads(path.read_text(encoding="ascii")))


def keyed_clients(key: dict[str, Any], callback: str) -> list[ClientRecord]:
    """Return a department's system, a confidential console and a public app of the court."""
    jwks = {"keys": [read_key(key).as_dict(private=False)]}
    on_behalf = (AUTHORIZATION_CODE, REFRESH_TOKEN)
    return [
        ClientRecord(
            id=SYSTEM,
            secret_hash=None,
            role="dept:traffic-police",
            organisation="traffic-police",
            grants=(CLIENT_CREDENTIALS,),
            redirect_uris=(),
            jwks=jwks,
        ),
        ClientRecord(
            id=CONSOLE,
            secret_hash=None,
            role=None,
            organisation="court",
            grants=on_behalf,
            redirect_uris=(callback,),
            jwks=jwks,
        ),
        ClientRecord(
            id=APP,
            secret_hash=None,
            role=None,
            organisation="court",
            grants=on_behalf,
            redirect_uris=(callback,),
        ),
    ]
