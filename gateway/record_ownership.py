"""Whose record it is: a gateway whose keys are others than those that signed it does not go on with it."""

from cryptography.exceptions import InvalidSignature

from auth.record_keys import RecordKeys
from domain.checkpoint import parse_note
from storage.database import Database
from storage.record import last_checkpoint


class RecordOfAnotherKey(ValueError):
    """The newest checkpoint was not signed with the key in the data directory."""


async def require_own_record(database: Database, keys: RecordKeys) -> None:
    """Refuse a record that other keys signed.

    A data directory that is empty, or of another installation, gives other keys: who stands in the record could not
    be read any more, and what is signed from then on would fit no key that anybody kept.

    Raises:
        RecordOfAnotherKey: see there.
    """
    newest = await database.read(last_checkpoint)
    if newest is None:
        return
    body, lines = parse_note(newest.note)
    public = keys.signing.public_key()
    for line in lines:
        try:
            public.verify(line.signature, body.encode())
        except InvalidSignature:
            continue
        return
    raise RecordOfAnotherKey(
        "the record in this database was signed with another key than record-signing.key in the data directory: "
        "put the record-*.key files of its own data directory there, or name that with data_dir"
    )
