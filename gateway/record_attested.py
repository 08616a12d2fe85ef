"""Whether what others said of the record's checkpoints is there as they said it."""

import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from sqlalchemy import Connection, select

from auth.time_stamps import StampRoots, StampWrong, imprint_of, read_stamp
from domain.checkpoint import NoteBroken, parse_note, parse_signature
from domain.record_check import Fault
from gateway.record_flaw import Flaw, Part
from gateway.record_trust import verifier_of
from storage.instants import instant_text
from storage.record_archive import archived_up_to
from storage.tables.record import record_checkpoints, record_lines, record_stamps


def attestations_flaw(
    connection: Connection, size: int, verifiers: Sequence[str], roots: StampRoots | None
) -> Flaw | None:
    """Compare further lines and time stamps with the checkpoints that they are of."""
    notes = {row.size: row.note for row in connection.execute(select(record_checkpoints))}
    texts = {size: parse_note(note)[0] for size, note in notes.items()}
    known = dict(map(verifier_of, verifiers))
    for row in connection.execute(select(record_lines).order_by(record_lines.c.size)):
        flaw = Flaw(Part.CHECKPOINTS, max(0, row.size - 1), Fault.SIGNATURE_WRONG.value)
        try:
            line = parse_signature(row.line)
            key = known.get((line.name, line.key_id))
            if row.size not in texts or row.key != f"{line.name}+{line.key_id.hex()}":
                return flaw
            if key is not None:
                key.verify(line.signature, texts[row.size].encode())
        except (NoteBroken, InvalidSignature):
            return flaw
    for row in connection.execute(select(record_stamps).order_by(record_stamps.c.size)):
        text, token = texts.get(row.size, ""), bytes(row.token)
        try:
            stamp = read_stamp(token) if roots is None else roots.check(token, text)
        except StampWrong:
            stamp = None
        said = None if stamp is None else (stamp.imprint, instant_text(stamp.at))
        is_whole = hashlib.sha256(token).digest() == bytes(row.hash)
        if said != (imprint_of(text), row.at) or not is_whole:
            return Flaw(Part.CHECKPOINTS, max(0, row.size - 1), Fault.STAMP_WRONG.value)
    if archived_up_to(connection) not in {0, *notes}:
        return Flaw(Part.CHECKPOINTS, size, Fault.NOT_REACHED.value)
    return None
