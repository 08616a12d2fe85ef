"""Check bundles of the record with a library that is not the court's: pymerkle and cryptography.

python verify.py 'NAME+ID+KEY' BUNDLE … prints OK, or what is wrong and with which entry first; ends with 0 or 1. Give it the key
that you got when the record began, never one out of a bundle; bundles are one record from entry 0 on. Format: docs/record.md.
"""

import json
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as PublicKey
from pymerkle import InmemoryTree


def must(holds: object, verdict: str) -> None:
    if not holds:
        raise ValueError(verdict)


def checkpoint(note: str, key: str) -> tuple[str, int, bytes]:
    (name, key_id, key), (text, _, lines) = key.split("+", 2), note.rpartition("\n\n")
    for dash, signer, signature in (one.split(" ") for one in lines.removesuffix("\n").split("\n")):
        raw = b64decode(signature)
        must(b64encode(raw).decode() == signature, "SIGNATURE_WRONG: not base64")
        if (dash, signer, raw[:4].hex()) == ("—", name, key_id):
            PublicKey.from_public_bytes(b64decode(key)[1:]).verify(raw[4:], f"{text}\n".encode())
            origin, size, root, *_ = text.split("\n")
            return origin, int(size), b64decode(root)
    raise ValueError("SIGNATURE_WRONG: the key has not signed it")


def verify(key: str, bundles: list[Path], tree: InmemoryTree) -> None:
    last, at, origins = "0" * 64, "", []
    for bundle in bundles:
        for file in bundle.iterdir():  # a pipe never ends, a huge file fills the memory
            fits = file.is_file() and file.stat().st_size <= 2**30
            must(fits, f"CHANGED {file.name}: kind or size")
        raw, first = (bundle / "manifest.json").read_bytes(), tree.get_size()
        about = json.loads(raw)
        must(json.dumps(about, indent=1, ensure_ascii=False).encode() + b"\n" == raw, "CHANGED")
        for name, id_, told in (one.split("+", 2) for one in about["keys"]):
            named = f"{name}\n".encode() + b64decode(told, validate=True)
            must(sha256(named).hexdigest()[:8] == id_, "CHANGED manifest: id of another key")
        root, *peaks = [bytes.fromhex(one) for one in about["peaks"]][::-1] or [b""]
        for peak in peaks:
            root = sha256(b"\x01" + peak + root).digest()
        before = (first, last, tree.get_root()) if first else (0, None, b"")
        must((about["first"], about["before"], root) == before, f"MISSING entry {first}")
        *lines, rest = (bundle / "entries.jsonl").read_bytes().split(b"\n")
        for n, (line, leaf) in enumerate(zip(lines, map(json.loads, lines), strict=True), first):
            fits = (leaf["n"], leaf["prev"]) == (n, last) and leaf["at"] >= at
            must(fits, f"CHANGED entry {n} or {n - 1}: number, link or time do not fit")
            tree.append_entry(line)
            last, at = sha256(b"\x00" + line).hexdigest(), leaf["at"]
        must((size := tree.get_size(), rest) == (about["end"], b""), f"TRUNCATED at entry {size}")
        told = [one.read_bytes() for one in sorted(bundle.glob("[cs]*.jsonl"))]
        must(sha256(b"".join(told)).hexdigest() == about["attested"], "CHANGED checkpoints")
        (*lines, rest), sizes = told[0].split(b"\n"), [first]
        for one, line in zip(map(json.loads, lines), lines, strict=True):
            origin, covered, root = checkpoint(one["note"], key)
            plain = json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode()
            must((plain, covered, origin) == (line, one["size"], about["origin"]), "CHANGED note")
            must(covered <= size and tree.get_root(covered) == root, f"ROOT_DIFFERS: {covered}")
            sizes.append(covered)
        must((sizes, rest) == (sorted({*sizes, size}), b""), f"NOT_SIGNED: entry {size - 1}")
        origins.append(about["origin"])
    must(len({*origins}) == 1, "ROOT_DIFFERS: bundles of several records")


if __name__ == "__main__":
    tree, verdict = InmemoryTree(algorithm="sha256"), "OK"
    try:
        verify(sys.argv[1], [Path(one) for one in sys.argv[2:]], tree)
    except (InvalidSignature, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        verdict = f"{error or 'SIGNATURE_WRONG'}; {tree.get_size()} entries could be read"
    print(verdict)
    sys.exit(verdict != "OK")
