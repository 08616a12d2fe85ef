"""The record of a storm: whoever was answered has an entry, and the database's check finds nothing."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, make_url

from auth.record_keys import RecordKeys
from gateway.record_database import verify_database
from gateway.record_origin import record_origin
from gateway.settings import Settings
from storage.record import leaves_between, record_size

ADDRESS: Final = "http://chaos.invalid"
"""What the gateways of a storm are called; their record's origin is made of it."""


def receipt_of(body: dict[str, Any]) -> tuple[int, str] | None:
    """Return number and leaf hash of an answer's entry; None if it says of none."""
    receipt = body.get("extensions", {}).get("receipt")
    return None if receipt is None else (receipt["entry"], receipt["leafHash"])


def record_faults(url: str, place: Path, receipts: Collection[tuple[int, str]]) -> list[str]:
    """Return what is wrong with the record in words: an entry that was promised, or a flaw.

    Args:
        place: the gateways' data directory; the record's keys are there.
        receipts: what answers said of their entries.
    """
    settings = Settings(public_url=ADDRESS, data_dir=place)
    keys = RecordKeys.load_or_create(place, settings.record_name)
    parsed = make_url(url)
    driver = "sqlite+pysqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(parsed.set(drivername=driver))
    try:
        with engine.connect() as connection:
            stored = dict(leaves_between(connection, 0, record_size(connection)))
            flaw = verify_database(
                connection, keys, verifiers=[keys.verifier], origin=record_origin(settings)
            )
    finally:
        engine.dispose()
    faults = [
        f"entry {n} is not what was answered"
        for n, leaf_hash in receipts
        if n not in stored or stored[n].hex() != leaf_hash
    ]
    if not receipts:
        faults.append("no answer had a receipt")
    return faults if flaw is None else [*faults, f"the record: {flaw}"]
