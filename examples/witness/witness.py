"""A witness of a court's record (C2SP tlog-witness, tlog-cosignature): it signs that the record only grew.

python witness.py new KEYFILE NAME                       makes a key; prints the one to give away, NAME+ID+BASE64
python witness.py serve KEYFILE NAME STATE PORT ORIGIN=KEY …   serves POST /add-checkpoint on 127.0.0.1

It knows nothing of what is recorded: it remembers, for each record, the newest size and root it signed (in
the file STATE), and signs a larger one only with a proof that the old one is its beginning. Run it where the
court cannot reach it, behind a TLS proxy, and let auditors have its key. Needs only `cryptography`.
"""

import hashlib
import json
import os
import sys
import threading
import time
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MOST = 2**20  # bytes of a request
MOST_STEPS = 63


class Refused(Exception):
    """The request is answered with *status*."""

    def __init__(self, status: int, body: str = "", kind: str = "text/plain") -> None:
        super().__init__(body)
        self.status, self.body, self.kind = status, body, kind


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grew(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> bool:
    """Return whether *path* proves that the old tree is the new one's beginning (RFC 9162 2.1.4.2)."""
    if old in {0, new}:
        return not path and (old == 0 or old_root == new_root)
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    left, right = old - 1, new - 1
    while left & 1:
        left, right = left >> 1, right >> 1
    seen_old = seen_new = steps[0]
    for step in steps[1:]:
        if right == 0:
            return False
        if left & 1 or left == right:
            seen_old, seen_new = node(step, seen_old), node(step, seen_new)
            while left and not left & 1:
                left, right = left >> 1, right >> 1
        else:
            seen_new = node(seen_new, step)
        left, right = left >> 1, right >> 1
    return right == 0 and (seen_old, seen_new) == (old_root, new_root)


class Witness:
    def __init__(self, key: Ed25519PrivateKey, name: str, state: Path, logs: list[str]) -> None:
        self.key, self.name, self.state = key, name, state
        self.logs = dict(one.split("=", 1) for one in logs)
        self.lock = threading.Lock()

    @property
    def material(self) -> bytes:
        return b"\x04" + self.key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(f"{self.name}\n".encode() + self.material).digest()[:4]

    def verifier(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.material).decode()}"

    def add(self, request: str) -> str:
        """Return the cosignature of what was sent.

        Raises:
            Refused: it is not signed.
        """
        try:
            head, note = request.split("\n\n", 1)
            first, *proof = head.split("\n")
            old, path = int(first.removeprefix("old ")), [b64decode(step) for step in proof]
            text, lines = note.rsplit("\n\n", 1)
            origin, size_line, root_line = text.split("\n")[:3]
            size, root = int(size_line), b64decode(root_line)
        except ValueError as error:
            raise Refused(400) from error
        if origin not in self.logs:
            raise Refused(404)
        body = f"{text}\n"
        if not self.is_signed(origin, body, lines):
            raise Refused(403)
        if not 0 <= old <= size or len(path) > MOST_STEPS:
            raise Refused(400)
        with self.lock:
            seen = json.loads(self.state.read_text()) if self.state.exists() else {}
            known, known_root = seen.get(origin, (0, ""))
            if old != known:
                raise Refused(409, f"{known}\n", "text/x.tlog.size")
            if old == size and bytes.fromhex(known_root) != root:
                raise Refused(409)
            if not grew(old, bytes.fromhex(known_root), size, root, path):
                raise Refused(422)
            self.remember({**seen, origin: (size, root.hex())})
        now = int(time.time())
        signature = self.key.sign(f"cosignature/v1\ntime {now}\n{body}".encode())
        raw = self.key_id + now.to_bytes(8, "big") + signature
        return f"— {self.name} {b64encode(raw).decode()}\n"

    def is_signed(self, origin: str, body: str, lines: str) -> bool:
        name, key_id, key = self.logs[origin].split("+", 2)
        public = Ed25519PublicKey.from_public_bytes(b64decode(key)[1:])
        for line in lines.splitlines():
            _, signer, signature = line.split(" ")
            raw = b64decode(signature)
            if (signer, raw[:4].hex()) == (name, key_id):
                try:
                    public.verify(raw[4:], body.encode())
                except InvalidSignature:
                    return False
                return True
        return False

    def remember(self, seen: dict[str, tuple[int, str]]) -> None:
        """Write the state for good before anything is signed."""
        new = self.state.with_suffix(".new")
        with new.open("w") as file:
            json.dump(seen, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.state)


def server(witness: Witness, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            if self.path != "/add-checkpoint" or not 0 < length <= MOST:
                self.close_connection = True
                self.answer(400, "")
                return
            try:
                self.answer(200, witness.add(self.rfile.read(length).decode()))
            except Refused as refused:
                self.answer(refused.status, refused.body, refused.kind)
            except (ValueError, UnicodeDecodeError):
                self.answer(400, "")

        def answer(self, status: int, body: str, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["new", key_file, name]:
            key = Ed25519PrivateKey.generate()
            file = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(file, key.private_bytes_raw())
            os.close(file)
            print(Witness(key, name, Path(), []).verifier())
        case ["serve", key_file, name, state, port, *logs] if logs:
            key = Ed25519PrivateKey.from_private_bytes(Path(key_file).read_bytes())
            serving = server(Witness(key, name, Path(state), logs), int(port))
            print(f"http://127.0.0.1:{serving.server_address[1]}", flush=True)
            serving.serve_forever()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
