"""Who sits at the command line: the record names them as it names everybody else."""

import getpass
import os

from auth.caller import Caller


def operator() -> Caller:
    """Return the account that runs the command; it holds no scope and is shown to nobody else."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        name = str(os.getuid())
    return Caller(
        subject=f"os:{name}",
        organisation="court",
        role="operator",
        client_id="chakong",
        scopes=frozenset(),
        token_id="-",  # noqa: S106 -- there is no token
        expires_at=0,
    )
