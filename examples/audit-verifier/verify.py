"""
Check bundles of the record with a library that is not the court's: pymerkle and cryptography.

    pip install pymerkle cryptography
    python verify.py 'NAME+ID+KEY' BUNDLE [BUNDLE …]

The key is the one you were given when the record began, never one out of a bundle. Several bundles
are checked as one record: give them in order, the first one beginning at entry 0. Prints OK, or what
is wrong and with which entry first; ends with 0 or 1. Format: docs/record.md.
"""

import hashlib
import json
import sys
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree


def checkpoint(note: str, key: str) -> tuple[str, int, bytes]:
    """Return origin, size and root of a signed note; AssertionError if the key did not sign it."""
    name, key_id, public = key.split("+", 2)
    text, _, lines = note.rpartition("\n\n")
    verifier = Ed25519PublicKey.from_public_bytes(b64decode(public)[1:])
    for line in lines.splitlines():
        dash, signer, signature = line.split(" ")
        raw = b64decode(signature)
        assert b64encode(raw).decode() == signature, "a signature is written in one way"  # noqa: S101
        if (dash, signer, raw[:4].hex()) == ("—", name, key_id):
            verifier.verify(raw[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")[:3]
            return origin, int(size), b64decode(root)
    raise AssertionError("no signature by that key")


def verify(key: str, bundles: list[Path]) -> str:  # noqa: PLR0911 -- each is a verdict
    tree, last, at, origins = InmemoryTree(algorithm="sha256"), "0" * 64, "", set()
    for bundle in bundles:
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        if manifest["first"] != tree.get_size():
            return f"MISSING entry {tree.get_size()}: the bundle begins at {manifest['first']}"
        for line in (bundle / "entries.jsonl").read_bytes().split(b"\n")[:-1]:
            n = tree.get_size()
            try:
                leaf = json.loads(line)
                in_place = (leaf["n"], leaf["prev"]) == (n, last) and leaf["at"] >= at
            except (ValueError, KeyError, TypeError):
                return f"CHANGED entry {n}: it cannot be read"
            if not in_place:
                return f"CHANGED at entry {n}, or the one before: number, link or time do not fit"
            tree.append_entry(line)
            last, at = hashlib.sha256(b"\x00" + line).hexdigest(), leaf["at"]
        if tree.get_size() != manifest["end"]:
            return f"TRUNCATED at entry {tree.get_size()}"
        sizes = []
        for line in (bundle / "checkpoints.jsonl").read_text(encoding="utf-8").splitlines():
            try:
                origin, size, root = checkpoint(json.loads(line)["note"], key)
            except (AssertionError, InvalidSignature, ValueError, KeyError):
                return f"SIGNATURE_WRONG in {bundle / 'checkpoints.jsonl'}"
            if size > tree.get_size() or tree.get_root(size) != root:
                return f"ROOT_DIFFERS: the first {size} entries are not those that were signed"
            origins.add(origin)
            sizes.append(size)
        if not sizes or max(sizes) != tree.get_size():
            return f"NOT_SIGNED: no checkpoint covers entry {tree.get_size() - 1}"
    return "OK" if len(origins) == 1 else "ROOT_DIFFERS: checkpoints of several records"


if __name__ == "__main__":
    verdict = verify(sys.argv[1], [Path(one) for one in sys.argv[2:]])
    print(verdict)
    sys.exit(verdict != "OK")
