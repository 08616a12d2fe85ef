"""A second signer of the record's checkpoints: SM2 with SM3 (GB/T 32918), by OpenSSL's command.

python sm2.py new KEYFILE NAME            makes a key; prints the one to give to auditors, NAME+ID+BASE64
python sm2.py sign KEYFILE NAME           a checkpoint's text on standard input; prints the line to put under it
python sm2.py verify KEY SIGNATURE        both base64, the text on standard input; ends with 0 if right, 1 if not

The gateway: record_signers.sm2.command = ["python3", "sm2.py", "sign", "sm2.pem", "NAME"], verify_command =
["python3", "sm2.py", "verify"]. Auditors: chakong audit verify … --check-with 'python3 sm2.py verify'.
With a security module the key stays there: put its command in the place of `openssl pkeyutl -sign`.
"""

import hashlib
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

PROGRAM = "openssl"
KIND = b"\xffSM2-with-SM3\n"  # 0xff: an algorithm without a byte of its own in C2SP's signed-note
POINT = 65  # bytes of an uncompressed public key
BEFORE_POINT = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
OPTIONS = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


def openssl(*arguments: str) -> bytes:
    done = subprocess.run([PROGRAM, *arguments], check=True, capture_output=True)  # noqa: S603 -- our own arguments
    return done.stdout


def material(key_file: str) -> bytes:
    return KIND + openssl("pkey", "-in", key_file, "-pubout", "-outform", "DER")[-POINT:]


def key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]


def new(key_file: str, name: str) -> None:
    Path(key_file).touch(mode=0o600)
    openssl("genpkey", "-algorithm", "SM2", "-out", key_file)
    key = material(key_file)
    print(f"{name}+{key_id(name, key).hex()}+{b64encode(key).decode()}")


def sign(key_file: str, name: str, text: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        signature = openssl("pkeyutl", "-sign", *OPTIONS, "-inkey", key_file, "-in", file.name)
    print(f"— {name} {b64encode(key_id(name, material(key_file)) + signature).decode()}")


def verify(key: bytes, signature: bytes, text: bytes) -> int:
    if not key.startswith(KIND) or len(key) != len(KIND) + POINT:
        return 2
    with tempfile.TemporaryDirectory() as place:
        public, signed, said = (Path(place) / name for name in ("key", "signature", "text"))
        public.write_bytes(BEFORE_POINT + key[len(KIND) :])
        signed.write_bytes(signature)
        said.write_bytes(text)
        files = ["-inkey", str(public), "-in", str(said), "-sigfile", str(signed)]
        try:
            openssl("pkeyutl", "-verify", *OPTIONS, "-pubin", "-keyform", "DER", *files)
        except subprocess.CalledProcessError:
            return 1
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["new", key_file, name]:
            new(key_file, name)
        case ["sign", key_file, name]:
            sign(key_file, name, sys.stdin.buffer.read())
        case ["verify", key, signature]:
            sys.exit(verify(b64decode(key), b64decode(signature), sys.stdin.buffer.read()))
        case _:
            sys.exit(__doc__)
