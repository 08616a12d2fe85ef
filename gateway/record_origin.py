"""What the record is called, whatever becomes of the gateway's address."""

from typing import Final

from auth.keys import keep_secret
from gateway.settings import Settings

RECORD_ORIGIN: Final = "record-origin"  # in the data directory


def record_origin(settings: Settings) -> str:
    """Return what the record's checkpoints call it, kept beside its keys from the first time on.

    It begins as the issuer's address without its scheme, and stays what it is when the gateway moves:
    checkpoints under another name would be another record's.
    """
    path = settings.data_dir / RECORD_ORIGIN
    if not path.exists():
        derived = f"{settings.issuer.split('://', 1)[-1].rstrip('/')}/record"
        if not settings.data_dir.is_dir():
            return derived
        keep_secret(path, derived)
    return path.read_text(encoding="ascii").strip()
